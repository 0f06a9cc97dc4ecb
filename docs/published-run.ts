import { cpus } from 'node:os';
import { countTensorBytes, tensorBytes } from '../src/engine/tensor-bytes.js';
import { openBackend } from '../src/engine/backend.js';
import { printTable } from '../src/cli/output.js';
import { createDecoder } from '../src/llm/model/decoder.js';
import type { LanguageModel } from '../src/llm/model/language-model.js';
import { stepOperations } from '../src/llm/profile/operations.js';
import { randomModel } from '../src/llm/profile/random-model.js';
import { shapes } from '../src/llm/profile/shapes.js';
import { stepTask } from '../src/llm/profile/step-task.js';
import { schedules } from '../src/schedule/index.js';
import type { ObjectiveName } from '../src/schedule/schedule.js';
import { pythia1b } from '../src/study/preset/pythia-1b.js';

// npx tsx docs/published-run.ts prints what docs/llm.md quotes: short steps of the published shape, measured on one core, and
// what a run of the published length takes by them.

const { training, scale } = pythia1b;
const { sftBatch, preferenceBatch, accumulation, tuning } = training;
if (tuning === 'full') throw new Error('the published runs train an adapter');
const { config, type } = shapes['pythia-1b'];

interface TimedStep {
  readonly objective: ObjectiveName;
  readonly length: number;
  /** Of the processor: what else the machine does is not in it. */
  readonly seconds: number;
  readonly operations: number;
  readonly activations: number;
}

/** One step of one sequence, or pair of them. */
async function measured(model: LanguageModel, objective: ObjectiveName, length: number): Promise<TimedStep> {
  const scheduleSettings = { lambda: 0.5, steps: 1 };
  const task = stepTask({ model, schedule: schedules[objective], scheduleSettings, batch: 1, length });
  const before = tensorBytes();
  const start = process.cpuUsage();
  const outcome = await task.step();
  const { user, system } = process.cpuUsage(start);
  task.dispose();
  const operations = stepOperations({ model, objective, batch: 1, length });
  return { objective, length, seconds: (user + system) / 1e6, operations, activations: outcome.tensorBytes - before };
}

const backend = await openBackend('wasm', { threads: 1 });
countTensorBytes();
const model = await randomModel(config, { type, lora: { ...tuning, seed: 0 } });
const recomputing = createDecoder({ ...model, recompute: true });
// The first step allocates.
await measured(model, 'sft', 16);
const [short, long, pair, again] = [
  await measured(model, 'sft', 64),
  await measured(model, 'sft', 128),
  await measured(model, 'dpo', 64),
  await measured(recomputing, 'sft', 128),
];
const shortAgain = await measured(recomputing, 'sft', 64);
const weights = tensorBytes();
backend.close();

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
process.stdout.write(`one core of ${cpus()[0].model.trim()}, ${backend.description}; weights in ${type}\n`);
printTable(
  ['step', 'tokens', 'processor s', 'GFLOP', 'GFLOP/s', 'activations MiB'],
  [short, long, pair, shortAgain, again].map((one) => [
    `${one.objective}${one === again || one === shortAgain ? ', recomputed' : ''}`,
    `${one.objective === 'dpo' ? 2 : 1} × ${one.length}`,
    one.seconds.toFixed(1),
    (one.operations / 1e9).toFixed(0),
    (one.operations / one.seconds / 1e9).toFixed(1),
    mebibytes(one.activations),
  ]),
);

/** Bytes of a token more, and of none. */
function line(few: TimedStep, many: TimedStep): (tokens: number) => number {
  const slope = (many.activations - few.activations) / (many.length - few.length);
  return (tokens) => few.activations + slope * (tokens - few.length);
}
const [kept, recomputed] = [line(short, long), line(shortAgain, again)];
const cores = 2;
process.stdout.write(
  `\n${scale.steps} updates, half of them on each objective, of ${accumulation} × ${sftBatch} sequences or ${accumulation} × ${preferenceBatch} pairs; ` +
    `tensors of ${gibibytes(weights)} GiB beside the activations of ${sftBatch} sequences\n`,
);
printTable(
  [
    'tokens a sequence',
    'attention',
    'PFLOP',
    `days on ${cores} cores`,
    'Mix, days',
    'activations GiB',
    'recomputed GiB',
  ],
  [64, 256, 512, 1024, 2048].map((length) => {
    const ofUpdate = {
      sft: accumulation * stepOperations({ model, objective: 'sft', batch: sftBatch, length }),
      dpo: accumulation * stepOperations({ model, objective: 'dpo', batch: preferenceBatch, length }),
    };
    const sequences = accumulation * (sftBatch + 2 * preferenceBatch);
    const attention = config.layers * 12 * sequences * length ** 2 * config.heads * config.headWidth;
    const total = ofUpdate.sft + ofUpdate.dpo;
    const seconds = (ofUpdate.sft * long.seconds) / long.operations + (ofUpdate.dpo * pair.seconds) / pair.operations;
    // Of two updates, one on each objective.
    const days = (seconds * scale.steps) / 2 / cores / 86400;
    return [
      String(length),
      `${((100 * attention) / total).toFixed(0)} %`,
      ((total * scale.steps) / 2 / 1e15).toFixed(0),
      days.toPrecision(3),
      (2 * days).toPrecision(3),
      gibibytes(kept(sftBatch * length)),
      gibibytes(recomputed(sftBatch * length)),
    ];
  }),
);
