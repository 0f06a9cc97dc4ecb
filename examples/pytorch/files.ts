// A tiny model and data for train.py: npx tsx examples/pytorch/files.ts folder
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { neoxConfig, writeRandomModel } from 'forgetting/llm';

const folder = process.argv[2] ?? 'tiny';
await writeRandomModel(join(folder, 'model'), neoxConfig({ width: 16, heads: 2, contextLength: 96 }), {
  seed: 1,
  deviation: 0.3,
});
const jsonLines = (name: string, records: readonly object[]): void => {
  writeFileSync(join(folder, name), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
};
// Two objectives that disagree: the demonstrations say yes, the preferences no.
const questions = Array.from({ length: 9 }, (_, i) => `Is ${i} even?`);
jsonLines(
  'sft.jsonl',
  questions.map((instruction, i) => ({ instruction, output: `yes${'!'.repeat(i % 3)}` })),
);
jsonLines(
  'preferences.jsonl',
  questions.slice(0, 7).map((prompt, i) => ({ prompt, chosen: ' no', rejected: ` yes${'.'.repeat(i % 4)}` })),
);
