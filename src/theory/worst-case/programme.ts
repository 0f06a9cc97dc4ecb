import type { BoundedProgramme } from '../../sdp/certified-bound.js';
import { bothObjectives, type ObjectiveName, type Pair } from '../../schedule/schedule.js';
import { difference, plus, product, type Combination } from './combination.js';
import { distanceBound, gradientBound, valueBound, valueScale, type FunctionClass } from './function-class.js';
import type { MeasuredSum, Plan } from './plan.js';
import {
  addAtMost,
  addBasisVector,
  addFreeVariable,
  addNormAtMost,
  emptyDraft,
  type ProgrammeDraft,
} from './programme-draft.js';
import { sparseVector, sumOf, zeroMatrix, type SparseVector } from '../../sdp/semidefinite-programme.js';
import { comparatorGradients, type Stationarity } from './stationarity.js';

/** A function's value and subgradient at a point; `value` is an index into the free variables, or undefined for 0. */
export interface Sample {
  readonly point: number | 'comparator';
  readonly at: Combination;
  readonly gradient: Combination | undefined;
  readonly value: number | undefined;
}

/** The semidefinite programme of a plan, with every constraint of the class, and what is needed to read its solution. */
export interface EstimationProgramme extends BoundedProgramme {
  /** The constraints to begin with where there are too many to take at once: the rest join when they are violated. */
  readonly essential: readonly boolean[];
  readonly samples: Readonly<Record<ObjectiveName, readonly Sample[]>>;
  /** Each point of the plan; the first is the start. The comparator is the origin. */
  readonly points: readonly Combination[];
  /** The free variable of what a budget still allows at the comparator, δ − (f_first(u) − f_first*); none where δ = 0. */
  readonly allowed?: number;
}

/**
 * The performance estimation programme (Drori and Teboulle 2014; Taylor, Hendrickx and Glineur 2017) of a plan:
 * the Gram matrix holds θ_1 − θ* and the subgradients, the free variables the values, f_i(θ*) = 0; the constraints say
 * that values and subgradients are those of functions of the class (necessary and sufficient), that ‖θ_1 − θ*‖ ≤
 * distance, and that the schedule chooses as planned.
 * @param margin every inequality is tightened by this (times the constraint's scale), so that the recovered functions
 *   have a single piece active at each point and rounding cannot change the run
 */
export function estimationProgramme(
  plan: Plan,
  lambda: number,
  functionClass: FunctionClass,
  distance: number,
  stationarity: Stationarity,
  margin: number,
): EstimationProgramme {
  const needed = neededSamples(plan);
  const draft = emptyDraft();
  const start = addBasisVector(draft, distance);
  addNormAtMost(draft, start, distance, margin);
  const atComparator = comparatorGradients(draft, stationarity, needed, gradientBound(functionClass, 0), margin);
  const { points, samples } = sampledPoints(draft, { plan, needed, functionClass, distance, start, margin });
  for (const objective of bothObjectives) {
    if (samples[objective].length === 0 && stationarity.kind === 'weighted') continue;
    samples[objective].push({ point: 'comparator', at: [], gradient: atComparator[objective], value: undefined });
  }

  const gap = margin * valueScale(functionClass, distance);
  for (const objective of bothObjectives) addInterpolation(draft, plan, samples[objective], functionClass, gap);
  const valueOf = (objective: ObjectiveName, point: number): number => {
    const value = samples[objective].find((sample) => sample.point === point)?.value;
    if (value === undefined) throw new Error(`no ${objective} value at point ${point}`);
    return value;
  };
  addSelections(draft, plan, { dpo: lambda, sft: 1 - lambda }, valueOf, gap);
  const allowed = addBudget(draft, plan, valueOf, gap);
  const objective = addMeasures(draft, plan, valueOf);
  return {
    programme: {
      order: draft.diagonalBounds.length,
      free: draft.freeBounds.length,
      objective: { matrix: zeroMatrix, free: objective },
      constraints: draft.constraints,
    },
    trueBounds: Float64Array.from(draft.trueBounds),
    essential: draft.essential,
    diagonalBounds: Float64Array.from(draft.diagonalBounds),
    freeBounds: Float64Array.from(draft.freeBounds),
    samples,
    points,
    ...(allowed === undefined ? {} : { allowed }),
  };
}

