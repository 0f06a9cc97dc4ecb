import { stepOn, type KeptBudget, type ObjectiveName, type Pair, type Schedule } from '../../schedule/schedule.js';
import { evaluatedBefore, possibleOutcomes, weightsOf } from '../../schedule/step.js';
import type { Iterate } from './names.js';

/** How a point of the plan comes about: the start, a step from an earlier point, or the average of earlier points. */
export type Origin =
  | { readonly kind: 'start' }
  | { readonly kind: 'step'; readonly from: number; readonly weights: Pair; readonly stepSize: number }
  | { readonly kind: 'average'; readonly of: readonly number[] };

/** A measured number: Σ weight · f_objective(point), the optimum's value being 0. */
export type MeasuredSum = readonly {
  readonly objective: ObjectiveName;
  readonly point: number;
  readonly weight: number;
}[];

/** A share of the measure: the least of its numbers, in expectation with this probability. */
export interface MeasuredGroup {
  readonly probability: number;
  readonly leastOf: readonly MeasuredSum[];
}

/** MAXRIGHT's rule at one step: the recorded weighted value of the chosen objective is the larger. */
export interface Selection {
  readonly chosen: ObjectiveName;
  /** The points at which the two records were taken. */
  readonly record: { readonly dpo: number; readonly sft: number };
  /** By how much the other record may be the larger, where the values seen are wrong; 0 unless given. */
  readonly slack?: number;
}

/** Everything that the worst case of a schedule depends on, free of any function: a tree of points and what is measured. */
export interface Plan {
  readonly origins: readonly Origin[];
  readonly groups: readonly MeasuredGroup[];
  readonly selections: readonly Selection[];
  /** Numbers that are at least 0 because the comparator minimises what is measured. */
  readonly atLeastZero: readonly MeasuredSum[];
  /** What a budget lets pass, and on which side of it each step is. */
  readonly kept?: KeptChoices;
}

/** The rule of a budget along one sequence of choices. */
export interface KeptChoices extends KeptBudget {
  /** Whether the value of `first` is above the threshold at each of the points 0, 1, …: whether the step there is on it. */
  readonly above: readonly boolean[];
}

/** One way a run can go: its choices and its points, start first; `probability` over the schedule's own draws. */
interface Path {
  readonly probability: number;
  readonly points: number[];
}

/**
 * The plan of a schedule whose choices depend on no function value: the tree of its draws, with the points that
 * several paths share held once, or the single path of a schedule that draws nothing.
 * The measure is F_λ = λ f_DPO + (1 − λ) f_SFT.
 * @param stepSizes α_1 … α_T
 */
export function openLoopPlan(
  schedule: Schedule,
  initial: unknown,
  lambda: number,
  stepSizes: Float64Array,
  iterate: Iterate,
): Plan {
  const origins: Origin[] = [{ kind: 'start' }];
  let paths: Path[] = [{ probability: 1, points: [0] }];
  const steps = lastNeededStep(iterate, stepSizes.length);
  for (let t = 1; t <= steps; t++) {
    const branches = possibleOutcomes(schedule, initial, t);
    paths = paths.flatMap(({ probability, points }) =>
      branches.map((branch) => {
        origins.push({
          kind: 'step',
          from: points[points.length - 1],
          weights: weightsOf(branch.choice, () => unknownGram(schedule)),
          stepSize: stepSizes[t - 1],
        });
        return { probability: probability * branch.probability, points: [...points, origins.length - 1] };
      }),
    );
  }
  const weighted = (point: number): MeasuredSum =>
    weights(lambda)
      .filter(({ weight }) => weight > 0)
      .map(({ objective, weight }) => ({ objective, weight, point }));
  return { origins, groups: measuredGroups(iterate, paths, origins, weighted), selections: [], atLeastZero: [] };
}

/**
 * The plan of a schedule that steps on the larger recorded gap, as MAXRIGHT does, for one sequence of choices and, at each measured point, the objective whose weighted gap is
 * the larger there; the worst case is the largest over all sequences and patterns.
 * @param choices what each needed step works on (a step after the last measured point is not needed)
 * @param larger one objective for each of `measuredTimes`
 * Both objectives are recorded at the steps at which the schedule evaluates; in between, the chosen one's record moves
 * on to the point of its own step, and the other's stays.
 * The measure is F_max(θ) − F_max(θ°), with f_i measured from f_i(θ°).
 */
