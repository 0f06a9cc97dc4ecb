import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkProblemFile } from '../../src/convex/problem/format.js';
import { logLinear } from '../../src/convex/generate/log-linear.js';
import { quadratic } from '../../src/convex/generate/quadratic.js';
import { answered } from './in-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

const lines = (entries: readonly unknown[]): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

async function textFiles(): Promise<{ preferences: string; sft: string }> {
  const files = { preferences: join(folder, 'preferences.jsonl'), sft: join(folder, 'sft.jsonl') };
  const count = Array.from({ length: 5 }, (_, i) => i);
  await writeFile(
    files.preferences,
    lines(count.map((i) => ({ prompt: `p${i}`, chosen: `yes ${i}`, rejected: 'no' }))),
  );
  await writeFile(files.sft, lines(count.map((i) => ({ instruction: `do ${i}`, input: '', output: `done ${i}` }))));
  return files;
}

test('every generator writes a valid file, the same bytes for the same seed', async () => {
  const { preferences, sft } = await textFiles();
  const text = ['from-text', '--preferences', preferences, '--sft', sft, '--examples', '4', '--candidates', '3'];
  for (const command of [
    ['quadratic', '--dimension', '4', '--condition', '100'],
    ['log-linear', '--dimension', '3', '--examples', '5'],
    ['closed-form'],
    [...text, '--features', 'hashed-ngrams', '--dimension', '32'],
  ]) {
    const out = join(folder, 'new folder', `${command[0]}.json`);
    const written = await answered(['problem', ...command, '--seed', '3', '--out', out]);
    const printed = await answered(['problem', ...command, '--seed', '3']);
    expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(printed.stdout).toBe(await readFile(out, 'utf8'));
    checkProblemFile(JSON.parse(printed.stdout));
  }
});

test('options reach the generators', async () => {
  const first = await answered([
    ...['problem', 'quadratic', '--dimension', '3', '--condition', '10', '--condition-sft', '1000', '--angle', '30'],
    ...['--distance', '5', '--noise', '0.5', '--radius', '20', '--start', '[1, 2, 3]', '--seed', '9'],
  ]);
  const settings = { dimension: 3, angle: 30, distance: 5, noise: 0.5, radius: 20, start: [1, 2, 3], seed: 9 };
  expect(JSON.parse(first.stdout)).toEqual(quadratic({ ...settings, condition: { dpo: 10, sft: 1000 } }));
  const second = await answered([
    ...['problem', 'log-linear', '--dimension', '2', '--candidates', '4', '--examples', '6', '--dpo-examples', '3'],
    ...['--conflict', '-0.25', '--sharpness', '3', '--beta', '0.7', '--radius', '8', '--reference', 'sft'],
    ...['--start', '[0.5, -1]', '--seed', '2'],
  ]);
  const policy = { dimension: 2, candidates: 4, conflict: -0.25, sharpness: 3, beta: 0.7, radius: 8, seed: 2 };
  const counts = { dpo: 3, sft: 6 };
  expect(JSON.parse(second.stdout)).toEqual(
    logLinear({ ...policy, examples: counts, reference: 'sft', start: [0.5, -1] }),
  );
});

test('the help shows the defaults that the generators use', async () => {
  const { stdout } = await answered(['problem', 'log-linear', '--help']);
  expect(stdout.replace(/\s+/g, ' ')).toContain('from −1 aligned to 1 opposed (default: 0.5)');
  const line = await answered(['problem', 'quadratic', '--dimension', '1']);
  expect(JSON.parse(line.stdout)).toEqual(quadratic({ dimension: 1 }));
});

test('bad input leaves by one line that names the option and the value, and code 2', async () => {
  const { preferences, sft } = await textFiles();
  const broken = join(folder, 'broken.jsonl');
  await writeFile(broken, `${lines([{ prompt: 'p', chosen: 'c', rejected: 'r' }])}{"prompt": 1}\n`);
  const text = ['from-text', '--sft', sft, '--candidates', '3'];
  for (const [command, message] of [
    [['quadratic', '--dimension', '0'], 'dimension: got "0", expected an integer ≥ 1'],
    [['quadratic', '--angle', '270'], 'angle: got 270, expected degrees in (0, 180]'],
    [['quadratic', '--start', '[1]'], 'start: got "[1]", expected a JSON array of 2 finite numbers'],
    [['closed-form', '--noise', '1e-160'], 'noise of dpo: got 1e-160, expected 0, or 1e-150 to 1e+150'],
    [['log-linear', '--conflict', '2'], 'conflict: got 2, expected a number in [−1, 1]'],
    [['log-linear', '--reference', 'best'], 'reference: got "best", expected "zero", "random", "sft"'],
    [[...text, '--preferences', preferences], 'examples: got 1000, expected at most 5'],
    [[...text, '--preferences', broken], `${broken}:2: prompt: got 1, expected a string`],
  ] as const) {
    const out = join(folder, 'refused.json');
    const { code, stdout, stderr } = await answered(['problem', ...command, '--out', out]);
    expect(stderr).toContain(`forgetting: ${message}`);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(folder)).not.toContain('refused.json');
  }
});

test('an output that cannot be written is refused and leaves nothing', async () => {
  const inTheWay = join(folder, 'taken');
  await mkdir(inTheWay, { recursive: true });
  for (const out of [inTheWay, join(folder, 'preferences.jsonl', 'problem.json')]) {
    await textFiles();
    const before = await readdir(folder);
    const { code, stdout, stderr } = await answered(['problem', 'closed-form', '--out', out]);
    expect(stderr).toMatch(
      /^forgetting: .*(taken|preferences\.jsonl): got "(a folder|something that is not a folder)"/,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(folder)).toEqual(before);
    expect(await readdir(inTheWay)).toEqual([]);
  }
});

const data = process.env['FORGETTING_DATA'];

test.skipIf(data === undefined)('hh-harmless and Alpaca become a problem that evaluates', async () => {
  const out = join(folder, 'text.json');
  const files = ['preferences/hh-harmless.train.jsonl', 'sft/alpaca.train.jsonl'].map((path) =>
    join(String(data), path),
  );
  const made = await answered([
    ...['problem', 'from-text', '--preferences', files[0], '--sft', files[1], '--features', 'hashed-ngrams'],
    ...['--dimension', '256', '--candidates', '8', '--examples', '1000', '--seed', '0', '--out', out],
  ]);
  expect(made).toEqual({ code: 0, stdout: '', stderr: '' });
  const zero = JSON.stringify(new Array<number>(256).fill(0));
  const { stdout } = await answered(['evaluate', out, '--at', zero, '--json']);
  const { dpo, sft } = JSON.parse(stdout) as { dpo: number; sft: number };
  expect(dpo).toBeCloseTo(Math.LN2, 12);
  expect(sft).toBeCloseTo(Math.log(8), 12);
});
