import { InputError } from '../../base/input-error.js';
import type { Measurement } from '../measurement.js';
import { subjectOf, type SubjectKey } from './suite.js';
import type { Extent } from '../extent.js';
import type { Kind, Theorem } from '../theorem.js';
import { falseAlarm, holds, interval95 } from './verdict.js';

/** One measured check, not judged yet; plain data. */
export interface Check {
  readonly id: string;
  readonly problem: string;
  readonly lambda: number;
  readonly steps: number;
  readonly measurement: Measurement;
  readonly bound: number;
  /** Whether an attack found the instance. */
  readonly attacked?: boolean;
}

/** A theorem that says nothing about a subject. */
export interface Exemption {
  readonly id: string;
  readonly problem: string;
  readonly lambda: number;
  readonly reason: string;
}

/** One row of the table. */
export interface VerdictRow {
  readonly id: string;
  /** TeX. */
  readonly statement: string;
  readonly kind: Kind;
  readonly problem: string;
  readonly lambda: number;
  readonly steps: number | null;
  readonly measured: { readonly mean: number | null; readonly ci95: readonly [number, number] | null };
  readonly bound: number | null;
  /** measured / bound. */
  readonly ratio: number | null;
  readonly holds: boolean | 'not applicable';
  /** Why the theorem is not applicable. */
  readonly reason?: string;
  /** True where an attack found the instance. */
  readonly attacked?: boolean;
}

/** Checks every theorem on one subject of the suite. */
export async function checkSubject(
  theorems: readonly Theorem[],
  key: SubjectKey,
  extent: Extent,
): Promise<(Check | Exemption)[]> {
  const subject = await subjectOf(key);
  return theorems.flatMap((theorem): (Check | Exemption)[] => {
    const trials = theorem.trials(subject, extent);
    const common = { id: theorem.id, problem: key.problem, lambda: key.lambda };
    if ('reason' in trials) return [{ ...common, reason: trials.reason }];
    return trials.map((trial) => ({
      ...common,
      problem: trial.variant === undefined ? key.problem : `${key.problem} ${trial.variant}`,
      steps: trial.steps,
      bound: theorem.value(trial.constants),
      measurement: trial.measure(),
    }));
  });
}

/** The rows of all checks, each judged at the level that keeps false alarms in the whole table below 0.1 %. */
export function judge(theorems: readonly Theorem[], checks: readonly (Check | Exemption)[]): VerdictRow[] {
  const level = falseAlarm / Math.max(1, checks.filter((check) => 'measurement' in check).length);
  const byId = new Map(theorems.map((theorem) => [theorem.id, theorem]));
  return checks.map((check) => {
    const theorem = byId.get(check.id);
    if (theorem === undefined) throw new Error(`a check of ${check.id}, which is no theorem here`);
    const { id, statement, kind } = theorem;
    const { problem, lambda } = check;
    const common = { id, statement, kind, problem, lambda };
    if ('reason' in check) {
      const nothing = { steps: null, measured: { mean: null, ci95: null }, bound: null, ratio: null };
      return { ...common, ...nothing, holds: 'not applicable', reason: check.reason };
    }
    const { steps, measurement, bound } = check;
    return {
      ...common,
      steps,
      measured: { mean: measurement.mean, ci95: interval95(measurement) },
      bound,
      ratio: bound === 0 ? null : measurement.mean / bound,
      holds: holds(kind, measurement, bound, level),
      ...(check.attacked === true ? { attacked: true } : {}),
    };
  });
}

/** The theorems of the given ids, or those whose id starts with one of them ("A" for all of statement A). */
export function selected(theorems: readonly Theorem[], ids: readonly string[] | undefined): readonly Theorem[] {
  if (ids === undefined) return theorems;
  const matches = (id: string, wanted: string): boolean => id === wanted || id.startsWith(`${wanted}.`);
  for (const wanted of ids) {
    if (!theorems.some(({ id }) => matches(id, wanted))) {
      throw new InputError('only', wanted, `ids among ${theorems.map(({ id }) => id).join(', ')}`);
    }
  }
  return theorems.filter(({ id }) => ids.some((wanted) => matches(id, wanted)));
}

/** How much the full and the quick table measure. */
export function extentOf(quick: boolean, seed: number): Extent {
  return quick
    ? { steps: [10, 100], seeds: 12, seed, rateSteps: [1000, 3000, 10_000], rateSeeds: 20 }
    : { steps: [10, 100, 1000], seeds: 24, seed, rateSteps: [100, 1000, 10_000, 100_000, 1_000_000], rateSeeds: 10 };
}
