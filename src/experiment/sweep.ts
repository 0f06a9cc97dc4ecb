import { parseProblem } from '../convex/problem/parse.js';
import type { Problem } from '../convex/problem/problem.js';
import { gapWarnings } from '../convex/simulate/certified-gap.js';
import { runEnsemble } from '../convex/simulate/ensemble.js';
import { isRandom } from '../convex/simulate/is-random.js';
import { ensembleMeasures } from '../convex/simulate/measures.js';
import { certifiedOptima, type CertifiedOptima } from '../convex/simulate/optima.js';
import type { WorkerPool } from '../convex/simulate/pool.js';
import { resultRows, type ResultRow } from '../convex/simulate/result-table.js';
import { forgettingNeedsPoints, scaleFreeMeasures } from '../convex/simulate/scale-free.js';
import { adaptiveRule, stepSizes } from '../schedule/step-size.js';
import type { Trajectory } from '../convex/simulate/trajectory.js';
import { loadSchedule, requireDigest } from '../schedule/load.js';

/** One cell of a sweep: a schedule with one λ and horizon on one problem, over all its seeds. Plain data. */
export interface SweepCell {
  /** The text of the problem file. */
  readonly problem: string;
  /** A schedule's name, or the path of its module, with the module's digest. */
  readonly schedule: string;
  readonly scheduleModule?: string;
  /** The schedule's own settings. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly lambda: number;
  readonly steps: number;
  readonly stepSize: string;
  readonly batch: number;
  readonly values: 'minibatch' | 'full';
  readonly gradientBatch: 'shared' | 'fresh';
  /** The first seed, and how many there are. */
  readonly seed: number;
  readonly seeds: number;
}

/** What a cell gives. */
export interface SweptCell {
  /** The last row of its result table, without where the problem came from. */
  readonly row: ResultRow;
  /** What its reader should know, such as a gap that is not large beside its certificate. */
  readonly warnings: readonly string[];
}

/**
 * Runs one cell. Throws an InputError naming the step at which a run diverged, and where the schedule's module is not, or
 * by the end no longer, the one that the cell names by its digest.
 */
export async function sweepCell(cell: SweepCell, pool?: WorkerPool): Promise<SweptCell> {
  const { schedule: reference, own, lambda, steps, stepSize, batch, values, gradientBatch, seed, seeds } = cell;
  requireDigest(reference, cell.scheduleModule);
  const { problem, optima } = await solved(cell);
  const adaptive = stepSize.trim() === adaptiveRule;
  const settings = {
    schedule: { lambda, steps, ...own, ideal: optima.values.ideal },
    stepSizes: adaptive ? new Float64Array(steps) : stepSizes(stepSize, steps),
    ...(adaptive ? { adaptive } : {}),
    batch,
    values,
    gradientBatch,
    record: [steps],
    recordPoints: forgettingNeedsPoints(problem, optima.ideal.sft.minimizer),
  };
  const schedule = await loadSchedule(reference);
  const trajectories = await runEnsemble(
    { problem, schedule: reference, settings, seed, seeds: isRandom(problem, schedule, settings, seed) ? seeds : 1 },
    pool === undefined ? {} : { pool },
  );
  requireDigest(reference, cell.scheduleModule);
  const scaleFree = (among: readonly Trajectory[], at: number) => scaleFreeMeasures(problem, optima, among, at);
  const ensemble = { problem, schedule, settings, seed, trajectories, optima: optima.values, scaleFree };
  const [row] = resultRows(ensemble, { stepSize, problem: '', problemHash: '' });
  const { weightedSum, chebyshev } = optima;
  const reasons = [weightedSum.reason, chebyshev.reason].filter((reason) => reason !== undefined);
  const measures = ensembleMeasures(trajectories, 0, optima.values);
  return { row, warnings: [...gapWarnings(measures, optima.values), ...new Set(reasons)] };
}

interface SolvedCell {
  readonly problem: Problem;
  readonly optima: CertifiedOptima;
}

let last: { readonly key: string; readonly solved: Promise<SolvedCell> } | undefined;

/** A cell's problem and its optima, which cells that follow each other in a thread often share. */
function solved({ problem: text, lambda }: SweepCell): Promise<SolvedCell> {
  const key = `${lambda} ${text}`;
  if (last?.key !== key) last = { key, solved: solve(text, lambda) };
  return last.solved;
}

async function solve(text: string, lambda: number): Promise<SolvedCell> {
  const problem = await parseProblem(JSON.parse(text));
  return { problem, optima: certifiedOptima(problem, lambda) };
}
