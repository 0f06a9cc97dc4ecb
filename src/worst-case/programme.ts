import type { ObjectiveName } from '../schedule/schedule.js';
import type { Measured, Plan } from './plan.js';
import type { Constraint, SemidefiniteProgramme, SparseSymmetric, SparseVector } from './semidefinite-programme.js';

/** The functions over which the worst case is taken. */
export type FunctionClass =
  | {
      /** Convex with subgradients of norm at most M. */
      readonly kind: 'lipschitz';
      readonly lipschitz: number;
    }
  | {
      /** Convex with L-Lipschitz gradients, of norm at most σ* at the comparator. */
      readonly kind: 'smooth';
      readonly smoothness: number;
      readonly gradientAtOptimum: number;
    };

/**
 * How the comparator θ* relates the two objectives' subgradients there.
 * weighted: λ g_DPO* + (1 − λ) g_SFT* = 0, θ* minimises F_λ;
 * angle: sin φ g_DPO* + cos φ g_SFT* = 0 with φ in [0, π/2], θ° minimises F_max where both weighted gaps are equal;
 * between: such a φ exists between two angles, relaxed to
 *   ⟨sin φ₁ g_DPO* + cos φ₁ g_SFT*, sin φ₂ g_DPO* + cos φ₂ g_SFT*⟩ ≤ 0, for both are multiples of one vector, one from below;
 * open: nothing is asked of them, a wider relaxation without subgradients at the comparator.
 */
export type Stationarity =
  | { readonly kind: 'weighted'; readonly lambda: number }
  | { readonly kind: 'angle'; readonly angle: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number }
  | { readonly kind: 'open' };

/** A vector as coefficients over the Gram matrix's basis; what is beyond its length is 0. */
export type Combination = readonly number[];

/** A function's value and subgradient at a point; `value` is an index into the free variables, or undefined for 0. */
export interface Sample {
  readonly point: number | 'comparator';
  readonly at: Combination;
  readonly gradient: Combination | undefined;
  readonly value: number | undefined;
}

/** The semidefinite programme of a plan, with what is needed to bound its value and to read its solution. */
export interface EstimationProgramme {
  /** With every constraint of the class. */
  readonly programme: SemidefiniteProgramme;
  /** The bound of each constraint without its margin. */
  readonly trueBounds: Float64Array;
  /** G_ii is at most this for every function of the class. */
  readonly diagonalBounds: Float64Array;
  /** The constraints to begin with where there are too many to take at once: the rest join when they are violated. */
  readonly essential: readonly boolean[];
  /** |f_j| is at most this for every function of the class. */
  readonly freeBounds: Float64Array;
  readonly samples: Readonly<Record<ObjectiveName, readonly Sample[]>>;
  /** Each point of the plan; the first is the start. The comparator is the origin. */
  readonly points: readonly Combination[];
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
  const diagonalBounds: number[] = [];
  const freeBounds: number[] = [];
  const constraints: Constraint[] = [];
  const trueBounds: number[] = [];
  const essential: boolean[] = [];
  const atMost = (matrix: SparseSymmetric, free: SparseVector, bound: number, slack: number, first = true): void => {
    constraints.push({ matrix, free, bound: bound - slack, sense: 'at most' });
    trueBounds.push(bound);
    essential.push(first);
  };
  const basisVector = (bound: number): Combination => {
    diagonalBounds.push(bound * bound);
    const combination = new Array<number>(diagonalBounds.length).fill(0);
    combination[diagonalBounds.length - 1] = 1;
    return combination;
  };
  const scale =
    functionClass.kind === 'lipschitz'
      ? functionClass.lipschitz * distance
      : functionClass.smoothness * distance * distance;
  const gap = margin * scale;
  const normAtMost = (combination: Combination, bound: number): void => {
    atMost(product(combination, combination, 1), { indices: [], values: [] }, bound * bound, margin * bound * bound);
  };
  const gradientBoundAt = (norm: number): number =>
    functionClass.kind === 'lipschitz'
      ? functionClass.lipschitz
      : functionClass.gradientAtOptimum + functionClass.smoothness * norm;
  const valueBoundAt = (norm: number): number =>
    functionClass.kind === 'lipschitz'
      ? functionClass.lipschitz * norm
      : functionClass.gradientAtOptimum * norm + (functionClass.smoothness / 2) * norm * norm;

