import type { Objective } from '../convex/problem/problem.js';
import { weightedErrors } from './noisy-values.js';
import { isSubject, weightOf, type Setting } from './subject.js';

/**
 * E max_i w_i(f̂_i − f_i) at the minimiser of F_max, over independently drawn examples of both objectives; on a class
 * of functions the largest weighted error, which it is at most.
 */
export function sampledExcess(setting: Setting): number {
  if (!isSubject(setting)) {
    const { dpo, sft } = weightedErrors(setting);
    return Math.max(dpo, sft);
  }
  const { pair, chebyshev } = setting;
  const weights = weightOf(setting);
  const excesses = (name: 'dpo' | 'sft'): Float64Array => {
    const objective = pair.objectives[name];
    const exact = objective.value(chebyshev.minimizer);
    return exampleValues(objective, chebyshev.minimizer).map((value) => weights[name] * (value - exact));
  };
  const [dpo, sft] = [excesses('dpo'), excesses('sft')];
  let sum = 0;
  for (const a of dpo) for (const b of sft) sum += Math.max(a, b);
  return sum / (dpo.length * sft.length);
}

/** The loss of every example at a point: what single draws see, each as likely as another. */
function exampleValues(objective: Objective, theta: Float64Array): Float64Array {
  let [count, next] = [1, 0];
  const sampler = objective.sampler(
    {
      normal: () => 0,
      integer(bound) {
        count = bound;
        return next;
      },
    },
    1,
  );
  const values: number[] = [];
  for (; next < count; next++) {
    sampler.draw();
    values.push(sampler.value(theta));
  }
  return Float64Array.from(values);
}
