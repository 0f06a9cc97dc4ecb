import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LogLinearData } from '../src/convex/problem/data.js';
import { exampleCount, readRow, rowCount, type FeatureRows } from '../src/convex/problem/feature-rows.js';
import { logLinear } from '../src/convex/generate/log-linear.js';
import type { Problem } from '../src/convex/problem/problem.js';
import { parseProblem } from '../src/convex/problem/parse.js';
import type { Pair } from '../src/schedule/schedule.js';
import { runEnsemble, runEnsembles } from '../src/convex/simulate/ensemble.js';
import { createWorkerPool, type WorkerPool } from '../src/convex/simulate/pool.js';
import type { RunSettings } from '../src/convex/simulate/trajectory.js';
import { compared, inTurns, medianRound, type Group, type Report } from './bench.js';
import { benchFile, hasCompiler, inTemporaryFolder, output, pythonWith } from './peers.js';
import { paper } from '../src/schedule/key.js';

/** Steps of ALRIGHT and MAXRIGHT on log-linear pairs, against C, NumPy and PyTorch. */
export const convex: Group = {
  name: 'convex',
  description: 'steps on log-linear pairs',
  run: (report) => inTemporaryFolder((folder) => compare(folder, report)),
};

const dimensions = [2, 10, 50, 200, 1000];
const lambdas = [0.2, 0.4, 0.6, 0.8];
const seeds = 16;
const period = 10;
const stepSize = 0.1;
const rounds = 9;
/** Of peers that take long to start. */
const fewRounds = 3;

/** A pair at one dimension, with the file of it that the peers read. */
interface Case {
  readonly dimension: number;
  readonly problem: Problem;
  readonly file: string;
  readonly ideal: Pair;
  /** Steps of a timed run: about as long at every dimension. */
  readonly steps: number;
}

/** A program that runs one schedule for so many steps and gives the seconds that took. */
interface Peer {
  readonly name: string;
  /** Whether it takes long to start, and long for a step: a twentieth of the steps will do. */
  readonly isSlow: boolean;
  readonly seconds: (instance: Case, schedule: string, steps: number) => Promise<number>;
}

async function compare(folder: string, report: Report): Promise<void> {
  const compiled = await compilePeers(folder, report);
  const peers = [...compiled, ...(await pythonPeers(report))];
  for (const dimension of dimensions) {
    const instance = await makeCase(folder, dimension);
    for (const schedule of [paper.alright, paper.maxright]) {
      await compareSingle(instance, schedule, peers, report);
      await compareBatch(instance, schedule, compiled, report);
    }
  }
}

/** One run on one thread. */
async function compareSingle(instance: Case, schedule: string, peers: readonly Peer[], report: Report): Promise<void> {
  const { dimension, steps } = instance;
  const ours = (): Promise<number> => ourSeconds(instance, schedule, steps);
  for (const isSlow of [false, true]) {
    const some = peers.filter((peer) => peer.isSlow === isSlow);
    if (some.length === 0) continue;
    const share = isSlow ? 20 : 1;
    const theirs = some.map(({ name, seconds }): [string, () => Promise<number>] => [
      name,
      async () => share * (await seconds(instance, schedule, Math.ceil(steps / share))),
    ]);
    const found: Record<string, number[]> = await inTurns(
      { ours, ...Object.fromEntries(theirs) },
      isSlow ? fewRounds : rounds,
    );
    for (const { name } of some) {
      const round = medianRound(found.ours, found[name]);
      report.row(
        compared({
          group: 'convex',
          case: `${schedule} d=${dimension}`,
          peer: name,
          threads: 1,
          ours: (1e9 * round.ours) / steps,
          theirs: (1e9 * round.theirs) / steps,
          unit: 'ns/step',
        }),
      );
    }
  }
}

/** Many seeds and λ on all cores, against the same runs in C one by one: on one core, the others idle, and on all. */
async function compareBatch(
  instance: Case,
  schedule: string,
  peers: readonly CompiledPeer[],
  report: Report,
): Promise<void> {
  const cores = availableParallelism();
  // A quarter of a run's: times of a tenth of a second and more.
  const steps = Math.ceil(instance.steps / 4);
  const pool = createWorkerPool(cores);
  try {
    // Threads are started and code is compiled before anything is timed.
    await ourBatchSeconds(instance, schedule, steps, pool);
    const ways = {
      ours: () => ourBatchSeconds(instance, schedule, steps, pool),
      ...Object.fromEntries(
        peers.flatMap((peer) => {
          const run = (seeds: number): Promise<number> => peer.run(instance, schedule, steps, seeds, lambdas);
          const share = Math.ceil(seeds / cores);
          const onAll = async (): Promise<number> => {
            const found = await Promise.all(Array.from({ length: cores }, () => run(share)));
            return (Math.max(...found) * seeds) / share;
          };
          return [
            [peer.name, () => run(seeds)],
            [`${peer.name}, all cores`, onAll],
          ];
        }),
      ),
    };
    const found: Readonly<Record<string, number[]>> = await inTurns(ways, rounds);
    const perStep = 1e9 / (steps * seeds * lambdas.length);
    for (const name of Object.keys(ways).slice(1)) {
      const round = medianRound(found.ours, found[name]);
      report.row(
        compared({
          group: 'convex',
          case: `${schedule} d=${instance.dimension}, ${seeds} seeds × ${lambdas.length} λ`,
          peer: name,
          threads: cores,
          ours: round.ours * perStep * cores,
          theirs: round.theirs * perStep,
          unit: 'ns/(step·core)',
        }),
      );
    }
  } finally {
    await pool.destroy();
  }
}