  const start = basisVector(distance);
  normAtMost(start, distance);
  const atComparator = comparatorGradients(stationarity, needed, basisVector, gradientBoundAt(0), normAtMost, atMost);

  // Points in order, and the samples that the plan needs at each.
  const points: Combination[] = [];
  const samples: Record<ObjectiveName, Sample[]> = { dpo: [], sft: [] };
  const sampleAt = { dpo: new Map<number, Sample>(), sft: new Map<number, Sample>() };
  // Bounds on the distance of each point from the comparator.
  const norms: number[] = [];
  plan.origins.forEach((origin, point) => {
    norms.push(distanceBound(origin, distance, norms, functionClass));
    const at = position(origin, start, points, (from, objective) => {
      const gradient = sampleAt[objective].get(from)?.gradient;
      if (gradient === undefined) throw new Error(`no ${objective} gradient at point ${from}`);
      return gradient;
    });
    points.push(at);
    for (const objective of needed[point]) {
      const norm = norms[point];
      const gradient = basisVector(gradientBoundAt(norm));
      if (functionClass.kind === 'lipschitz') normAtMost(gradient, functionClass.lipschitz);
      freeBounds.push(valueBoundAt(norm));
      const sample: Sample = { point, at, gradient, value: freeBounds.length - 1 };
      samples[objective].push(sample);
      sampleAt[objective].set(point, sample);
    }
  });
  for (const objective of objectiveNames) {
    if (samples[objective].length === 0 && stationarity.kind === 'weighted') continue;
    samples[objective].push({ point: 'comparator', at: [], gradient: atComparator[objective], value: undefined });
    for (const of of samples[objective]) {
      for (const to of samples[objective]) {
        if (of === to || of.gradient === undefined) continue;
        if (functionClass.kind === 'smooth' && to.gradient === undefined) continue;
        // f_to ≥ f_of + ⟨g_of, x_to − x_of⟩ (+ ‖g_to − g_of‖² / 2L)
        const matrices = [product(of.gradient, difference(to.at, of.at), 1)];
        if (functionClass.kind === 'smooth') {
          const change = difference(to.gradient ?? [], of.gradient);
          matrices.push(product(change, change, 1 / (2 * functionClass.smoothness)));
        }
        atMost(sumOf(matrices), valueDifference(of.value, to.value), 0, gap, areNeighbours(plan, of, to));
      }
    }
  }

  const valueOf = (objective: ObjectiveName, point: number): number => {
    const value = sampleAt[objective].get(point)?.value;
    if (value === undefined) throw new Error(`no ${objective} value at point ${point}`);
    return value;
  };
  const weightOf = { dpo: lambda, sft: 1 - lambda };
  for (const { chosen, record } of plan.selections) {
    const other = chosen === 'dpo' ? 'sft' : 'dpo';
    const free = collect([
      [valueOf(other, record[other]), weightOf[other]],
      [valueOf(chosen, record[chosen]), -weightOf[chosen]],
    ]);
    atMost({ rows: [], columns: [], values: [] }, free, 0, gap);
  }
  const terms = (measured: Measured, factor: number): [number, number][] =>
    measured.map(({ objective, point, weight }) => [valueOf(objective, point), factor * weight]);
  for (const measured of plan.atLeastZero) {
    atMost({ rows: [], columns: [], values: [] }, collect(terms(measured, -1)), 0, 0);
  }

