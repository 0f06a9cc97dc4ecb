import { eigenvalues } from '../convex/problem/positive-semidefinite.js';
import { conflictRanges, normalizedIdealDistance } from '../convex/simulate/scale-free.js';
import { certifiedGap } from '../convex/simulate/certified-gap.js';
import { evaluatePrecisely, weightedFunction } from '../convex/optimum/weighted-function.js';
import { valuesAt, weightedModulus } from '../convex/optimum/weighted-sum.js';
import { CheckFailed } from '../base/check-failed.js';
import { InputError } from '../base/input-error.js';
import { estimate, type Estimate } from '../base/statistics.js';
import { shortNumber } from '../base/text.js';
import type { Pair } from '../schedule/schedule.js';
import { remedies } from './index.js';
import { isReason, type Limit, type NoLimit } from './limit.js';
import { leastOnInterval, type Found } from './least-on-interval.js';
import type { Cost, Needs, Remedy, RemedyParameter } from './remedy.js';
import { once, type Setup } from './setup.js';

/** How a parameter was chosen: by theory, as the best in hindsight, or given by the user or by convention. */
export type Chosen = 'theory' | 'hindsight' | 'given';

/** A point of a remedy's curve. */
export interface CurvePoint extends Pair {
  readonly parameter: unknown;
  /** F_λ − min F_λ. */
  readonly gap: number;
}

/** A limit with what it is worth. */
export interface JudgedLimit extends Limit, Pair {
  /** F_λ − min F_λ. */
  readonly gap: number;
}

/** What runs of a remedy hand over, over the seeds. */
export interface Measured {
  readonly gap: Estimate;
  readonly idealDistance: number;
  /** With each objective in units of f_i(θ_j*) − f_i*, i ≠ j; null where the objectives are not in conflict. */
  readonly normalizedIdealDistance: number | null;
}

/** A remedy under one choice of its parameter. */
export interface RemedyRow {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly chosen: Chosen;
  readonly limit: JudgedLimit | null;
  /** Why there is no limit. */
  readonly reason?: string;
  /** ‖∇F_λ‖²/(2μ) at the limit, μ a modulus of F_λ: a bound on its gap that knows no minimum. Null where none is known. */
  readonly bound: number | null;
  /** Null where the remedy does not apply. */
  readonly measured: Measured | null;
  readonly cost: Cost;
  readonly needs: Needs;
  readonly curve: readonly CurvePoint[];
}

