import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromText, type FromTextOptions } from '../../../src/convex/generate/from-text.js';
import { hashedNgrams } from '../../../src/convex/generate/hashed-ngrams.js';
import { readDemonstrations, readPreferenceRecords } from '../../../src/convex/generate/records.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

async function file(name: string, lines: readonly unknown[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
}

const preferences = Array.from({ length: 6 }, (_, i) => ({
  prompt: `Question ${i}?`,
  chosen: `Sorry, no ${i}.`,
  rejected: `Sure, here is ${i}.`,
}));
// Records 4 and 5 share a reply.
const sft = Array.from({ length: 6 }, (_, i) => ({ prompt: `Task ${i}`, reply: `Answer ${Math.min(i, 4)}` }));
const small = { preferences, sft, dimension: 512, candidates: 3, examples: 6 } as const;

function generated(options: FromTextOptions) {
  const problem = fromText(options);
  if (problem.kind !== 'log-linear') throw new Error('expected a log-linear pair');
  return problem;
}

test('preferences are the features of their texts, every record once', () => {
  const features = hashedNgrams({ dimension: 512, unit: 'word', ngram: 2 });
  const expected = preferences.map(({ prompt, chosen, rejected }) => ({
    chosen: features(prompt, chosen),
    rejected: features(prompt, rejected),
  }));
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  expect([...generated(small).dpo].sort(byText)).toEqual(expected.sort(byText));
});

test('SFT candidates are the true reply, first, and different replies of other records', () => {
  const features = hashedNgrams({ dimension: 512, unit: 'word', ngram: 2 });
  for (const seed of [0, 1, 2, 3]) {
    const { sft: examples } = generated({ ...small, candidates: 5, seed });
    const seen = examples.map(({ candidates, target }) => {
      expect(target).toBe(0);
      const at = sft.findIndex(
        ({ prompt, reply }) => JSON.stringify(features(prompt, reply)) === JSON.stringify(candidates[0]),
      );
      // There are five different replies in all: each must be there exactly once.
      const all = [0, 1, 2, 3, 4].map((i) => JSON.stringify(features(sft[at].prompt, `Answer ${i}`)));
      expect(candidates.map((candidate) => JSON.stringify(candidate)).sort()).toEqual(all.sort());
      return at;
    });
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5]);
  }
});

test('replies that the features cannot tell apart are one candidate: Unicode forms, case, spaces, of single words their order', () => {
  const replies = ['Café au lait', 'Cafe\u0301 au lait', 'CAFÉ AU LAIT', 'café  au\tlait', 'Tea', 'tea '];
  const alike = replies.map((reply, i) => ({ prompt: `Task ${i}`, reply }));
  const options = { ...small, sft: alike, candidates: 2 };
  for (const { candidates } of generated(options).sft) expect(candidates[0]).not.toEqual(candidates[1]);
  expect(() => fromText({ ...options, candidates: 3 })).toThrow('at most the 2 different replies');
  // Counts of single words do not see their order.
  const turned = ['lait au café', 'Café au lait', 'Tea', 'tea', 'TEA', 'tea '];
  const sft = turned.map((reply, i) => ({ prompt: `Task ${i}`, reply }));
  expect(() => fromText({ ...options, sft, ngram: 1, candidates: 3 })).toThrow('at most the 2 different replies');
  expect(fromText({ ...options, sft, ngram: 2, candidates: 3 }).kind).toBe('log-linear');
});

test('the same seed gives the same problem, another seed other records and candidates', () => {
  const few = { ...small, examples: 3 };
  expect(fromText({ ...few, seed: 7 })).toEqual(fromText({ ...few, seed: 7 }));
  expect(fromText({ ...few, seed: 7 })).not.toEqual(fromText({ ...few, seed: 8 }));
});