  // A least of several numbers is a further free variable below each.
  const objective: [number, number][] = [];
  for (const { probability, leastOf } of plan.groups) {
    if (leastOf.length === 1) {
      objective.push(...terms(leastOf[0], probability));
      continue;
    }
    const bounds = leastOf.map((measured) =>
      measured.reduce((sum, { objective: name, point, weight }) => sum + weight * freeBounds[valueOf(name, point)], 0),
    );
    freeBounds.push(Math.max(...bounds));
    const least = freeBounds.length - 1;
    objective.push([least, probability]);
    for (const measured of leastOf) {
      atMost({ rows: [], columns: [], values: [] }, collect([[least, 1], ...terms(measured, -1)]), 0, 0);
    }
  }
  return {
    programme: {
      order: diagonalBounds.length,
      free: freeBounds.length,
      objective: { matrix: { rows: [], columns: [], values: [] }, free: collect(objective) },
      constraints,
    },
    trueBounds: Float64Array.from(trueBounds),
    essential,
    diagonalBounds: Float64Array.from(diagonalBounds),
    freeBounds: Float64Array.from(freeBounds),
    samples,
    points,
  };
}

const objectiveNames: readonly ObjectiveName[] = ['dpo', 'sft'];

/** For each point, the objectives whose value or subgradient there the plan uses; the others cannot matter. */
function neededSamples(plan: Plan): ReadonlySet<ObjectiveName>[] {
  const needed = plan.origins.map(() => new Set<ObjectiveName>());
  for (const origin of plan.origins) {
    if (origin.kind !== 'step') continue;
    for (const objective of objectiveNames) if (origin.weights[objective] > 0) needed[origin.from].add(objective);
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

/** Whether one of the samples is the comparator's, or one point is a step from the other. */
function areNeighbours(plan: Plan, a: Sample, b: Sample): boolean {
  if (a.point === 'comparator' || b.point === 'comparator') return true;
  const [from, to] = [Math.min(a.point, b.point), Math.max(a.point, b.point)];
  const origin = plan.origins[to];
  return origin.kind === 'step' && origin.from === from;
}

function comparatorGradients(
  stationarity: Stationarity,
  needed: readonly ReadonlySet<ObjectiveName>[],
  basisVector: (bound: number) => Combination,
  bound: number,
  normAtMost: (combination: Combination, bound: number) => void,
  atMost: (matrix: SparseSymmetric, free: SparseVector, bound: number, slack: number) => void,
): Record<ObjectiveName, Combination | undefined> {
  if (bound === 0) return { dpo: [], sft: [] };
  // θ° minimises the larger of both gaps, so that both objectives have a part in it, needed elsewhere or not.
  const used = objectiveNames.filter(
    (objective) => stationarity.kind !== 'weighted' || needed.some((names) => names.has(objective)),
  );
  const tied = (dpo: number, sft: number): Record<ObjectiveName, Combination | undefined> => {
    const factors = { dpo, sft };
    const largest = Math.max(...used.map((objective) => Math.abs(factors[objective])));
    // An objective alone in the programme, or of weight 0 in the other's condition, has gradient 0 there.
    if (largest === 0) return { dpo: [], sft: [] };
    const direction = basisVector(bound / largest);
    normAtMost(direction, bound / largest);
    return { dpo: scaled(direction, dpo), sft: scaled(direction, sft) };
  };
  switch (stationarity.kind) {
    case 'weighted':
      if (used.length === 1) {
        const weight = used[0] === 'dpo' ? stationarity.lambda : 1 - stationarity.lambda;
        // Minimised by the comparator where it alone is weighed, otherwise unrelated to it.
        return weight > 0 ? tied(0, 0) : tied(1, 1);
      }
      return tied(1 - stationarity.lambda, -stationarity.lambda);
    case 'angle':
      return tied(Math.cos(stationarity.angle), -Math.sin(stationarity.angle));
    case 'between': {
      // In terms of p = cos m g_DPO − sin m g_SFT and u = (sin m g_DPO + cos m g_SFT)/tan d, m the middle and d half the
      // width, the relaxed condition is ‖u‖ ≤ ‖p‖, however narrow the interval.
      const middle = (stationarity.from + stationarity.to) / 2;
      const spread = Math.tan((stationarity.to - stationarity.from) / 2);
      const along = basisVector(Math.SQRT2 * bound);
      const across = basisVector(Math.SQRT2 * bound);
      const dpo = plus(scaled(along, Math.cos(middle)), across, spread * Math.sin(middle));
      const sft = plus(scaled(along, -Math.sin(middle)), across, spread * Math.cos(middle));
      normAtMost(dpo, bound);
      normAtMost(sft, bound);
      atMost(sumOf([product(across, across, 1), product(along, along, -1)]), { indices: [], values: [] }, 0, 0);
      return { dpo, sft };
    }
    case 'open':
      return { dpo: undefined, sft: undefined };
  }
}

/** A bound on ‖θ − θ*‖ at a point, from those of earlier points. */
function distanceBound(
  origin: Plan['origins'][number],
  distance: number,
  norms: readonly number[],
  functionClass: FunctionClass,
): number {
  switch (origin.kind) {
    case 'start':
      return distance;
    case 'average':
      return origin.of.reduce((sum, point) => sum + norms[point], 0) / origin.of.length;
    case 'step': {
      const reach = origin.stepSize * (origin.weights.dpo + origin.weights.sft);
      const from = norms[origin.from];
      if (functionClass.kind === 'lipschitz') return from + reach * functionClass.lipschitz;
      const { smoothness, gradientAtOptimum } = functionClass;
      // θ ↦ θ − αg(θ) expands no distance while αL ≤ 2, so that θ* itself moves by ασ* and nothing else is added.
      const growth = reach * smoothness <= 2 ? 1 : 1 + reach * smoothness;
      return growth * from + reach * gradientAtOptimum;
    }
  }
}

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
      for (const objective of objectiveNames) {
        const weight = origin.weights[objective];
        if (weight > 0) at = plus(at, gradientAt(origin.from, objective), -origin.stepSize * weight);
      }
      return at;
    }
  }
}

