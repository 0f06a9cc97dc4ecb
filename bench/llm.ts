import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { weightShapes } from '../src/llm/model/decoder.js';
import { freshAdapter } from '../src/llm/model/assemble.js';
import { architectureOf } from '../src/llm/model/architecture/index.js';
import { hashedWeights } from '../src/llm/profile/hashed-weights.js';
import { randomTokens } from '../src/llm/profile/step-task.js';
import { shapes } from '../src/llm/profile/shapes.js';
import { writeSafetensors } from '../src/llm/weights/safetensors.js';
import { compared, medianRound, type Group, type Report } from './bench.js';
import { startOurs, startPeer, type Stepper } from './llm/processes.js';
import type { WorkerTask } from './llm/worker.js';
import { inTemporaryFolder, pythonWith } from './peers.js';

/** Training steps of GPT-NeoX models against PyTorch: same weights, same batch, same threads, side by side. */
export const llm: Group = {
  name: 'llm',
  description: 'training steps of language models',
  run: async (report) => {
    const python = await pythonWith('torch', report);
    if (python === undefined) return;
    for (const shape of comparedShapes) {
      for (const loraRank of [null, 8]) {
        for (const objective of ['sft', 'dpo'] as const) {
          const { config, batch, length } = shapes[shape];
          const task = {
            config,
            loraRank,
            batch,
            length,
            threads: availableParallelism(),
            schedule: objective,
            scheduleSettings: { lambda: 0.5, steps: 1 },
          };
          const name = `${shape} ${loraRank === null ? 'full' : 'LoRA'} ${objective}`;
          await inTemporaryFolder((folder) => compareSteps({ group: 'llm', name }, task, python, folder, report));
        }
      }
    }
  },
};

/** The larger ones are for GPUs, where "forgetting llm device" compares them. */
const comparedShapes = ['small', 'medium', 'pythia-14m'] as const;

/** Steps before the clock counts: the first ones compile, allocate, and show that the losses agree. */
const usualWarmup = 3;
const [usualRounds, mostRounds, roundsMilliseconds] = [5, 25, 8000];
/** Relative: a DPO loss is a small difference of long sums. Eight bits of bfloat16 show no more than the same order. */
const lossTolerance: Readonly<Record<string, number>> = { sft: 1e-4, dpo: 1e-3, bfloat16: 0.5 };

/** What is compared: under which names, and how often at least. */
interface TimedComparison {
  readonly group: string;
  readonly name: string;
  /** What PyTorch computes in. */
  readonly computed?: 'float32' | 'bfloat16';
  readonly warmup?: number;
  readonly leastRounds?: number;
}

/** Takes steps of a task here and in PyTorch by turns, and reports time and memory. */
export async function compareSteps(
  { group, name, computed = 'float32', warmup = usualWarmup, leastRounds = usualRounds }: TimedComparison,
  task: WorkerTask,
  python: string,
  folder: string,
  report: Report,
): Promise<void> {
  await writePeerFiles(task, folder);
  const ours = await startOurs(task, folder);
  const theirs = await startPeer(python, folder, computed);
  try {
    noteOnce(theirs.greeting, report);
    const tolerance = lossTolerance[computed === 'bfloat16' ? computed : task.schedule];
    for (let step = 1; step <= warmup; step++) await sameLoss(name, step, tolerance, ours, theirs);
    const times = { ours: [] as number[], theirs: [] as number[] };
    const began = performance.now();
    for (let round = 0; round < mostRounds; round++) {
      if (round >= leastRounds && performance.now() - began > roundsMilliseconds) break;
      times.ours.push((await ours.step()).milliseconds);
      times.theirs.push((await theirs.step()).milliseconds);
    }
    const peer = computed === 'float32' ? 'PyTorch' : `PyTorch, ${computed}`;
    const row = { group, case: name, peer, threads: task.threads };
    report.row(compared({ ...row, ...medianRound(times.ours, times.theirs), unit: 'ms/step' }));
    const mebibytes = async ({ memory }: Stepper): Promise<number> => (await memory()).residentBytes / 2 ** 20;
    report.row(compared({ ...row, ours: await mebibytes(ours), theirs: await mebibytes(theirs), unit: 'MiB' }));
  } finally {
    ours.end();
    theirs.end();
  }
}

let noted = false;

/** Says which linear algebra PyTorch stands on: Debian's package has a plain one, unless a fast one is installed. */
function noteOnce({ version = '', blas }: Stepper['greeting'], report: Report): void {
  if (noted) return;
  noted = true;
  const plain = blas?.startsWith('libblas.') === true;
  const advice = plain ? ', the slow reference; apt-get install libopenblas0-pthread for one to be measured by' : '';
  report.note(`PyTorch ${version} with ${blas ?? 'its own linear algebra'}${advice}`);
}

/** Takes a step in both; throws where they do not compute the same thing. */
async function sameLoss(name: string, step: number, tolerance: number, ours: Stepper, theirs: Stepper): Promise<void> {
  const [{ loss: our }, { loss: their }] = [await ours.step(), await theirs.step()];
  if (Math.abs(our - their) > tolerance * Math.abs(their)) {
    throw new Error(`${name}: in step ${step} the loss is ${our} here and ${their} in PyTorch`);
  }
}

/** The weights and tokens that our worker makes for itself, as files. */
async function writePeerFiles({ config, loraRank, batch, length, type }: WorkerTask, folder: string): Promise<void> {
  const shapesByName = weightShapes(config);
  const values = hashedWeights(config);
  const weights = Array.from(shapesByName, ([name, shape]) => ({
    name,
    shape,
    values: () => values(name, { first: 0, end: shape[0] }),
  }));
  await writeSafetensors(join(folder, 'model.safetensors'), weights, {}, type);
  if (loraRank !== null) {
    const targets = architectureOf(config).targets;
    const { factors } = freshAdapter({ rank: loraRank, alpha: loraRank, targets, seed: 0 }, config);
    const tensors = Array.from(factors, ([name, { shape, values }]) => ({ name, shape, values: () => values }));
    await writeSafetensors(join(folder, 'adapter.safetensors'), tensors);
  }
  const sequences = randomTokens(config.vocabularySize, 2 * batch, length).map(({ ids }) => Array.from(ids));
  await writeFile(join(folder, 'sequences.json'), JSON.stringify(sequences));
}
