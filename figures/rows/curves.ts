import { grouped } from '../../src/base/grouped.js';
import { InputError } from '../../src/base/input-error.js';
import { estimate } from '../../src/base/statistics.js';
import { isListed, keyOf, labelOf } from '../../src/schedule/recognise.js';
import type { RunRows } from './read.js';

/** A point of a curve; `low` and `high` are the ends of a 95 % interval over seeds, where there is one. */
export interface MeasuredPoint {
  /** The step, or the number of steps T where each point is the end of a run of its own. */
  readonly x: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** The run that the point is of; the first of several seeds. */
  readonly run: RunRows;
}

/** What one schedule under one set of settings measured. */
export interface Curve {
  /** The key of the schedule's variant, which has one look in all figures; its name where it is none of the package's. */
  readonly key: string;
  /** The schedule's label, and what sets the curve apart from others of the same label. */
  readonly label: string;
  readonly points: readonly MeasuredPoint[];
}

/** Curves over steps, or over the numbers of steps of runs of which each gives one point. */
export interface Curves {
  readonly over: 'step' | 'steps';
  readonly curves: readonly Curve[];
}

/**
 * What runs measured, as curves: runs that differ in the seed alone are one curve with a mean and an interval; where every
 * run has a single row, those that differ in their number of steps alone are one curve over T.
 * @throws InputError where no run, or not every file, has the measure, or a run or a step of one is there twice
 */
export function curvesOf(runs: readonly RunRows[], measure: string): Curves {
  requireMeasure(runs, measure);
  const having = runs.map((run) => ({ ...run, rows: run.rows.filter(({ numbers }) => measure in numbers) }));
  const ends =
    having.every(({ rows }) => rows.length === 1) && new Set(having.map(({ about }) => about.steps)).size > 1;
  const identity = ({ about, label }: RunRows, leftOut: readonly string[]): string =>
    JSON.stringify([label, ...Object.entries(about).filter(([name]) => !leftOut.includes(name))]);
  const over = ends ? 'steps' : 'step';
  const sets = grouped(having, (run) => identity(run, ends ? ['seed', 'steps'] : ['seed']));
  const curves = sets.map((set) => ({
    set,
    key: keyOf(String(set[0].about.schedule), set[0].own),
    points: ends
      ? grouped(set, ({ about }) => about.steps).flatMap((same) => points(same, measure, Number(same[0].about.steps)))
      : points(set, measure),
  }));
  const named = curves.map(({ key, set: [run], points: own }) => {
    const others = curves.filter((other) => other.key === key).map(({ set: [other] }) => other);
    const label = [isListed(key) ? labelOf(key) : (run.label ?? key), ...differences(run, others, ends)].join(', ');
    return { key, label, points: [...own].sort((a, b) => a.x - b.x) };
  });
  return { over, curves: named };
}

function requireMeasure(runs: readonly RunRows[], measure: string): void {
  for (const own of grouped(runs, ({ file }) => file)) {
    const names = [...new Set(own.flatMap(({ rows }) => rows.flatMap(({ numbers }) => Object.keys(numbers))))];
    if (names.includes(measure)) continue;
    const measures = names.filter((name) => !names.some((other) => name === `${other}Low` || name === `${other}High`));
    throw new InputError('measure', measure, `what ${own[0].file} has: ${measures.join(', ') || 'no numbers'}`);
  }
}

/** The points of runs that differ in the seed alone. */
function points(set: readonly RunRows[], measure: string, x?: number): MeasuredPoint[] {
  const seen = new Set<number | undefined>();
  for (const { seed, file } of set) {
    if (seen.has(seed)) throw new InputError(file, `a run of seed ${seed ?? 'unknown'}`, 'each run only once');
    seen.add(seed);
  }
  for (const run of set) requireStepsOnce(run, measure);
  if (set.length === 1 || set.some(({ ofEnsemble }) => ofEnsemble)) {
    if (set.length > 1)
      throw new InputError(
        set[1].file,
        `another ensemble, of seeds from ${set[1].seed ?? 'unknown'}`,
        'one ensemble of each schedule',
      );
    const [run] = set;
    return run.rows.map(({ step, numbers }) => ({
      x: x ?? step,
      mean: numbers[measure],
      low: numbers[`${measure}Low`] ?? null,
      high: numbers[`${measure}High`] ?? null,
      run,
    }));
  }
  const values = set.map(({ rows }) => new Map(rows.map(({ step, numbers }) => [step, numbers[measure]])));
  const steps = [...values[0].keys()].filter((step) => values.every((own) => own.has(step)));
  if (steps.length === 0)
    throw new InputError('measure', measure, 'a measure that all seeds have after the same steps');
  return steps.map((step) => {
    const { mean, ci95 } = estimate(values.map((own) => own.get(step) ?? NaN));
    return { x: x ?? step, mean, low: ci95?.[0] ?? null, high: ci95?.[1] ?? null, run: set[0] };
  });
}

/** Throws an InputError where a run has two values after one step, as a log that a run was gone on with in may. */
function requireStepsOnce({ file, rows }: RunRows, measure: string): void {
  const known = new Map<number, number>();
  for (const { step, numbers } of rows) {
    const value = numbers[measure];
    const before = known.get(step) ?? value;
    if (value !== before)
      throw new InputError(`${file}: ${measure} after step ${step}`, value, `${before}, as the same step has before`);
    known.set(step, value);
  }
}

/** What tells a run apart from others of its schedule, as a reader would say it. */
function differences(run: RunRows, others: readonly RunRows[], ends: boolean): string[] {
  const silent = ['schedule', 'order', 'problemHash', 'seed', ...(ends ? ['steps'] : [])];
  const names = [...new Set(others.flatMap(({ about }) => Object.keys(about)))].filter(
    (name) => !silent.includes(name),
  );
  const differing = names.filter((name) => new Set(others.map(({ about }) => about[name] ?? null)).size > 1);
  const symbols: Readonly<Record<string, string>> = { lambda: 'λ', steps: 'T' };
  return differing.map((name) => `${symbols[name] ?? name} = ${String(run.about[name] ?? 'none')}`);
}