function plus(a: Combination, b: Combination, factor: number): Combination {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + factor * (b[i] ?? 0));
}

function difference(a: Combination, b: Combination): Combination {
  return plus(a, b, -1);
}

function scaled(a: Combination, factor: number): Combination {
  return a.map((value) => (value === 0 ? 0 : factor * value));
}

/** factor · (u vᵀ + v uᵀ)/2, whose inner product with the Gram matrix is factor · ⟨u, v⟩. */
function product(u: Combination, v: Combination, factor: number): SparseSymmetric {
  const rows: number[] = [];
  const columns: number[] = [];
  const values: number[] = [];
  const size = Math.max(u.length, v.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = factor * 0.5 * ((u[i] ?? 0) * (v[j] ?? 0) + (u[j] ?? 0) * (v[i] ?? 0));
      if (value === 0) continue;
      rows.push(i);
      columns.push(j);
      values.push(value);
    }
  }
  return { rows, columns, values };
}

function sumOf(matrices: readonly SparseSymmetric[]): SparseSymmetric {
  if (matrices.length === 1) return matrices[0];
  const entries = new Map<string, [number, number, number]>();
  for (const { rows, columns, values } of matrices) {
    values.forEach((value, e) => {
      const key = `${rows[e]},${columns[e]}`;
      entries.set(key, [rows[e], columns[e], (entries.get(key)?.[2] ?? 0) + value]);
    });
  }
  const kept = [...entries.values()].filter(([, , value]) => value !== 0);
  return {
    rows: kept.map(([row]) => row),
    columns: kept.map(([, column]) => column),
    values: kept.map(([, , value]) => value),
  };
}

function valueDifference(plusIndex: number | undefined, minusIndex: number | undefined): SparseVector {
  const entries: [number, number][] = [];
  if (plusIndex !== undefined) entries.push([plusIndex, 1]);
  if (minusIndex !== undefined) entries.push([minusIndex, -1]);
  return collect(entries);
}

/** The sparse vector of (index, value) entries, repeated indices summed, zeros left out. */
function collect(entries: readonly (readonly [number, number])[]): SparseVector {
  const sums = new Map<number, number>();
  for (const [index, value] of entries) sums.set(index, (sums.get(index) ?? 0) + value);
  const kept = [...sums].filter(([, value]) => value !== 0);
  return { indices: kept.map(([index]) => index), values: kept.map(([, value]) => value) };
}
