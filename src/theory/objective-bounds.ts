import type { LogLinearDpoData, LogLinearSftData } from '../convex/problem/data.js';
import { exampleCount, readRow, rowCount, rowProduct } from '../convex/problem/feature-rows.js';
import { marginLossOf } from '../preference-loss/index.js';
import type { ObjectiveConstants, Problem } from '../convex/problem/problem.js';
import type { ObjectiveName } from '../schedule/schedule.js';

/** What the theorems need to know of an objective over its domain; docs/theory.md, "Constants", proves each. */
export interface ObjectiveBounds extends ObjectiveConstants {
  /** E‖stochastic − exact gradient‖² where the noise is additive and independent of θ; undefined for minibatches. */
  readonly noise: number | undefined;
  /** ε: |observed − true value| ≤ ε everywhere in the domain, almost surely; Infinity where there is none. */
  readonly valueError: number;
  /** Standard deviation of Gaussian noise on observed values. */
  readonly valueDeviation: number;
}

/** The constants of both objectives of a problem, stochastic gradients and values being those of single draws. */
export function objectiveBounds(problem: Problem): Record<ObjectiveName, ObjectiveBounds> {
  const { data, dimension, objectives } = problem;
  const of = (name: ObjectiveName): ObjectiveBounds => {
    const { valueNoise } = objectives[name];
    const { gradientBound, smoothness, strongConvexity } = objectives[name].constants;
    const common = { gradientBound, smoothness, strongConvexity, valueDeviation: valueNoise };
    switch (data.kind) {
      case 'quadratic':
        return {
          ...common,
          noise: dimension * data.objectives[name].noise ** 2,
          valueError: valueNoise === 0 ? 0 : Infinity,
        };
      case 'expression':
        return { ...common, noise: dimension * data.noise[name] ** 2, valueError: valueNoise === 0 ? 0 : Infinity };
      case 'log-linear': {
        const range =
          name === 'dpo' ? dpoRange(data.dpo, data.reference, data.radius) : sftRange(data.sft, data.radius);
        return { ...common, noise: undefined, valueError: deviationOf(range) };
      }
    }
  };
  return { dpo: of('dpo'), sft: of('sft') };
}

/** The least and the largest loss of every example over the ball. */
type Range = readonly { readonly low: number; readonly high: number }[];

/**
 * How far one example's loss can be from the mean of all N: ℓ_n − mean ℓ = (1/N) Σ_{m ≠ n} (ℓ_n − ℓ_m), and every
 * difference lies between low_n − high_m and high_n − low_m. A minibatch is a mean of examples, so no farther.
 */
function deviationOf(range: Range): number {
  const count = range.length;
  const [lows, highs] = [range.map(({ low }) => low), range.map(({ high }) => high)];
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [allLow, allHigh] = [sum(lows), sum(highs)];
  const deviations = range.map(({ low, high }) => {
    const above = (count - 1) * high - (allLow - low);
    const below = allHigh - high - (count - 1) * low;
    return Math.max(above, below) / count;
  });
  return Math.max(0, ...deviations);
}

/** A preference loss falls in h up to its minimiser and rises from there on, and |θᵀz| ≤ R‖z‖. */
function dpoRange({ rows, loss: settings }: LogLinearDpoData, reference: Float64Array, radius: number): Range {
  const loss = marginLossOf(settings);
  const row = new Float64Array(rows.dimension);
  return Array.from({ length: exampleCount(rows) }, (_, n) => {
    const centre = rowProduct(rows, n, 0, reference);
    const reach = radius * Math.hypot(...readRow(rows, n, 0, row));
    const [least, most] = [-reach - centre, reach - centre];
    return {
      low: loss.value(Math.min(most, Math.max(least, loss.minimizer))),
      high: Math.max(loss.value(least), loss.value(most)),
    };
  });
}

/** log(1 + Σ e^{θᵀδ_k}) rises in every θᵀδ_k, and |θᵀδ| ≤ R‖δ‖. */
function sftRange({ rows }: LogLinearSftData, radius: number): Range {
  const row = new Float64Array(rows.dimension);
  return Array.from({ length: exampleCount(rows) }, (_, n) => {
    let [low, high] = [0, 0];
    for (let k = 0; k < rowCount(rows, n); k++) {
      const reach = radius * Math.hypot(...readRow(rows, n, k, row));
      low += Math.exp(-reach);
      high += Math.exp(reach);
    }
    return { low: Math.log1p(low), high: Math.log1p(high) };
  });
}
