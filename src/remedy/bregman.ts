import { normBound, PreciseSum } from '../convex/matrix/precise-sum.js';
import { evaluatePrecisely } from '../convex/optimum/weighted-function.js';
import type { ConvexFunction } from '../convex/problem/problem.js';

/**
 * f(θ) − f(c) − ⟨∇f(c), θ − c⟩, how far a convex function lies above its tangent at c. Of f_SFT of a log-linear policy it
 * is E_x KL(π_c(·|x) ‖ π_θ(·|x)), because the replies enter f_SFT in a linear term alone (statement K).
 */
export function bregmanDivergence(f: ConvexFunction, centre: Float64Array): ConvexFunction {
  const dimension = centre.length;
  const slope = new Float64Array(dimension);
  const value = f.gradient(centre, slope);
  const at = evaluatePrecisely(f, centre);
  const tangent = (theta: Float64Array): number => {
    let sum = value;
    for (let i = 0; i < dimension; i++) sum += slope[i] * (theta[i] - centre[i]);
    return sum;
  };
  return {
    value: (theta) => f.value(theta) - tangent(theta),
    gradient(theta, gradient) {
      const found = f.gradient(theta, gradient);
      for (let i = 0; i < dimension; i++) gradient[i] -= slope[i];
      return found - tangent(theta);
    },
    hessian: (theta, hessian) => {
      f.hessian(theta, hessian);
    },
    evaluatePrecisely(theta) {
      const here = evaluatePrecisely(f, theta);
      const sum = new PreciseSum();
      sum.add(here.value[0], here.valueError);
      sum.add(here.value[1]);
      sum.add(-at.value[0], at.valueError);
      sum.add(-at.value[1]);
      const [high, low, errors] = [theta.slice(), theta.slice(), theta.slice()];
      for (let i = 0; i < dimension; i++) {
        const step = theta[i] - centre[i];
        const size = Math.abs(theta[i]) + Math.abs(centre[i]);
        sum.addProduct(-at.gradient.high[i], step);
        sum.addProduct(-at.gradient.low[i], step);
        // The rounding of the step.
        sum.add(0, Math.abs(at.gradient.high[i]) * Number.EPSILON * size);
        const entry = new PreciseSum();
        for (const part of [here.gradient.high[i], here.gradient.low[i]]) entry.add(part);
        for (const part of [at.gradient.high[i], at.gradient.low[i]]) entry.add(-part);
        [high[i], low[i]] = entry.parts;
        errors[i] = entry.error;
      }
      sum.add(0, at.gradientError * (normBound(theta) + normBound(centre)));
      return {
        value: sum.parts,
        valueError: sum.error,
        gradient: { high, low },
        gradientError: (here.gradientError + at.gradientError + normBound(errors)) * (1 + 4 * Number.EPSILON),
      };
    },
  };
}