/** Which remedies to compare, and how. */
export interface ComparisonOptions {
  /** Names of remedies; all unless given. */
  readonly only?: readonly string[];
  /** Parameters by name, as texts of the command line. */
  readonly given?: Readonly<Record<string, string>>;
  /** Told what is done of how much. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A comparison of remedies on one problem. */
export interface RemedyComparison {
  readonly lambda: number;
  readonly order: Setup['order'];
  readonly minimum: { readonly value: number; readonly certificate: number };
  /** Sequential's gap, of its limit; null where it has none. */
  readonly sequentialGap: number | null;
  readonly remedies: readonly RemedyRow[];
}

/**
 * Compares remedies on one scale, F_λ − min F_λ: rows sorted by the gap of the limit, those without a limit last.
 * Throws an InputError where a remedy is unknown or was asked for and does not apply, or a parameter is out of range.
 */
export function compareRemedies(
  setup: Setup,
  { only, given = {}, onProgress }: ComparisonOptions = {},
): RemedyComparison {
  const chosen = named(only);
  const rows: RemedyRow[] = [];
  const parameters = checkedParameters(chosen, given);
  chosen.forEach((remedy, done) => {
    onProgress?.(done, chosen.length);
    const asked = only !== undefined || parameters.has(remedy.name);
    rows.push(...rowsOf(setup, remedy, parameters.get(remedy.name), asked));
  });
  onProgress?.(chosen.length, chosen.length);
  const { value, certificate } = setup.optima.weightedSum;
  const { stageTwo } = setup;
  return {
    ...{ lambda: setup.lambda, order: setup.order, minimum: { value, certificate } },
    sequentialGap: isReason(stageTwo) ? null : gapAt(setup, stageTwo.minimizer),
    remedies: rows.sort((a, b) => (a.limit?.gap ?? Infinity) - (b.limit?.gap ?? Infinity) || 0),
  };
}

function named(only: readonly string[] | undefined): Remedy[] {
  if (only === undefined) return Object.values(remedies);
  for (const name of only) {
    if (!Object.hasOwn(remedies, name)) {
      throw new InputError('only', name, `names of remedies: ${Object.keys(remedies).join(', ')}`);
    }
  }
  return [...new Set(only)].map((name) => remedies[name]);
}

/** The given parameters of the chosen remedies, by the remedy's name; every one must be of some. */
function checkedParameters(
  chosen: readonly Remedy[],
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, unknown> {
  for (const [name, text] of Object.entries(given)) {
    if (!chosen.some(({ parameter }) => parameter?.name === name)) {
      const having = Object.values(remedies).filter(({ parameter }) => parameter?.name === name);
      throw new InputError(
        dashed(name),
        text,
        `${having.map((remedy) => remedy.name).join(' or ')} among the remedies`,
      );
    }
  }
  return new Map(
    chosen.flatMap(({ name, parameter }) =>
      parameter === undefined || !Object.hasOwn(given, parameter.name)
        ? []
        : [[name, parameter.parse(given[parameter.name], dashed(parameter.name))] as const],
    ),
  );
}

/** A name as options are written: l2Anchor is --l2-anchor. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function rowsOf(setup: Setup, remedy: Remedy, given: unknown, asked: boolean): RemedyRow[] {
  const { parameter } = remedy;
  const missing = remedy.missing?.(setup);
  if (missing !== undefined) return [withoutLimit(setup, remedy, { reason: missing }, asked)];
  if (parameter === undefined) return [rowOf(setup, remedy, undefined, 'theory', [])];
  const { curve, grid } = drawn(setup, remedy, parameter);
  const rows: RemedyRow[] = [];
  if (given !== undefined) rows.push(rowOf(setup, remedy, given, 'given', curve));
  const byTheory = parameter.theory?.(setup);
  if (isReason(byTheory)) return rows.length > 0 ? rows : [withoutLimit(setup, remedy, byTheory, asked)];
  if (byTheory !== undefined) {
    if (given === undefined) rows.push(rowOf(setup, remedy, byTheory, 'theory', curve));
  } else if (given === undefined && parameter.standard !== undefined) {
    const standard = parameter.standard(setup);
    rows.push(
      isReason(standard)
        ? withoutLimit(setup, remedy, standard, asked)
        : rowOf(setup, remedy, standard, 'given', curve),
    );
  }
  const best = bestInHindsight(setup, remedy, parameter, byTheory, grid);
  if (best !== undefined) {
    const same = rows.find(({ parameters }) => Object.is(parameters[parameter.name], best.value));
    rows.push(
      same === undefined ? rowOf(setup, remedy, best.value, 'hindsight', curve) : { ...same, chosen: 'hindsight' },
    );
  }
  return rows;
}

/** The row of a remedy that has no parameter to run under; refused where the user asked for it by name. */
function withoutLimit(setup: Setup, remedy: Remedy, { reason }: NoLimit, asked: boolean): RemedyRow {
  if (asked) throw new InputError('remedy', remedy.name, `one that applies: ${reason}`);
  const { name, needs } = remedy;
  // Costs depend on the parameter only of a subspace, which has one for every setup.
  const cost = remedy.cost(setup, 0);
  return {
    name,
    parameters: {},
    chosen: 'theory',
    limit: null,
    reason,
    bound: null,
    measured: null,
    cost,
    needs,
    curve: [],
  };
}

function rowOf(setup: Setup, remedy: Remedy, value: unknown, chosen: Chosen, curve: readonly CurvePoint[]): RemedyRow {
  const { name, needs, parameter } = remedy;
  const found = remedy.limit(setup, value);
  const limit = isReason(found) ? null : judged(setup, found);
  return {
    name,
    parameters: parameter === undefined ? {} : { [parameter.name]: value },
    chosen,
    limit,
    ...(isReason(found) && { reason: found.reason }),
    bound: limit === null ? null : boundAt(setup, limit.minimizer),
    measured: measured(setup, remedy.outputs(setup, value)),
    cost: remedy.cost(setup, value),
    needs,
    curve,
  };
}

function judged(setup: Setup, { minimizer, certificate }: Limit): JudgedLimit {
  return { minimizer, ...valuesAt(setup.problem, minimizer), gap: gapAt(setup, minimizer), certificate };
}

/**
 * F_λ − min F_λ at a point in twice the precision of doubles; 0 where it is below by no more than the certificate.
 * Throws `CheckFailed` where it lies below that.
 */
export function gapAt(setup: Setup, theta: Float64Array): number {
  const { problem, lambda, optima } = setup;
  const { minimizer, certificate } = optima.weightedSum;
  const f = weightedFunction(problem, lambda);
  const here = evaluatePrecisely(f, theta);
  const least = once(setup, 'precise minimum', () => evaluatePrecisely(f, minimizer));
  const gap = here.value[0] - least.value[0] + (here.value[1] - least.value[1]);
  if (gap >= 0) return gap;
  if (gap >= -(certificate + here.valueError + least.valueError)) return 0;
  throw new CheckFailed(
    `a gap of ${shortNumber(gap)} lies below minus its certificate, ${shortNumber(certificate)}: an objective is not convex`,
  );
}

/** ‖∇F_λ(θ)‖²/(2μ) ≥ F_λ(θ) − min F_λ, for a modulus μ of F_λ; null where none is known. */
function boundAt(setup: Setup, theta: Float64Array): number | null {
  const { problem, lambda } = setup;
  const modulus = once(setup, 'modulus', () => {
    const { data, dimension } = problem;
    if (data.kind !== 'quadratic') return weightedModulus(problem, lambda);
    const { dpo, sft } = data.objectives;
    const hessian = dpo.hessian.map((entry, i) => lambda * entry + (1 - lambda) * sft.hessian[i]);
    const found = eigenvalues(hessian, dimension);
    return found[0] - 1e-13 * dimension * found[dimension - 1];
  });
  if (!(modulus > 0)) return null;
  const { gradient, gradientError } = evaluatePrecisely(weightedFunction(problem, lambda), theta);
  const slope = Math.hypot(...gradient.high) + gradientError;
  return (slope * slope) / (2 * modulus);
}

function measured(setup: Setup, outputs: readonly Pair[]): Measured | null {
  const { lambda, optima } = setup;
  const { ideal, weightedSum } = optima.values;
  if (!outputs.every(({ dpo, sft }) => Number.isFinite(dpo) && Number.isFinite(sft))) return null;
  const gaps = outputs.map(({ dpo, sft }) => lambda * dpo + (1 - lambda) * sft - weightedSum);
  const mean = (distances: readonly number[]): number =>
    distances.reduce((sum, one) => sum + one, 0) / distances.length;
  const ranges = conflictRanges(optima);
  return {
    gap: certifiedGap('gap', estimate(gaps), optima.values),
    idealDistance: mean(outputs.map(({ dpo, sft }) => Math.hypot(dpo - ideal.dpo, sft - ideal.sft))),
    normalizedIdealDistance:
      ranges === undefined ? null : mean(outputs.map((output) => normalizedIdealDistance(output, ideal, ranges))),
  };
}

/** Intervals of a curve's positions. */
const curveIntervals = 16;

/** Both values at a point, and F_λ − min F_λ to the rounding of doubles: what curves and searches make do with. */
function roughly({ problem: { objectives }, lambda, optima }: Setup, theta: Float64Array): Pair & { gap: number } {
  const [dpo, sft] = [objectives.dpo.value(theta), objectives.sft.value(theta)];
  return { dpo, sft, gap: Math.max(0, lambda * dpo + (1 - lambda) * sft - optima.values.weightedSum) };
}

/** A remedy's curve, and the gaps at the positions that it was drawn through, Infinity where there is no limit. */
interface Drawn {
  readonly curve: readonly CurvePoint[];
  readonly grid: readonly Found[];
}

function drawn(setup: Setup, remedy: Remedy, parameter: RemedyParameter<unknown>): Drawn {
  let near: Float64Array | undefined;
  const pointAt = (value: unknown): CurvePoint | undefined => {
    const found = remedy.limit(setup, value, near);
    if (isReason(found)) return undefined;
    near = found.minimizer;
    return { parameter: value, ...roughly(setup, found.minimizer) };
  };
  const positions = Array.from({ length: curveIntervals + 1 }, (_, i) => i / curveIntervals);
  const values = parameter.curve?.(setup) ?? positions.map((position) => parameter.at?.(position, setup));
  const points = values.map((value) => (value === undefined ? undefined : pointAt(value)));
  return {
    // An infinite weight is the end of the curve, and no number of JSON's.
    curve: points.filter((point) => point !== undefined && point.parameter !== Infinity) as CurvePoint[],
    grid:
      parameter.curve === undefined
        ? positions.map((position, i) => ({ position, value: points[i]?.gap ?? Infinity }))
        : [],
  };
}

/** The best parameter in hindsight, by the gap of the limit; undefined where none is sought. */
function bestInHindsight(
  setup: Setup,
  remedy: Remedy,
  parameter: RemedyParameter<unknown>,
  byTheory: unknown,
  grid: readonly Found[],
): { value: unknown } | undefined {
  if (parameter.best !== undefined) return { value: parameter.best(setup) };
  const { hindsight = true } = parameter;
  const at = (position: number): unknown => parameter.at?.(position, setup);
  if (parameter.at === undefined || !hindsight) return undefined;
  const scale = Math.max(1, Math.abs(setup.optima.weightedSum.value));
  // Nothing is better than a gap of zero.
  if (byTheory !== undefined) {
    const found = remedy.limit(setup, byTheory);
    if (!isReason(found) && gapAt(setup, found.minimizer) <= 1e-13 * scale) return { value: byTheory };
  }
  if (grid.length === 0) return undefined;
  let near: Float64Array | undefined;
  const gapOf = (position: number): number => {
    const found = remedy.limit(setup, at(position), near);
    if (isReason(found)) return Infinity;
    near = found.minimizer;
    return roughly(setup, found.minimizer).gap;
  };
  const { position, value } = leastOnInterval(gapOf, grid, 1e-11 * scale);
  if (value === Infinity) return undefined;
  const best = at(position);
  // An infinite weight stays at the end of stage one; a weight that large does as well.
  return { value: best === Infinity ? at(1 - 1e-12) : best };
}