export function maxrightPlan(
  schedule: Schedule,
  initial: unknown,
  lambda: number,
  stepSizes: Float64Array,
  iterate: Iterate,
  choices: readonly ObjectiveName[],
  larger: readonly ObjectiveName[],
): Plan {
  const origins: Origin[] = [{ kind: 'start' }];
  const selections: Selection[] = [];
  const record = { dpo: 0, sft: 0 };
  const points = [0];
  choices.forEach((chosen, index) => {
    for (const objective of evaluatedBefore(schedule, initial, index + 1)) record[objective] = index;
    selections.push({ chosen, record: { ...record } });
    record[chosen] = index;
    const weights = schedule.stepOnLarger?.(initial, chosen) ?? stepOn[chosen];
    origins.push({
      kind: 'step',
      from: index,
      weights: { dpo: weights.dpo, sft: weights.sft },
      stepSize: stepSizes[index],
    });
    points.push(index + 1);
  });
  const measuredPoints = measuredTimes(iterate, stepSizes.length);
  const weightOf = { dpo: lambda, sft: 1 - lambda };
  const maximum = (point: number): MeasuredSum => {
    const objective = larger[iterate === 'average' ? 0 : measuredPoints.indexOf(point)];
    return [{ objective, point, weight: weightOf[objective] }];
  };
  const groups = measuredGroups(iterate, [{ probability: 1, points }], origins, maximum);
  return { origins, groups, selections, atLeastZero: groups.flatMap(({ leastOf }) => leastOf) };
}

/**
 * The plan of a schedule that keeps within a budget, for one sequence of choices: values are measured from those at a
 * comparator u that the budget allows, and the measure is f_second(θ̄) − f_second(u), or the mean over the points at steps
 * on the second objective instead of their average θ̄.
 * @param above for every step, whether it is on the first objective
 */
export function budgetPlan(
  kept: KeptBudget,
  stepSizes: Float64Array,
  iterate: Iterate,
  above: readonly boolean[],
): Plan {
  const { first, second } = kept;
  const counted = above.flatMap((isAbove, t) => (isAbove ? [] : [t]));
  // Where no step is on the second objective the last point stands for their average.
  const points = counted.length > 0 ? counted : [above.length];
  const origins: Origin[] = [{ kind: 'start' }];
  const last = counted.length > 0 ? above.length - 1 : above.length;
  for (let t = 0; t < last; t++) {
    const { dpo, sft } = stepOn[above[t] ? first : second];
    origins.push({ kind: 'step', from: t, weights: { dpo, sft }, stepSize: stepSizes[t] });
  }
  let measured: MeasuredSum = points.map((point) => ({ objective: second, point, weight: 1 / points.length }));
  if (iterate === 'average' && points.length > 1) {
    origins.push({ kind: 'average', of: points });
    measured = [{ objective: second, point: origins.length - 1, weight: 1 }];
  }
  return {
    origins,
    groups: [{ probability: 1, leastOf: [measured] }],
    selections: [],
    atLeastZero: [],
    kept: { ...kept, above },
  };
}

/** The indices (0 is the start) of the points that an iterate measures; the average is a point of its own. */
export function measuredTimes(iterate: Iterate, steps: number): number[] {
  switch (iterate) {
    case 'mean':
      return Array.from({ length: steps }, (_, t) => t);
    case 'best':
      return Array.from({ length: steps + 1 }, (_, t) => t);
    case 'last':
      return [steps];
    case 'average':
      return [steps + 1];
  }
}

/** The updates that the measure depends on: the last one moves to a point that mean and average do not see. */
export function lastNeededStep(iterate: Iterate, steps: number): number {
  return iterate === 'mean' || iterate === 'average' ? steps - 1 : steps;
}

function unknownGram({ name }: Schedule): never {
  throw new Error(`the weights of ${name} depend on gradients, which no plan knows`);
}

/** How many points a plan has room for, and whether it branches. */
export function pointsOfPlan(
  schedule: Schedule,
  initial: unknown,
  iterate: Iterate,
  steps: number,
): { readonly points: number; readonly branching: boolean } {
  const needed = lastNeededStep(iterate, steps);
  let [paths, nodes] = [1, 1];
  for (let t = 1; t <= needed; t++) {
    paths *= possibleOutcomes(schedule, initial, t).length;
    nodes += paths;
  }
  return paths > 1 ? { points: nodes + 1, branching: true } : { points: steps + 2, branching: false };
}

/** The measure of a tree of paths; points that paths share are measured once. */
function measuredGroups(
  iterate: Iterate,
  paths: readonly Path[],
  origins: Origin[],
  measured: (point: number) => MeasuredSum,
): MeasuredGroup[] {
  switch (iterate) {
    case 'mean': {
      const share = new Map<number, number>();
      for (const { probability, points } of paths) {
        for (const point of points) share.set(point, (share.get(point) ?? 0) + probability / points.length);
      }
      return [...share].map(([point, probability]) => ({ probability, leastOf: [measured(point)] }));
    }
    case 'average':
      return paths.map(({ probability, points }) => {
        // The average of one point is that point: a second copy would be two samples of a function at one place.
        if (points.length === 1) return { probability, leastOf: [measured(points[0])] };
        origins.push({ kind: 'average', of: points });
        return { probability, leastOf: [measured(origins.length - 1)] };
      });
    case 'best':
      return paths.map(({ probability, points }) => ({ probability, leastOf: points.map(measured) }));
    case 'last':
      return paths.map(({ probability, points }) => ({
        probability,
        leastOf: [measured(points[points.length - 1])],
      }));
  }
}

function weights(lambda: number): { readonly objective: ObjectiveName; readonly weight: number }[] {
  return [
    { objective: 'dpo', weight: lambda },
    { objective: 'sft', weight: 1 - lambda },
  ];
}
