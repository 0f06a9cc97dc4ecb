import { stream } from '../base/random-stream.js';
import { addRow, exampleCount, rowCount, rowProduct, type FeatureRows } from '../convex/problem/feature-rows.js';
import { divergence, limitWithDivergence } from './divergence.js';
import { missingPolicy, policyOf } from './log-linear.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { changedOutputs } from './runs.js';
import { replayShare, weightOfShare } from './share.js';
import { termOf } from './stage-two.js';

/**
 * Replay of the model's own replies: as replay, but the replies to the prompts of SFT are drawn from the policy that stage
 * one left. What a step on them minimises is E_x KL(π_{θ_S} ‖ π_θ) and a constant, so that for an interior θ_S the limit is
 * that of replay (statement K).
 */
export const ownReplay: Remedy<number> = {
  name: 'own-replay',
  label: 'Replay of own replies',
  description: 'as replay, with replies drawn from the policy of stage one',
  kind: 'term',
  needs: { ...needsNothing, sftPrompts: true },
  parameter: replayShare,
  cost: () => oneGradient,
  missing: missingPolicy,
  term: (setup, rho) => termOf(weightOfShare(rho), divergence(setup).function),
  limit: (setup, rho, near) => limitWithDivergence(setup, weightOfShare(rho), near),
  outputs(setup, rho) {
    const { rows } = policyOf(setup).sft;
    return changedOutputs(setup, ({ seed, batch }) => {
      const { integer, uniform } = stream(seed, 'own-replay');
      return (stageOne) => ({
        change(theta, gradient) {
          if (uniform() >= rho) return;
          gradient.fill(0);
          for (let b = 0; b < batch; b++) {
            const n = integer(exampleCount(rows));
            addNllGradient(rows, n, drawnReply(rows, n, stageOne, uniform()), theta, 1 / batch, gradient);
          }
        },
      });
    });
  },
};

/** The probabilities of the candidates of example n other than the target; what they lack to 1 is the target's. */
function probabilities(rows: FeatureRows, n: number, theta: Float64Array): Float64Array {
  const logits = Float64Array.from({ length: rowCount(rows, n) }, (_, k) => rowProduct(rows, n, k, theta));
  const largest = logits.reduce((most, logit) => Math.max(most, logit), 0);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, Math.exp(-largest));
  return powers.map((power) => power / sum);
}

/** The candidate that a uniform number draws from the policy; −1 is the target. */
function drawnReply(rows: FeatureRows, n: number, theta: Float64Array, uniform: number): number {
  let sum = 0;
  return probabilities(rows, n, theta).findIndex((probability) => uniform < (sum += probability));
}

/** Adds weight × the gradient of −log π_θ(reply | x_n), Σ_k π_k δ_k − δ_reply with δ_k = φ_k − φ_target. */
function addNllGradient(
  rows: FeatureRows,
  n: number,
  reply: number,
  theta: Float64Array,
  weight: number,
  gradient: Float64Array,
): void {
  probabilities(rows, n, theta).forEach((probability, k) => {
    addRow(rows, n, k, weight * probability, gradient);
  });
  if (reply >= 0) addRow(rows, n, reply, -weight, gradient);
}