/** As the peers, after a tenth of the steps that nobody times: the processes in between leave the caches cold. */
async function ourSeconds(instance: Case, schedule: string, steps: number): Promise<number> {
  const { problem } = instance;
  const run = (settings: RunSettings): Promise<unknown> =>
    runEnsemble({ problem, schedule, settings, seed: 0, seeds: 1 });
  await run(settingsOf(instance, 0.5, Math.ceil(steps / 10)));
  const settings = settingsOf(instance, 0.5, steps);
  const started = performance.now();
  await run(settings);
  return (performance.now() - started) / 1000;
}

async function ourBatchSeconds(instance: Case, schedule: string, steps: number, pool: WorkerPool): Promise<number> {
  const { problem } = instance;
  const run = (steps: number): Promise<unknown> => {
    const members = lambdas.map((lambda) => ({ schedule, settings: settingsOf(instance, lambda, steps) }));
    return runEnsembles({ problem, members, seed: 0, seeds }, { pool });
  };
  await run(Math.ceil(steps / 10));
  const started = performance.now();
  await run(steps);
  return (performance.now() - started) / 1000;
}

function settingsOf({ ideal }: Case, lambda: number, steps: number): RunSettings {
  return {
    schedule: { lambda, steps, period, ideal },
    stepSizes: new Float64Array(steps).fill(stepSize),
    batch: 1,
    values: 'minibatch',
    gradientBatch: 'shared',
    record: [],
  };
}

async function makeCase(folder: string, dimension: number): Promise<Case> {
  const problem = await parseProblem(logLinear({ dimension, candidates: 8, examples: 1000, seed: 0 }));
  if (problem.data.kind !== 'log-linear') throw new Error('a log-linear pair is what was asked for');
  const { data } = problem;
  // MAXRIGHT's choices depend on these; solving for the optima would take long and change nothing in the time of a step.
  const ideal = { dpo: 0.1, sft: 0.2 };
  const file = join(folder, `${dimension}.bin`);
  await writeFile(file, binaryProblem(data, ideal));
  return { dimension, problem, file, ideal, steps: Math.min(200_000, Math.ceil(2e7 / dimension)) };
}

/** The file that convex/peer.c describes. */
function binaryProblem({ dimension, radius, sft, dpo, reference, start }: LogLinearData, ideal: Pair): Uint8Array {
  const header = [dimension, exampleCount(sft.rows), rowCount(sft.rows, 0), exampleCount(dpo.rows)];
  const settings = [dpo.loss.beta, radius, stepSize, period, ideal.dpo, ideal.sft];
  const parts = [[...header, ...settings], ...plainRows(sft.rows), ...plainRows(dpo.rows), reference, start];
  return Buffer.concat(parts.map((part) => Buffer.from(Float64Array.from(part).buffer)));
}

/** All rows, one after the other. */
function plainRows(rows: FeatureRows): Float64Array[] {
  return Array.from({ length: exampleCount(rows) }, (_, n) =>
    Array.from({ length: rowCount(rows, n) }, (_, k) => readRow(rows, n, k, new Float64Array(rows.dimension))),
  ).flat();
}

/** A peer that runs many seeds and λ in one call. */
interface CompiledPeer extends Peer {
  /** The seconds of all runs, one by one. */
  readonly run: (
    instance: Case,
    schedule: string,
    steps: number,
    seeds: number,
    lambdas: readonly number[],
  ) => Promise<number>;
}

/** The C of convex/peer.c as fast as this machine can, and with no more than WebAssembly has: 128 bits, no fused multiply-add. */
const flags = {
  C: ['-march=native'],
  'C with 128 bits, no FMA': ['-msse4.2', '-mno-avx', '-mno-fma'],
};

async function compilePeers(folder: string, report: Report): Promise<CompiledPeer[]> {
  if (!(await hasCompiler(report))) return [];
  const peers: CompiledPeer[] = [];
  for (const [name, machine] of Object.entries(flags)) {
    const program = join(folder, name.replaceAll(/\W/g, '-'));
    await output('gcc', ['-O3', '-ffast-math', ...machine, benchFile('convex/peer.c'), '-o', program, '-lm']);
    const run: CompiledPeer['run'] = async ({ file }, schedule, steps, seeds, lambdas) => {
      const printed = await output(program, [file, schedule, steps, seeds, ...lambdas].map(String));
      return (JSON.parse(printed) as { seconds: number }).seconds;
    };
    peers.push({
      name,
      isSlow: false,
      run,
      seconds: (instance, schedule, steps) => run(instance, schedule, steps, 1, [0.5]),
    });
  }
  return peers;
}

async function pythonPeers(report: Report): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const [name, module] of [
    ['NumPy', 'numpy'],
    ['PyTorch', 'torch'],
  ]) {
    const python = await pythonWith(module, report);
    if (python === undefined) continue;
    const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    peers.push({
      name,
      isSlow: true,
      seconds: async ({ file }, schedule, steps) => {
        const args = [benchFile('convex/peer.py'), module, 1, file, schedule, steps, 0.5].map(String);
        return Number(await output(python, args, oneThread));
      },
    });
  }
  return peers;
}
