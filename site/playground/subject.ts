import { inner } from '../../src/base/vector.js';
import { objectiveBounds } from '../../src/theory/objective-bounds.js';
import { subjectOfPair, type Subject } from '../../src/theory/subject.js';
import { jsonText } from '../../src/base/text.js';
import type { ProblemFile } from '../../src/convex/problem/format.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import type { Problem } from '../../src/convex/problem/problem.js';
import { certifiedOptima, type CertifiedOptima } from '../../src/convex/simulate/optima.js';
import type { Job, Plane } from './protocol.js';
import type { ProblemSource } from './problem-source.js';

/** A job's problem with all its optima, and the plane in which it is drawn. */
export interface PosedProblem {
  readonly problem: Problem;
  readonly problemText: string;
  readonly optima: CertifiedOptima;
  readonly subject: Subject;
  readonly plane: Plane;
}

interface ParsedProblem {
  readonly problem: Problem;
  readonly problemText: string;
}

/** What the last job needed, for a next one on the same problem. */
let last: { source: string; lambda: number; parsed: ParsedProblem; posed: PosedProblem } | undefined;

/** The problem of a job, certified at its λ. */
export async function subjectOf({ source, lambda }: Job): Promise<PosedProblem> {
  const name = JSON.stringify(source);
  if (last?.source === name && last.lambda === lambda) return last.posed;
  const parsed = last?.source === name ? last.parsed : await problemOf(source);
  const { problem } = parsed;
  const optima = certifiedOptima(problem, lambda);
  const { ideal, weightedSum, chebyshev } = optima;
  const bounds = objectiveBounds(problem);
  const subject = subjectOfPair({
    name: 'problem',
    pair: problem,
    problem,
    lambda,
    ideal,
    weightedSum,
    chebyshev,
    bounds,
  });
  const posed = { ...parsed, optima, subject, plane: planeOf(subject) };
  last = { source: name, lambda, parsed, posed };
  return posed;
}

/** The problem of a source, without its optima. */
export async function problemOf(source: ProblemSource): Promise<ParsedProblem> {
  const file = await fileOf(source);
  return { problem: await parseProblem(file), problemText: `${jsonText(file)}\n` };
}

async function fileOf(source: ProblemSource): Promise<unknown> {
  if (source.kind === 'file') return source.file;
  const { logLinear } = await import('../../src/convex/generate/log-linear.js');
  return logLinear(source.options) satisfies ProblemFile;
}

/** The plane itself, the line, or the plane through both minimisers and the start. */
function planeOf({ pair, ideal }: Subject): Plane {
  const { dimension, start } = pair;
  const unit = (at: number): Float64Array => Float64Array.from({ length: dimension }, (_, i) => Number(i === at));
  if (dimension <= 2) return { origin: new Float64Array(dimension), axes: [unit(0), unit(1)] };
  const origin = ideal.sft.minimizer;
  const first = direction(difference(ideal.dpo.minimizer, origin), []) ?? unit(0);
  const second =
    direction(difference(start, origin), [first]) ?? direction(unit(0), [first]) ?? direction(unit(1), [first]);
  return { origin, axes: [first, second ?? unit(1)] };
}

/** The unit vector of what is left of a vector across orthonormal ones; undefined where nothing is. */
function direction(vector: Float64Array, across: readonly Float64Array[]): Float64Array | undefined {
  const rest = across.reduce((left, axis) => {
    const along = inner(left, axis);
    return left.map((entry, i) => entry - along * axis[i]);
  }, vector);
  const norm = Math.hypot(...rest);
  return norm > 1e-9 * Math.max(1, Math.hypot(...vector)) ? rest.map((entry) => entry / norm) : undefined;
}

/** A point of R^d in the coordinates of the plane, projected onto it. */
export function toPlane({ origin, axes }: Plane, point: Float64Array): [number, number] {
  const from = difference(point, origin);
  return [inner(from, axes[0]), inner(from, axes[1])];
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, i) => entry - b[i]);
}
