// SFT and DPO of a small language model under ALRIGHT, all of it on the CPU: npx tsx examples/train.ts [folder]
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkedPreferenceLoss,
  checkedLearningRate,
  loadModel,
  neoxConfig,
  openBackend,
  openRunFolder,
  readPreferences,
  readSft,
  referencedPairs,
  runTraining,
  schedules,
  writeAdapter,
  writeRandomModel,
} from 'forgetting/llm';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'forgetting-train-'));
const jsonLines = (name: string, records: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
};
// Two objectives that disagree: the demonstrations say yes, the preferences no.
const questions = Array.from({ length: 8 }, (_, i) => `Is ${i} even?`);
const sft = jsonLines(
  'sft.jsonl',
  questions.map((instruction) => ({ instruction, output: 'yes' })),
);
const preferences = jsonLines(
  'preferences.jsonl',
  questions.map((prompt) => ({ prompt, chosen: ' no', rejected: ' yes' })),
);
const path = join(folder, 'model');
await writeRandomModel(path, neoxConfig({ width: 16, heads: 2, contextLength: 96 }), { seed: 1, deviation: 0.3 });

const backend = await openBackend('wasm', { threads: 1 });
try {
  const lora = { rank: 4, alpha: 4, targets: ['query_key_value', 'dense'], seed: 0 };
  const { model, tokenizer } = await loadModel({ model: path, lora });
  const preparation = { maximumLength: 96, inputField: false };
  const demonstrations = await readSft(sft, tokenizer, preparation);
  const pairs = await readPreferences(preferences, tokenizer, preparation);
  const data = {
    sft: demonstrations.examples,
    preferences: await referencedPairs(pairs.examples, { model, path, backend, cache: join(folder, 'cache') }),
  };
  const steps = 20;
  const end = await runTraining({
    model,
    data,
    schedule: schedules.alright,
    scheduleSettings: { lambda: 0.5, steps },
    sftBatch: 4,
    preferenceBatch: 4,
    learningRate: checkedLearningRate({ learningRate: 0.01, warmup: 0, decay: 'constant' }, steps),
    dpo: checkedPreferenceLoss({ loss: 'dpo', beta: 0.1 }),
    seed: 0,
    folder: await openRunFolder(join(folder, 'run'), { settings: { example: 'train' }, resume: false }),
    save: (out) => writeAdapter(out, model, path),
  });
  if ('finished' in end && end.finished.final !== null) {
    const { sft, dpo } = end.finished.final;
    console.log(`f_SFT ${sft.loss.toFixed(3)}  f_DPO ${dpo.loss.toFixed(3)}  in ${folder}`);
  }
} finally {
  backend.close();
}
