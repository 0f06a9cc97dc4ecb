import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { digestOf } from '../../src/base/digest.js';
import { InputError } from '../../src/base/input-error.js';
import { readProblemFile } from '../../src/convex/problem/read.js';
import { stepSizes } from '../../src/schedule/step-size.js';
import { schedules } from '../../src/schedule/index.js';
import type { DescribedRun } from '../../src/theory/described-run.js';
import { runBounds, type RunBound } from '../../src/theory/run-bounds.js';
import { problemSubject, type Subject } from '../../src/theory/subject.js';
import type { Kind } from '../../src/theory/theorem.js';
import type { Curve, MeasuredPoint } from './curves.js';
import type { RunRows } from './read.js';

/** What one statement says of a curve. */
export interface CurveBound {
  readonly curve: Curve;
  /** The statement's identifier in docs/theory.md. */
  readonly id: string;
  readonly kind: Kind;
  /** The bound at the curve's points; those where the statement says nothing are left out. */
  readonly points: readonly { readonly x: number; readonly value: number }[];
}

/** What the statements say of curves, without those that another of them implies, and why they say nothing of some. */
export interface CurveBounds {
  readonly bounds: readonly CurveBound[];
  readonly silent: readonly { readonly curve: Curve; readonly id: string; readonly reason: string }[];
}

/**
 * The bounds and limits of the statements on a measure of runs of `forgetting run`, with the step sizes that they had.
 * @param problem the problem file; found through the tables where absent
 * @throws InputError where the runs are on different problems, the problem is not found or another one, or a run does not
 *   say how it was made
 */
export async function boundsOf(curves: readonly Curve[], measure: string, problem?: string): Promise<CurveBounds> {
  const runs = [...new Set(curves.flatMap(({ points }) => points.map(({ run }) => run)))];
  const path = problemPath(runs, problem);
  const { problem: found, text } = await readProblemFile(path);
  requireProblem(path, text, runs[0]);
  const subjects = new Map<number, Subject>();
  const subjectAt = (lambda: number): Subject => {
    const subject = subjects.get(lambda) ?? problemSubject('problem', found, lambda);
    subjects.set(lambda, subject);
    return subject;
  };
  const statements = new Map(runs.map((run) => [run, statementsOn(run, subjectAt)]));
  const of = ({ run }: MeasuredPoint) => statements.get(run) ?? [];
  const bounds = curves.flatMap((curve) => {
    const known = new Map<string, { kind: Kind; points: { x: number; value: number }[] }>();
    for (const point of curve.points) {
      for (const statement of of(point)) {
        if ('reason' in statement || statement.measure !== measure) continue;
        const { id, kind } = statement.theorem;
        const bound = known.get(id) ?? { kind, points: [] };
        known.set(id, bound);
        const value = point.x === 0 ? NaN : statement.after(point.x);
        // That a gap is at least something below 0 says nothing.
        if (Number.isFinite(value) && value > 0) bound.points.push({ x: point.x, value });
      }
    }
    const own = [...known].map(([id, bound]): CurveBound => ({ curve, id, ...bound }));
    return own.filter((bound, i) => bound.points.length > 0 && !own.some((other, k) => isTighter(other, bound, k < i)));
  });
  const silent = curves.flatMap((curve) =>
    curve.points.length === 0
      ? []
      : of(curve.points[curve.points.length - 1]).flatMap((statement) =>
          'reason' in statement ? [{ curve, id: statement.theorem.id, reason: statement.reason }] : [],
        ),
  );
  return { bounds, silent };
}

/** Whether a statement of the same side says as much as another wherever that one says something; of equal ones, the first. */
function isTighter(one: CurveBound, other: CurveBound, first: boolean): boolean {
  if (one === other || (one.kind === 'lower') !== (other.kind === 'lower')) return false;
  const values = new Map(one.points.map(({ x, value }) => [x, value]));
  const sign = one.kind === 'lower' ? -1 : 1;
  const excess = other.points.map(({ x, value }) => sign * (value - (values.get(x) ?? NaN)));
  return excess.every((by) => by >= 0) && (first || excess.some((by) => by > 0));
}

/** The problem file of runs that are all on one problem. */
function problemPath(runs: readonly RunRows[], given: string | undefined): string {
  const unknown = runs.find(({ about }) => typeof about.stepSize !== 'string');
  if (unknown !== undefined) {
    throw new InputError('bounds', unknown.file, 'rows of forgetting run --out, which say how they were made');
  }
  const hashes = [...new Set(runs.map(({ about }) => about.problemHash))];
  if (hashes.length > 1) {
    const names = [...new Set(runs.map(({ about }) => String(about.problem)))];
    throw new InputError('bounds', names.join(', '), 'runs on one problem');
  }
  const [{ about, file }] = runs;
  const noted = String(about.problem);
  // Where the command ran, or beside the table.
  const beside = join(dirname(file), basename(noted));
  const path = given ?? [noted, beside].find((place) => existsSync(place));
  if (path === undefined) throw new InputError('problem', noted, `the problem file of ${file}: give it with --problem`);
  return path;
}

/** What the statements say of a run, with the steps and settings that it had. */
function statementsOn({ about, own, file }: RunRows, subjectAt: (lambda: number) => Subject) {
  if (about.optimum !== undefined) {
    throw new InputError(
      'bounds',
      `${file}, run with --optimum ${String(about.optimum)}`,
      'runs whose schedule uses certified optima',
    );
  }
  if (about.remedies !== undefined) {
    throw new InputError(
      'bounds',
      `${file}, run with ${String(about.remedies)}`,
      'runs without remedies in stage two: no statement covers those',
    );
  }
  const { schedule: name, lambda, steps, stepSize } = about;
  if (!Object.hasOwn(schedules, String(name))) return [];
  const run = {
    ...own,
    schedule: String(name),
    stepSizes: stepSizes(String(stepSize), Number(steps)),
    values: about.values,
    gradientBatch: about.gradientBatch,
  } as unknown as DescribedRun;
  const statements = runBounds(subjectAt(Number(lambda)), run);
  // No statement speaks of a noise that the problem does not have.
  if (about.valueNoise === undefined || schedules[run.schedule].observe === undefined) return statements;
  const reason = 'the values seen had a noise of the command line';
  return statements.map(({ theorem }): RunBound | { theorem: RunBound['theorem']; reason: string } => ({
    theorem,
    reason,
  }));
}

/** Throws an InputError where a problem file is not the one that a run was made from. */
function requireProblem(path: string, text: string, { about, file }: RunRows): void {
  const hash = `sha256:${digestOf(text)}`;
  if (about.problemHash !== undefined && about.problemHash !== hash) {
    throw new InputError(
      'problem',
      `${path} (${hash.slice(0, 19)}…)`,
      `the problem of ${file} (${String(about.problemHash).slice(0, 19)}…)`,
    );
  }
}
