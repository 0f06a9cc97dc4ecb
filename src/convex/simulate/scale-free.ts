import type { Problem } from '../problem/problem.js';
import type { WeightedSumMinimum } from '../optimum/weighted-sum.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import { estimate, type Estimate } from '../../base/statistics.js';
import type { CertifiedOptima } from './optima.js';
import type { ScaleFreeMeasures } from './result-table.js';
import type { Trajectory } from './trajectory.js';

/**
 * f_i(θ_j*) − f_i*, i ≠ j: what each objective loses where the other is at its optimum, the units of the normalised ideal
 * distance. Undefined where the objectives are not certified to be in conflict.
 */
export function conflictRanges({
  ideal,
}: {
  readonly ideal: Readonly<Record<ObjectiveName, Pick<WeightedSumMinimum, 'dpo' | 'sft' | 'value' | 'certificate'>>>;
}): Pair | undefined {
  const ranges = { dpo: ideal.sft.dpo - ideal.dpo.value, sft: ideal.dpo.sft - ideal.sft.value };
  return ranges.dpo > ideal.dpo.certificate && ranges.sft > ideal.sft.certificate ? ranges : undefined;
}

/** The distance, in objective space, to the ideal point, with each objective in units of its range. */
export function normalizedIdealDistance({ dpo, sft }: Pair, ideal: Pair, ranges: Pair): number {
  return Math.hypot((dpo - ideal.dpo) / ranges.dpo, (sft - ideal.sft) / ranges.sft);
}

/**
 * E_x KL(π_{θ_S}(·|x) ‖ π_θ(·|x)) in nats, over the prompts of SFT, of points with the given values of f_SFT, θ_S the minimiser
 * of f_SFT of a log-linear policy: f_SFT(θ) − f_SFT* for an interior θ_S (statement K). On the boundary of the ball the points
 * are needed too, because f_SFT(θ) − f_SFT* is larger by γ(R − ⟨θ, θ_S⟩/R), γ = ‖∇f_SFT(θ_S)‖. Undefined without them, and for
 * other problems.
 * @param points θ of each; only looked at on the boundary
 */
export function forgettingKl(
  problem: Problem,
  { ideal: { sft } }: Pick<CertifiedOptima, 'ideal'>,
  values: readonly number[],
  points: readonly Float64Array[] = [],
): Estimate | undefined {
  const { data, radius, dimension } = problem;
  if (data.kind !== 'log-linear') return undefined;
  const above = values.map((value) => value - sft.value);
  if (!forgettingNeedsPoints(problem, sft.minimizer)) return estimate(above.map((value) => Math.max(0, value)));
  if (points.length < values.length || points.some((theta) => theta.length !== dimension)) return undefined;
  const slope = gradientNorm(problem, sft.minimizer);
  return estimate(
    above.map((value, i) => {
      let inner = 0;
      for (let k = 0; k < dimension; k++) inner += points[i][k] * sft.minimizer[k];
      return Math.max(0, value - slope * (radius - inner / radius));
    }),
  );
}

/** Whether the forgetting of a log-linear policy can be told from values of f_SFT alone: not where its minimiser is on the boundary. */
export function forgettingNeedsPoints(problem: Problem, minimizer: Float64Array): boolean {
  return problem.data.kind === 'log-linear' && 2 * problem.radius * gradientNorm(problem, minimizer) > 1e-9;
}

function gradientNorm({ objectives, dimension }: Problem, theta: Float64Array): number {
  const gradient = new Float64Array(dimension);
  objectives.sft.gradient(theta, gradient);
  return Math.hypot(...gradient);
}

/** What does not depend on the scales of the objectives, where it is known, at the recorded step of index `at`. */
export function scaleFreeMeasures(
  problem: Problem,
  optima: CertifiedOptima,
  trajectories: readonly Trajectory[],
  at: number,
): ScaleFreeMeasures {
  const points = trajectories.map(({ values }): Pair => ({ dpo: values[2 * at], sft: values[2 * at + 1] }));
  const ranges = conflictRanges(optima);
  const { ideal } = optima.values;
  const kl = forgettingKl(
    problem,
    optima,
    points.map(({ sft }) => sft),
    trajectories.map((one) => one.points.subarray(at * problem.dimension, (at + 1) * problem.dimension)),
  );
  return {
    ...(ranges !== undefined && {
      normalizedIdealDistance: estimate(points.map((point) => normalizedIdealDistance(point, ideal, ranges))),
    }),
    ...(kl !== undefined && { forgettingKl: kl }),
  };
}
