import { certifiedGap } from '../convex/simulate/certified-gap.js';
import { conflictRanges, normalizedIdealDistance } from '../convex/simulate/scale-free.js';
import { InputError } from '../base/input-error.js';
import { estimate, type Estimate } from '../base/statistics.js';
import type { Pair } from '../schedule/schedule.js';
import { bestInHindsight, drawn, type CurvePoint } from './curve.js';
import { judged, type JudgedLimit } from './judge.js';
import { isReason, type NoLimit } from './limit.js';
import type { Cost, Needs, Remedy } from './remedy.js';
import type { Setup } from './setup.js';

/** How a parameter was chosen: by theory, as the best in hindsight, or given by the user or by convention. */
export type Chosen = 'theory' | 'hindsight' | 'given';

/** What runs of a remedy hand over, over the seeds. */
export interface MeasuredRuns {
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
  /** A bound on the gap, which knows no minimum; null where no statement has one. */
  readonly bound: number | null;
  /** The statement that gives the bound, and whether it is on the gap of the limit or on the expected gap of what runs hand over. */
  readonly boundedBy: Pick<BoundedBy, 'statement' | 'of'> | null;
  /** Null where the remedy does not apply. */
  readonly measured: MeasuredRuns | null;
  readonly cost: Cost;
  readonly needs: Needs;
  readonly curve: readonly CurvePoint[];
}

/** What a statement of docs/theory.md says of a remedy. */
export interface BoundedBy {
  /** Its id. */
  readonly statement: string;
  /** What is bounded: the gap of the limit, or the expected gap of what runs hand over. */
  readonly of: 'limit' | 'run';
  readonly value: number;
}

/**
 * The rows of a remedy, each under one choice of its parameter: limits judged, runs measured.
 * Throws an InputError where it was asked for by name and does not apply.
 * @param given its parameter, where the user gave one
 */
export function rowsOf(setup: Setup, remedy: Remedy, given: unknown, asked: boolean): RemedyRow[] {
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
    boundedBy: null,
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
    bound: null,
    boundedBy: null,
    measured: measured(setup, remedy.outputs(setup, value)),
    cost: remedy.cost(setup, value),
    needs,
    curve,
  };
}

function measured(setup: Setup, outputs: readonly Pair[]): MeasuredRuns | null {
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
