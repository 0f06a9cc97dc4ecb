import type { Objective } from '../convex/problem/problem.js';
import type { ObjectiveBounds } from './objective-bounds.js';
import { subjectOfPair, weightOf, type Minimum, type Subject } from './subject.js';

/**
 * The pair (λ f_DPO, (1 − λ) f_SFT) at λ = ½: the same gradient steps times w_i, the same choices of MAXRIGHT,
 * and half the F_max.
 */
export function weightedSubject(subject: Subject): Subject {
  const weights = weightOf(subject);
  const objective = (name: 'dpo' | 'sft'): Objective => scaledObjective(subject.pair.objectives[name], weights[name]);
  const minimum = ({ minimizer, value, certificate }: Minimum, factor: number): Minimum => ({
    minimizer,
    value: factor * value,
    certificate: factor * certificate,
  });
  const bounds = (name: 'dpo' | 'sft'): ObjectiveBounds => {
    const { gradientBound, smoothness, strongConvexity, noise, valueError, valueDeviation } = subject.bounds[name];
    const weight = weights[name];
    return {
      gradientBound: weight * gradientBound,
      smoothness: weight * smoothness,
      strongConvexity: weight * strongConvexity,
      noise: noise === undefined ? undefined : weight ** 2 * noise,
      valueError: weight * valueError,
      valueDeviation: weight * valueDeviation,
    };
  };
  return subjectOfPair({
    name: subject.name,
    lambda: 0.5,
    pair: { ...subject.pair, objectives: { dpo: objective('dpo'), sft: objective('sft') } },
    ideal: { dpo: minimum(subject.ideal.dpo, weights.dpo), sft: minimum(subject.ideal.sft, weights.sft) },
    weightedSum: minimum(subject.weightedSum, 0.5),
    weightedMax: minimum(subject.weightedMax, 0.5),
    bounds: { dpo: bounds('dpo'), sft: bounds('sft') },
  });
}

/** weight · f, with its samples. */
function scaledObjective(objective: Objective, weight: number): Objective {
  const scale = (vector: Float64Array): void => {
    for (let i = 0; i < vector.length; i++) vector[i] *= weight;
  };
  const { gradientBound, smoothness, strongConvexity } = objective.constants;
  return {
    value: (theta) => weight * objective.value(theta),
    gradient(theta, out) {
      const value = objective.gradient(theta, out);
      scale(out);
      return weight * value;
    },
    hessian(theta, out) {
      objective.hessian(theta, out);
      scale(out);
    },
    constants: {
      gradientBound: weight * gradientBound,
      smoothness: weight * smoothness,
      strongConvexity: weight * strongConvexity,
    },
    valueNoise: weight * objective.valueNoise,
    exactValues: objective.exactValues,
    sampler(random, batch) {
      const sampler = objective.sampler(random, batch);
      return {
        draw: () => {
          sampler.draw();
        },
        gradient(theta, out) {
          const value = sampler.gradient(theta, out);
          scale(out);
          return weight * value;
        },
        value: (theta) => weight * sampler.value(theta),
      };
    },
  };
}