type Samples = Record<ObjectiveName, Sample[]>;
/** The free variable that holds an objective's value at a point. */
type ValueOf = (objective: ObjectiveName, point: number) => number;

/** For each point, the objectives whose value or subgradient there the plan uses; the others cannot matter. */
function neededSamples(plan: Plan): ReadonlySet<ObjectiveName>[] {
  const needed = plan.origins.map(() => new Set<ObjectiveName>());
  for (const origin of plan.origins) {
    if (origin.kind !== 'step') continue;
    for (const objective of bothObjectives) if (origin.weights[objective] > 0) needed[origin.from].add(objective);
  }
  if (plan.kept !== undefined) {
    const { first, above } = plan.kept;
    above.forEach((_, point) => needed[point]?.add(first));
  }
  for (const { record } of plan.selections) {
    needed[record.dpo].add('dpo');
    needed[record.sft].add('sft');
  }
  for (const measured of [...plan.groups.flatMap(({ leastOf }) => leastOf), ...plan.atLeastZero]) {
    for (const { objective, point } of measured) needed[point].add(objective);
  }
  return needed;
}

/** Adds a subgradient and a value for every sample that the plan needs; gives them, and the points that they lie at. */
function sampledPoints(
  draft: ProgrammeDraft,
  given: {
    readonly plan: Plan;
    readonly needed: readonly ReadonlySet<ObjectiveName>[];
    readonly functionClass: FunctionClass;
    readonly distance: number;
    readonly start: Combination;
    readonly margin: number;
  },
): { points: Combination[]; samples: Samples } {
  const { plan, needed, functionClass, distance, start, margin } = given;
  const points: Combination[] = [];
  const samples: Samples = { dpo: [], sft: [] };
  const gradientAt = (from: number, objective: ObjectiveName): Combination => {
    const gradient = samples[objective].find(({ point }) => point === from)?.gradient;
    if (gradient === undefined) throw new Error(`no ${objective} gradient at point ${from}`);
    return gradient;
  };
  // Bounds on the distance of each point from the comparator.
  const distances: number[] = [];
  plan.origins.forEach((origin, point) => {
    distances.push(distanceBound(origin, distance, distances, functionClass));
    const at = position(origin, start, points, gradientAt);
    points.push(at);
    for (const objective of needed[point]) {
      const gradient = addBasisVector(draft, gradientBound(functionClass, distances[point]));
      if (functionClass.kind === 'lipschitz') addNormAtMost(draft, gradient, functionClass.lipschitz, margin);
      const value = addFreeVariable(draft, valueBound(functionClass, distances[point]));
      samples[objective].push({ point, at, gradient, value });
    }
  });
  return { points, samples };
}

/** Where a point lies, from where it comes. */
function position(
  origin: Plan['origins'][number],
  start: Combination,
  points: readonly Combination[],
  gradientAt: (point: number, objective: ObjectiveName) => Combination,
): Combination {
  switch (origin.kind) {
    case 'start':
      return start;
    case 'average':
      // Summed before it is divided, so that coefficients shared by all points stay exact and cancel later.
      return origin.of
        .reduce<Combination>((sum, point) => plus(sum, points[point], 1), [])
        .map((coefficient) => coefficient / origin.of.length);
    case 'step': {
      let at = points[origin.from];
      for (const objective of bothObjectives) {
        const weight = origin.weights[objective];
        if (weight > 0) at = plus(at, gradientAt(origin.from, objective), -origin.stepSize * weight);
      }
      return at;
    }
  }
}

/** Adds that values and subgradients are those of one function of the class. */
function addInterpolation(
  draft: ProgrammeDraft,
  plan: Plan,
  samples: readonly Sample[],
  functionClass: FunctionClass,
  margin: number,
): void {
  for (const of of samples) {
    for (const to of samples) {
      if (of === to || of.gradient === undefined) continue;
      if (functionClass.kind === 'smooth' && to.gradient === undefined) continue;
      // f_to ≥ f_of + ⟨g_of, x_to − x_of⟩ (+ ‖g_to − g_of‖² / 2L)
      const matrices = [product(of.gradient, difference(to.at, of.at), 1)];
      if (functionClass.kind === 'smooth') {
        const change = difference(to.gradient ?? [], of.gradient);
        matrices.push(product(change, change, 1 / (2 * functionClass.smoothness)));
      }
      const entries: [number, number][] = [];
      if (of.value !== undefined) entries.push([of.value, 1]);
      if (to.value !== undefined) entries.push([to.value, -1]);
      const left = { matrix: sumOf(matrices), free: sparseVector(entries) };
      addAtMost(draft, left, { margin, first: areNeighbours(plan, of, to) });
    }
  }
}

