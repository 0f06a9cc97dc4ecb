import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schedules } from '../../src/schedule/index.js';
import { createService, firstPosition, type Question } from '../../src/schedule/service.js';
import { speak } from '../../src/schedule/speak.js';
import { lacksPython, runPython } from '../python.js';
import { digestsOf, ported, type Case } from './vectors/case.js';

const folder = new URL('../../python', import.meta.url).pathname;
const vectors = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8')) as {
  schedules: string[];
  count: number;
  block: number;
  digests: string[];
  stated: (Case & { values: string; choices: string })[];
};

test('the schedules make the choices that the vectors hold (npx tsx test/schedule/vectors/write.ts writes them)', () => {
  const { block, count } = vectors;
  expect(vectors.schedules).toEqual(ported);
  expect(count).toBe(10_000);
  expect(digestsOf(count / 10, block, ported)).toEqual(vectors.digests.slice(0, count / 10 / block));
});

test('the service makes the choices of 50 settings', async () => {
  expect(vectors.stated).toHaveLength(50);
  for (const { schedule, settings, seed, values, choices } of vectors.stated) {
    const service = createService(schedules[schedule], settings, seed);
    const told = values.split(' ').map(Number)[Symbol.iterator]();
    const said: string[] = [];
    const made: string[] = [];
    function* trainer(): Generator<Uint8Array> {
      for (;;) {
        const question = JSON.parse(said.at(-1) ?? '') as Question;
        if ('finished' in question) return;
        const [field, objectives] =
          'evaluate' in question
            ? (['values', question.evaluate] as const)
            : (['observed', 'gradients' in question ? question.gradients : []] as const);
        if ('gradients' in question) made.push(question.gradients.length === 1 ? question.gradients[0] : 'mix');
        const looks = schedules[schedule].observe !== undefined;
        const answers = looks ? objectives.map((objective) => [objective, told.next().value] as const) : [];
        yield Buffer.from(`${JSON.stringify({ [field]: Object.fromEntries(answers) })}\n`);
      }
    }
    await speak(service, firstPosition(service), trainer(), (line) => void said.push(line));
    expect(made.join(' '), JSON.stringify({ schedule, settings, seed })).toBe(choices);
  }
});

test.skipIf(lacksPython())('the Python port makes the same choices, and its own tests pass', () => {
  runPython(['-W', 'error', '-m', 'unittest'], folder);
});
