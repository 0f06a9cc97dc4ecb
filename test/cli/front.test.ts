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

it('says in words what a reader of the table would take for the front, or for more than is known', async () => {
  const words = async (objectives: object, ...options: string[]): Promise<string> => {
    const file = fileIn(folder, 'line.json', {
      ...{ kind: 'expression', variables: ['x'], objectives, radius: 5, start: [-4] },
    });
    return (await refused(frontCommand(), ['front', file, ...options])).stdout;
  };
  // f_SFT is least on [−1, 1], and the solver starts at the far end of that.
  const flat = await words({ dpo: '(x-3)^2/2', sft: 'max(0,abs(x)-1)' }, '--error', '0.2', '--forget-at-most', '0');
  expect(flat).toMatch(/^ +0 +3\.125 +0 /m);
  expect(flat).toContain('\nnot on the front, as other points better it: λ 0\n');
  expect(flat).toMatch(/^choice {2}λ in \[0, 0\.3\d+\] .*exchange rate in \[-0\.5\d+, 0\]$/m);
  const straight = await words({ dpo: 'abs(x-1)', sft: 'abs(x+1)' });
  expect(straight).toContain('\nknee  none: the front is straight\n');
  const { code, stderr } = await refused(frontCommand(), ['front', join(folder, 'line.json'), '--knee']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^forgetting: knee: got true, .*straight[^\n]*\n$/)]);
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