/** Whether one of the samples is the comparator's, or one point is a step from the other. */
function areNeighbours(plan: Plan, a: Sample, b: Sample): boolean {
  if (a.point === 'comparator' || b.point === 'comparator') return true;
  const [from, to] = [Math.min(a.point, b.point), Math.max(a.point, b.point)];
  const origin = plan.origins[to];
  return origin.kind === 'step' && origin.from === from;
}

/** Adds that the schedule chooses as planned, and that what the plan wants to be at least 0 is. */
function addSelections(draft: ProgrammeDraft, plan: Plan, weightOf: Pair, valueOf: ValueOf, margin: number): void {
  for (const { chosen, record, slack = 0 } of plan.selections) {
    const other = chosen === 'dpo' ? 'sft' : 'dpo';
    const free = sparseVector([
      [valueOf(other, record[other]), weightOf[other]],
      [valueOf(chosen, record[chosen]), -weightOf[chosen]],
    ]);
    addAtMost(draft, { matrix: zeroMatrix, free }, { bound: slack, margin });
  }
  for (const measured of plan.atLeastZero) {
    addAtMost(draft, { matrix: zeroMatrix, free: sparseVector(terms(measured, -1, valueOf)) }, {});
  }
}

/**
 * Adds that the steps of a budget are on the sides of its threshold that are planned, and that no value of its first
 * objective lies below the optimum. With values measured from the comparator u and a = δ − (f_first(u) − f_first*), which
 * is in [0, δ], the threshold is a + e and the optimum a − δ. Gives the free variable a; none where δ = 0.
 */
function addBudget(draft: ProgrammeDraft, { kept }: Plan, valueOf: ValueOf, margin: number): number | undefined {
  if (kept === undefined) return undefined;
  const { first, budget, tolerance, above } = kept;
  const allowed = budget > 0 ? addFreeVariable(draft, budget) : undefined;
  const free = (terms: readonly [number, number][], ofAllowed: number): SparseVector =>
    sparseVector(allowed === undefined ? [...terms] : [...terms, [allowed, ofAllowed]]);
  const atMost = (left: SparseVector, bound: number, narrowed = margin): void => {
    addAtMost(draft, { matrix: zeroMatrix, free: left }, { bound, margin: narrowed });
  };
  if (allowed !== undefined) {
    atMost(free([], 1), budget, 0);
    atMost(free([], -1), 0, 0);
  }
  above.forEach((isAbove, point) => {
    const value = valueOf(first, point);
    if (isAbove) atMost(free([[value, -1]], 1), -tolerance);
    else atMost(free([[value, 1]], -1), tolerance);
    atMost(free([[value, -1]], 1), budget);
  });
  return allowed;
}

/** The measure to maximise; a least of several numbers becomes a further free variable below each. */
function addMeasures(draft: ProgrammeDraft, plan: Plan, valueOf: ValueOf): SparseVector {
  const objective: [number, number][] = [];
  for (const { probability, leastOf } of plan.groups) {
    if (leastOf.length === 1) {
      objective.push(...terms(leastOf[0], probability, valueOf));
      continue;
    }
    const bounds = leastOf.map((measured) =>
      terms(measured, 1, valueOf).reduce((sum, [value, weight]) => sum + weight * draft.freeBounds[value], 0),
    );
    const least = addFreeVariable(draft, Math.max(...bounds));
    objective.push([least, probability]);
    for (const measured of leastOf) {
      const free = sparseVector([[least, 1], ...terms(measured, -1, valueOf)]);
      addAtMost(draft, { matrix: zeroMatrix, free }, {});
    }
  }
  return sparseVector(objective);
}

/** A measured sum of values, times a factor, over the free variables. */
function terms(measured: MeasuredSum, factor: number, valueOf: ValueOf): [number, number][] {
  return measured.map(({ objective, point, weight }) => [valueOf(objective, point), factor * weight]);
}
