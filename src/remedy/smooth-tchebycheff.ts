import { InputError } from '../base/input-error.js';
import { minimize } from '../convex/optimum/minimize.js';
import { evaluatePrecisely } from '../convex/optimum/weighted-function.js';
import { normBound } from '../convex/matrix/precise-sum.js';
import type { ConvexFunction } from '../convex/problem/problem.js';
import { shareOfDpo } from '../schedule/smooth-tchebycheff.js';
import { certifiedLimit, type NoLimit } from './limit.js';
import { oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import type { Setup } from './setup.js';

/** Smooth Tchebycheff: the minimiser of Φ_μ = μ log Σ exp(w_i (f_i − f_i*)/μ), between F_max and F_max + μ log 2. */
export const smoothTchebycheff: Remedy<number> = {
  name: 'smooth-tchebycheff',
  label: 'Smooth Tchebycheff',
  description: 'an objective with probability ∝ exp(weighted gap/μ), along its weighted gradient',
  kind: 'schedule',
  needs: { sftRecords: true, sftPrompts: true, optima: true },
  parameter: {
    name: 'smoothing',
    symbol: 'μ',
    description: 'smoothing of F_max',
    parse(text, field) {
      const value = Number(text);
      if (text.trim() === '' || !(value > 0 && value < Infinity)) throw new InputError(field, text, 'a number > 0');
      return value;
    },
    standard: middle,
    at(position, setup) {
      const found = middle(setup);
      return (typeof found === 'number' ? found : 1) * 10 ** (4 * position - 2);
    },
    hindsight: false,
  },
  cost: () => ({ ...oneGradient, evaluations: 2 }),
  limit(setup, smoothing, near) {
    const { problem, optima } = setup;
    const f = smoothMax(setup, smoothing);
    const moduli = [setup.lambda * problem.objectives.dpo.constants.strongConvexity];
    moduli.push((1 - setup.lambda) * problem.objectives.sft.constants.strongConvexity);
    const found = minimize(f, {
      start: near ?? optima.chebyshev.minimizer,
      radius: problem.radius,
      modulus: Math.min(...moduli) * (1 - 1e-12),
      nonsmooth: problem.data.kind === 'expression',
    });
    return certifiedLimit(f, found, problem.radius);
  },
  outputs: (setup, smoothing) => scheduleOutputs(setup, 'smooth-tchebycheff', { smoothing }),
};

/** A tenth of min F_max. */
function middle({ optima: { chebyshev } }: Setup): number | NoLimit {
  return chebyshev.value > chebyshev.certificate
    ? 0.1 * chebyshev.value
    : { reason: 'min F_max is 0, of which no share is a smoothing: give --smoothing' };
}

/** Φ_μ of a setup, whose gaps are taken from the certified optima. */
export function smoothMax({ problem, lambda, optima }: Setup, smoothing: number): ConvexFunction {
  const { dimension, objectives } = problem;
  const { ideal } = optima.values;
  const weights = { dpo: lambda, sft: 1 - lambda };
  const [dpo, sft] = [new Float64Array(dimension), new Float64Array(dimension)];
  const [dpoHessian, sftHessian] = [new Float64Array(dimension ** 2), new Float64Array(dimension ** 2)];
  const gapsOf = (dpoValue: number, sftValue: number) => ({
    dpo: weights.dpo * (dpoValue - ideal.dpo),
    sft: weights.sft * (sftValue - ideal.sft),
  });
  const valueOf = (gaps: { dpo: number; sft: number }): number =>
    Math.max(gaps.dpo, gaps.sft) + smoothing * Math.log1p(Math.exp(-Math.abs(gaps.dpo - gaps.sft) / smoothing));
  return {
    value: (theta) => valueOf(gapsOf(objectives.dpo.value(theta), objectives.sft.value(theta))),
    gradient(theta, gradient) {
      const gaps = gapsOf(objectives.dpo.gradient(theta, dpo), objectives.sft.gradient(theta, sft));
      const share = shareOfDpo(gaps, smoothing);
      const [a, b] = [share * weights.dpo, (1 - share) * weights.sft];
      for (let i = 0; i < dimension; i++) gradient[i] = a * dpo[i] + b * sft[i];
      return valueOf(gaps);
    },
    hessian(theta, hessian) {
      const gaps = gapsOf(objectives.dpo.gradient(theta, dpo), objectives.sft.gradient(theta, sft));
      objectives.dpo.hessian(theta, dpoHessian);
      objectives.sft.hessian(theta, sftHessian);
      const share = shareOfDpo(gaps, smoothing);
      const [a, b, c] = [share * weights.dpo, (1 - share) * weights.sft, (share * (1 - share)) / smoothing];
      for (let i = 0, at = 0; i < dimension; i++) {
        const difference = weights.dpo * dpo[i] - weights.sft * sft[i];
        for (let j = 0; j < dimension; j++, at++) {
          const other = weights.dpo * dpo[j] - weights.sft * sft[j];
          hessian[at] = a * dpoHessian[at] + b * sftHessian[at] + c * difference * other;
        }
      }
    },
    evaluatePrecisely(theta) {
      const [one, two] = [evaluatePrecisely(objectives.dpo, theta), evaluatePrecisely(objectives.sft, theta)];
      const gaps = gapsOf(one.value[0] + one.value[1], two.value[0] + two.value[1]);
      const rounding =
        4 *
        Number.EPSILON *
        (Math.abs(one.value[0]) + Math.abs(ideal.dpo) + Math.abs(two.value[0]) + Math.abs(ideal.sft));
      const errors = [weights.dpo * one.valueError, weights.sft * two.valueError];
      const gapError = Math.max(...errors) + rounding;
      const share = shareOfDpo(gaps, smoothing);
      // The logistic function moves by at most a quarter of its argument, and by a few roundings.
      const shareError = gapError / (2 * smoothing) + 8 * Number.EPSILON;
      const [a, b] = [share * weights.dpo, (1 - share) * weights.sft];
      const high = one.gradient.high.map((entry, i) => a * entry + b * two.gradient.high[i]);
      const low = one.gradient.low.map((entry, i) => a * entry + b * two.gradient.low[i]);
      const sizes = weights.dpo * normBound(one.gradient.high) + weights.sft * normBound(two.gradient.high);
      const value = valueOf(gaps);
      return {
        value: [value, 0],
        valueError: gapError + 4 * Number.EPSILON * (Math.abs(value) + smoothing),
        gradient: { high, low },
        gradientError:
          (a * one.gradientError + b * two.gradientError + (shareError + 8 * Number.EPSILON) * sizes) *
          (1 + 8 * Number.EPSILON),
      };
    },
  };
}
