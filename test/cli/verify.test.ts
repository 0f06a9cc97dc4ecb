import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCommand } from '../../src/cli/convex/verify.js';
import type { VerdictRow } from '../../src/theory/verify/verify.js';
import { forgettingJson } from './command.js';
import { answered } from './in-process.js';
import { refused } from './refused.js';
import { temporaryFolder } from '../temporary-folder.js';

test('verify --quick passes, and its JSON has the shape of the contract', () => {
  const rows = forgettingJson(['verify', '--quick', '--json']) as VerdictRow[];
  expect(rows.length).toBeGreaterThan(300);
  const keys = ['id', 'statement', 'kind', 'problem', 'lambda', 'steps', 'measured', 'bound', 'ratio', 'holds'];
  for (const row of rows) {
    expect(Object.keys(row)).toEqual(row.holds === 'not applicable' ? [...keys, 'reason'] : keys);
    expect(Object.keys(row.measured)).toEqual(['mean', 'ci95']);
    expect(['tight', 'upper', 'lower', 'exact']).toContain(row.kind);
    if (row.holds === 'not applicable') expect(row.bound).toBeNull();
    else expect(Number.isFinite(row.measured.mean) && Number.isFinite(row.bound)).toBe(true);
  }
  expect(rows.filter(({ holds }) => holds === false)).toEqual([]);
  for (const letter of 'SAMXQWP')
    expect(rows.some(({ id, holds }) => id.startsWith(letter) && holds === true)).toBe(true);
}, 600_000);

test('the table shows verdicts and reasons, the same for any number of workers', async () => {
  const table = async (workers: string): Promise<string> =>
    (await answered(['verify', '--quick', '--only', 'W,A.average', '--workers', workers])).stdout;
  const one = await table('1');
  expect(one).toMatch(/W\.alright +max-of-200-coordinates +0\.25 +200 .* 1\.00 +holds/);
  expect(one).toMatch(/A\.average: no bound on the gradients without a ball \(closed-form, /);
  expect(one).toMatch(/\d+ hold, 0 fail, \d+ not applicable\n$/);
  expect(await table('2')).toBe(one);
}, 600_000);

test('an attack stores the closest problems', async () => {
  const folder = join(temporaryFolder(), 'closest');
  const { code, stdout } = await answered([
    'verify',
    '--quick',
    '--only',
    'A.average',
    '--attack',
    '50',
    '--out',
    folder,
  ]);
  expect(code).toBe(0);
  expect(readdirSync(folder)).toEqual(['A.average.json']);
  expect(stdout).toContain(join(folder, 'A.average.json'));
  expect((await answered(['solve', join(folder, 'A.average.json')])).code).toBe(0);
}, 600_000);

test.each([
  [['--only', 'Z'], /only: got "Z", expected ids among S\.limit, /],
  [['--attack', 'long'], /attack: got "long", expected a time in seconds or minutes/],
  [['--seed', '-1'], /seed: got "-1"/],
])('refuses %j in one line, with exit code 2', async (args, message) => {
  const { code, stdout, stderr } = await refused(verifyCommand(), ['verify', ...args]);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, '']);
  expect(existsSync('closest-problems')).toBe(false);
});
