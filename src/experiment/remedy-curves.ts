import { minimizeWeightedSum } from '../convex/optimum/weighted-sum.js';
import { createProblem } from '../convex/problem/create.js';
import type { ProblemData } from '../convex/problem/data.js';
import { bestInHindsight, drawn } from '../remedy/curve.js';
import { remedies } from '../remedy/index.js';
import { judged } from '../remedy/judge.js';
import { isReason } from '../remedy/limit.js';
import type { Remedy, RemedyParameter } from '../remedy/remedy.js';
import { setup, type Setup } from '../remedy/setup.js';
import { weightsOfShortest } from '../schedule/mgda.js';
import type { Pair } from '../schedule/schedule.js';
import { gramOf } from '../schedule/step.js';
import type { ExperimentContext } from './experiment.js';
import { siblingModule, taskResult } from './task.js';

/** A remedy's limit in objective space, under one value of its parameter. */
export interface RemedyPoint extends Pair {
  /** Null at the end of a curve that is reached as the parameter grows without bound. */
  readonly parameter: number | null;
  /** F_λ − min F_λ. */
  readonly gap: number;
}

/** The limits of a remedy over its parameter. */
export interface RemedyCurve {
  readonly name: string;
  readonly label: string;
  /** The parameter in formulas. */
  readonly symbol: string;
  readonly points: readonly RemedyPoint[];
  /** Under the value that theory says for λ; null where it says none. */
  readonly byTheory: RemedyPoint | null;
  /** Under the value that convention says where theory says none. */
  readonly standard: RemedyPoint | null;
  /** Under the best value in hindsight; null where none is sought. */
  readonly best: RemedyPoint | null;
  /** How far a point of the curve lies above the front, at most: F_λ − min F_λ for a λ of its own. */
  readonly aboveFront: number;
}

/** The curves of all remedies that apply to a problem and have a numeric parameter, and what they are compared with. */
export interface RemedyCurves {
  /** Both objectives at the ends of the stages of Sequential, and at the minimiser of F_λ. */
  readonly stageOne: Pair;
  readonly stageTwo: Pair;
  readonly optimum: Pair;
  /** The gap of Sequential's limit. */
  readonly sequentialGap: number;
  readonly curves: readonly RemedyCurve[];
}

/** Plain data for a worker. */
export interface RemedyCurvesTask {
  readonly data: ProblemData;
  readonly lambda: number;
  readonly steps: number;
  readonly stepSize: string;
  /** Stretches of a curve between two positions of its parameter. */
  readonly intervals: number;
}

/** The curves of the remedies on a problem, solved once. */
export function remedyCurves(context: ExperimentContext, task: RemedyCurvesTask): Promise<RemedyCurves> {
  return taskResult(context, { module, name: 'solvedCurves' }, task, (found: RemedyCurves) => found);
}

const module = siblingModule('./remedy-curves', import.meta.url);

/** Solves for the curves. */
export async function solvedCurves({ data, intervals, ...options }: RemedyCurvesTask): Promise<RemedyCurves> {
  const problem = await createProblem(data);
  const of = setup(problem, { ...options, seeds: 1 });
  const { optima, stageOne, stageTwo, first, second } = of;
  const end = isReason(stageTwo) ? optima.ideal[second] : stageTwo;
  const { gap, ...ends } = judged(of, { minimizer: end.minimizer, certificate: end.certificate });
  const at = ({ dpo, sft }: Pair): Pair => ({ dpo, sft });
  return {
    stageOne: at(judged(of, { minimizer: stageOne, certificate: optima.ideal[first].certificate })),
    stageTwo: at(ends),
    optimum: at(optima.weightedSum),
    sequentialGap: gap,
    curves: Object.values(remedies).flatMap((remedy) => curveOf(of, remedy, intervals)),
  };
}

function curveOf(of: Setup, remedy: Remedy, intervals: number): RemedyCurve[] {
  const { name, label, parameter } = remedy;
  if (parameter === undefined || remedy.missing?.(of) !== undefined) return [];
  const limits = sampled(of, remedy, parameter, intervals);
  if (limits.length === 0) return [];
  const under = (value: unknown): RemedyPoint | null => {
    const limit = typeof value === 'number' ? remedy.limit(of, value) : undefined;
    if (typeof value !== 'number' || limit === undefined || isReason(limit)) return null;
    const { dpo, sft, gap } = judged(of, limit);
    return { parameter: value, dpo, sft, gap };
  };
  const byTheory = parameter.theory?.(of);
  const { grid } = drawn(of, remedy, parameter);
  return [
    {
      ...{ name, label, symbol: parameter.symbol },
      points: limits.map(({ point }) => point),
      byTheory: under(byTheory),
      standard: under(parameter.standard?.(of)),
      best: under(bestInHindsight(of, remedy, parameter, byTheory, grid)?.value),
      aboveFront: limits.reduce((most, { minimizer }) => Math.max(most, aboveFront(of, minimizer)), 0),
    },
  ];
}

/** A curve through many positions, from no remedy to the whole of it, ends included; empty where its values are no numbers. */
function sampled(of: Setup, remedy: Remedy, parameter: RemedyParameter<unknown>, intervals: number) {
  const positions = Array.from({ length: intervals + 1 }, (_, i) => i / intervals);
  const values =
    parameter.at === undefined
      ? (parameter.curve?.(of) ?? [])
      : positions.map((position) => parameter.at?.(position, of));
  let near: Float64Array | undefined;
  return values.flatMap((value) => {
    if (typeof value !== 'number') return [];
    const limit = remedy.limit(of, value, near);
    if (isReason(limit)) return [];
    near = limit.minimizer;
    const { dpo, sft, gap } = judged(of, limit);
    const point: RemedyPoint = { parameter: value === Infinity ? null : value, dpo, sft, gap };
    return [{ minimizer: limit.minimizer, point }];
  });
}

/**
 * How far a limit lies above the front, at most: F_λ − min F_λ there, for the λ under which its gradients cancel best. That is
 * 0 on the front.
 */
function aboveFront({ problem }: Setup, theta: Float64Array): number {
  const { objectives, dimension } = problem;
  const [dpo, sft] = [new Float64Array(dimension), new Float64Array(dimension)];
  const values = { dpo: objectives.dpo.gradient(theta, dpo), sft: objectives.sft.gradient(theta, sft) };
  const lambda = weightsOfShortest(gramOf(dpo, sft)).dpo;
  const least = minimizeWeightedSum(problem, lambda, theta).value;
  return Math.max(0, lambda * values.dpo + (1 - lambda) * values.sft - least);
}