test.each<[Partial<FromTextOptions>, string]>([
  [{ examples: 7 }, 'examples: got 7, expected at most 6: the files hold 6 preferences and 6 SFT records'],
  [{ candidates: 6 }, 'candidates: got 6, expected at most the 5 different replies'],
  [{ candidates: 1 }, 'candidates: got 1'],
  [{ examples: 0 }, 'examples: got 0'],
  [{ dimension: 0 }, 'dimension: got 0'],
  [{ ngram: 1.5 }, 'ngram: got 1.5'],
  [{ beta: 0 }, 'beta: got 0'],
  [{ radius: -1 }, 'radius: got -1'],
  [{ seed: 0.5 }, 'seed: got 0.5'],
])('%j is refused', (options, message) => {
  expect(() => fromText({ ...small, ...options })).toThrow(message);
});

test('records are read with their prompts put together; blank lines and other keys are passed over', async () => {
  const path = await file('sft.jsonl', [
    { instruction: 'Add.', input: '1 2', output: '3', source: 'x' },
    '',
    { instruction: 'Sing.', input: '', output: 'La' },
    { instruction: 'Hum.', output: 'Mm' },
    '',
  ]);
  expect(readDemonstrations(path)).toEqual([
    { prompt: 'Add.\n1 2', reply: '3' },
    { prompt: 'Sing.', reply: 'La' },
    { prompt: 'Hum.', reply: 'Mm' },
  ]);
  expect(readPreferenceRecords(await file('p.jsonl', preferences))).toEqual(preferences);
});

test.each<[string, unknown[], string]>([
  ['broken JSON', [preferences[0], '{"prompt": '], ':2: got "{\\"prompt\\": ", expected a JSON object'],
  ['a list', [[1]], ':1: got [1], expected a JSON object'],
  ['null', ['null'], ':1: got null, expected a JSON object'],
  ['a missing key', [preferences[0], '', { prompt: 'a', chosen: 'b' }], ':3: rejected: got nothing, expected a string'],
  ['a number', [{ ...preferences[0], chosen: 5 }], ':1: chosen: got 5, expected a string'],
])('%s is refused with its file and line', async (_name, lines, message) => {
  const path = await file('bad.jsonl', lines);
  expect(() => readPreferenceRecords(path)).toThrow(`${path}${message}`);
});

test('a missing file is refused with its name', () => {
  const path = join(folder, 'absent.jsonl');
  expect(() => readPreferenceRecords(path)).toThrow(`${path}: got "no such file"`);
  expect(() => readDemonstrations(path)).toThrow(`${path}: got "no such file"`);
});

const data = process.env['FORGETTING_DATA'];

test.skipIf(data === undefined)(
  'real text: unit features, and both objectives learn what holds on unseen text',
  async () => {
    const read = (split: string) => ({
      preferences: readPreferenceRecords(join(String(data), `preferences/hh-harmless.${split}.jsonl`)),
      sft: readDemonstrations(join(String(data), `sft/alpaca.${split}.jsonl`)),
    });
    const train = generated(read('train'));
    expect([train.sft.length, train.dpo.length]).toEqual([1000, 1000]);
    for (const { candidates } of train.sft) {
      expect(candidates).toHaveLength(8);
      for (const phi of candidates) expect(Math.hypot(...phi)).toBeCloseTo(1, 13);
    }
    for (const { chosen, rejected } of train.dpo) {
      for (const phi of [chosen, rejected]) expect(Math.hypot(...phi)).toBeCloseTo(1, 13);
    }
    const { idealPoint } = await import('../../../src/convex/optimum/weighted-sum.js');
    const problem = await parseProblem(train);
    const held = await parseProblem(fromText({ ...read('test'), examples: 250 }));
    const { dpo, sft } = idealPoint(problem);
    expect(held.objectives.sft.value(sft.minimizer)).toBeLessThan(0.75 * Math.log(8));
    expect(held.objectives.dpo.value(dpo.minimizer)).toBeLessThan(Math.LN2);
    // The conflict is real: each minimiser is worse for the other objective than the uniform policy.
    expect(problem.objectives.dpo.value(sft.minimizer)).toBeGreaterThan(Math.LN2);
    expect(problem.objectives.sft.value(dpo.minimizer)).toBeGreaterThan(Math.log(8));
  },
);
