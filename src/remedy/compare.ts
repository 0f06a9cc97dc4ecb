import { InputError } from '../base/input-error.js';
import { remedies } from './index.js';
import { gapAt } from './judge.js';
import { isReason, type Limit } from './limit.js';
import type { Remedy } from './remedy.js';
import { rowsOf, type BoundedBy, type RemedyRow } from './row.js';
import type { Setup } from './setup.js';

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
    const asked = only !== undefined || (parameters.has(remedy.name) && !hasAnother(remedy));
    const own = rowsOf(setup, remedy, parameters.get(remedy.name), asked);
    rows.push(...(boundOf === undefined ? own : own.map((row) => bounded(setup, remedy, row, boundOf))));
  });
  onProgress?.(chosen.length, chosen.length);
  /** Whether its parameter is that of another remedy too, which applies: ρ of replay beside own-replay. */
  function hasAnother({ name, parameter }: Remedy): boolean {
    return chosen.some(
      (other) =>
        other.name !== name && other.parameter?.name === parameter?.name && other.missing?.(setup) === undefined,
    );
  }
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
