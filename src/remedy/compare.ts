import { conflictRanges, normalizedIdealDistance } from '../convex/simulate/scale-free.js';
import { certifiedGap } from '../convex/simulate/certified-gap.js';
import { InputError } from '../base/input-error.js';
import { estimate, type Estimate } from '../base/statistics.js';
import type { Pair } from '../schedule/schedule.js';
import { bestInHindsight, drawn, type CurvePoint } from './curve.js';
import { remedies } from './index.js';
import { gapAt, judged, type JudgedLimit } from './judge.js';
import { isReason, type Limit, type NoLimit } from './limit.js';
import type { Cost, Needs, Remedy } from './remedy.js';
import type { Setup } from './setup.js';

/** How a parameter was chosen: by theory, as the best in hindsight, or given by the user or by convention. */
export type Chosen = 'theory' | 'hindsight' | 'given';

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
  /** A bound on the gap, which knows no minimum; null where no statement has one. */
  readonly bound: number | null;
  /** The statement that gives the bound, and whether it is on the gap of the limit or on the expected gap of what runs hand over. */
  readonly boundedBy: Pick<BoundedBy, 'statement' | 'of'> | null;
  /** Null where the remedy does not apply. */
  readonly measured: Measured | null;
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

/** Which remedies to compare, and how. */
export interface ComparisonOptions {
  /** Names of remedies; all unless given. */
  readonly only?: readonly string[];
  /** Parameters by name, as texts of the command line. */
  readonly given?: Readonly<Record<string, string>>;
  /** What the statements say of a remedy that applies (`remedyBound`); without it no row has a bound. */
  readonly boundOf?: (setup: Setup, remedy: Remedy, value: unknown, limit: Limit | null) => BoundedBy | undefined;
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
  { only, given = {}, boundOf, onProgress }: ComparisonOptions = {},
): RemedyComparison {
  const chosen = named(only);
  const rows: RemedyRow[] = [];
  const parameters = checkedParameters(chosen, given);
  chosen.forEach((remedy, done) => {
    onProgress?.(done, chosen.length);
    const asked = only !== undefined || parameters.has(remedy.name);
    const own = rowsOf(setup, remedy, parameters.get(remedy.name), asked);
    rows.push(...(boundOf === undefined ? own : own.map((row) => bounded(setup, remedy, row, boundOf))));
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

/** A row with what the statements say of it. */
function bounded(
  setup: Setup,
  remedy: Remedy,
  row: RemedyRow,
  boundOf: NonNullable<ComparisonOptions['boundOf']>,
): RemedyRow {
  const { limit, measured: runs, parameters } = row;
  if (limit === null && runs === null) return row;
  const value = remedy.parameter === undefined ? undefined : parameters[remedy.parameter.name];
  const found = boundOf(setup, remedy, value, limit);
  return found === undefined
    ? row
    : { ...row, bound: found.value, boundedBy: { statement: found.statement, of: found.of } };
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
