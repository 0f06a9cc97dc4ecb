import type { FeatureRows } from '../convex/problem/feature-rows.js';
import { exampleCount, rowCount, rowProduct } from '../convex/problem/feature-rows.js';

/** The log-probabilities of the candidates of example n under θ, the target's first: the rows hold φ_k − φ_target. */
function logProbabilities(rows: FeatureRows, n: number, theta: Float64Array): Float64Array {
  const logits = Float64Array.from({ length: rowCount(rows, n) + 1 }, (_, k) =>
    k === 0 ? 0 : rowProduct(rows, n, k - 1, theta),
  );
  const largest = logits.reduce((most, logit) => Math.max(most, logit), 0);
  const normaliser = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  return logits.map((logit) => logit - normaliser);
}

/** E_x KL(π_a(·|x) ‖ π_b(·|x)) in nats over the prompts of a log-linear policy, by its definition: a sum over all replies. */
export function policyDivergence(rows: FeatureRows, a: Float64Array, b: Float64Array): number {
  const count = exampleCount(rows);
  let sum = 0;
  for (let n = 0; n < count; n++) {
    const [here, there] = [logProbabilities(rows, n, a), logProbabilities(rows, n, b)];
    here.forEach((log, k) => (sum += Math.exp(log) * (log - there[k])));
  }
  return sum / count;
}
