import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closedFormFile } from '../problems.js';
import { temporaryFolder } from '../temporary-folder.js';
import { frontCommand } from '../../src/cli/convex/front.js';
import { fileIn, forgettingJson } from './command.js';
import { refused } from './refused.js';

const folder = temporaryFolder();
const pair = fileIn(folder, 'pair.json', closedFormFile());

it('prints the front, its hypervolume, knee, choice and rows', () => {
  const rows = join(folder, 'rows.jsonl');
  const front = forgettingJson(['front', pair, '--forget-at-most', '0.1', '--out', rows, '--json']) as Record<
    string,
    unknown
  >;
  expect(Object.keys(front)).toEqual([
    'points',
    'inner',
    'outer',
    'error',
    'ranges',
    'hypervolume',
    'knee',
    'choice',
    'provenance',
  ]);
  expect(front.knee).toEqual({ lambda: 0.5, dpo: 0.5, sft: 0.5 });
  expect(front.hypervolume).toMatchObject({ referencePoint: [2, 2] });
  expect(Object.keys(front.choice as object)).toEqual(['lambda', 'minimizer', 'dpo', 'sft', 'exchangeRate']);
  const lines = readFileSync(rows, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { layer: string });
  const ofLayer = (name: string): number => lines.filter(({ layer }) => layer === name).length;
  expect(ofLayer('point')).toBe((front.points as unknown[]).length);
  expect(ofLayer('inner')).toBe((front.inner as unknown[]).length);
  expect(ofLayer('outer')).toBe((front.outer as unknown[]).length);
});

it('refuses budgets, errors and reference points in one line', async () => {
  const cases: readonly [string[], RegExp][] = [
    [['--forget-at-most', '-1'], /^forgetting: forget-at-most: got -1, .*\[0, 2\]\n$/],
    [['--sft-at-most', '3'], /^forgetting: sft-at-most: got 3, .*\[0, 2\]\n$/],
    [['--error', '0'], /^forgetting: error: got 0, expected a positive number\n$/],
    [['--reference-point', '1,1'], /^forgetting: reference-point: /],
    [['--sft-at-most', '1', '--dpo-at-most', '1'], /^forgetting: budget: .*one of/],
  ];
  for (const [options, message] of cases) {
    const { code, stderr } = await refused(frontCommand(), ['front', pair, ...options]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  }
});
