import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { worstCaseCommand } from '../../src/cli/convex/worst-case.js';
import { fileIn } from './command.js';
import { answered, answeredJson } from './in-process.js';
import { refused } from './refused.js';
import { temporaryFolder } from '../temporary-folder.js';

interface Printed {
  readonly worstCase: number;
  readonly dualBound: number;
  readonly relativeGap: number;
  readonly theory: number | null;
  readonly kind: string | null;
  readonly certificate: { readonly problem: { readonly kind: string }; readonly replay: { readonly value: number } };
}

const words = (line: string): string[] => ['worst-case', ...line.split(' ')];

describe('forgetting worst-case', () => {
  it('prints the enclosure, the theory and the certificate', async () => {
    const result = (await answeredJson(words('--schedule alright --lambda 0.3 --steps 3 --json'))) as Printed;
    expect(Object.keys(result)).toEqual(['worstCase', 'dualBound', 'relativeGap', 'theory', 'kind', 'certificate']);
    expect(result.worstCase).toBeLessThanOrEqual(1 / Math.sqrt(3));
    expect(result.dualBound).toBeGreaterThanOrEqual(1 / Math.sqrt(3));
    expect(result.relativeGap).toBeLessThan(1e-5);
    expect(result.theory).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(result.kind).toBe('tight');
  });

  it('writes the worst problem, which run again gives the worst case', async () => {
    const file = join(temporaryFolder(), 'worst.json');
    const line = '--schedule maxright --lambda 0.3 --steps 3 --json';
    const result = (await answeredJson(words(`${line} --period 2 --out ${file}`))) as Printed;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(result.certificate.problem);
    const again = (await answeredJson(words(`${line} --period 2 --problem ${file}`))) as { value: number };
    expect(again.value).toBe(result.certificate.replay.value);
    const other = (await answeredJson(words(`${line} --period 1 --problem ${file}`))) as { value: number };
    expect(other.value).toBeLessThan(again.value - 0.01);
  });

  it('is M R of that at M = R = 1, however far apart they lie', async () => {
    for (const [distance, lipschitz] of [
      ['1e9', '1e-6'],
      ['3e100', '2e150'],
      ['1e-200', '1e100'],
    ]) {
      const line = `--schedule mix --steps 2 --distance ${distance} --lipschitz ${lipschitz} --json`;
      const { worstCase, dualBound } = (await answeredJson(words(line))) as Printed;
      const right = (Number(distance) * Number(lipschitz)) / Math.SQRT2;
      expect(worstCase / right).toBeLessThanOrEqual(1);
      expect(worstCase / right).toBeGreaterThan(1 - 1e-6);
      expect(dualBound / right).toBeGreaterThanOrEqual(1 - 1e-12);
    }
  });

  it('runs the closed-form worst function', async () => {
    const { code, stdout } = await answered(words('--closed-form --schedule maxright --lambda 0.25 --steps 100'));
    expect(code).toBe(0);
    expect(stdout).toContain('0.0750000000');
    expect(stdout).toContain('tight');
  });

  it.each([
    ['--schedule alright --steps 2 --lambda 1.5', /lambda: got 1.5/],
    ['--schedule alright --steps 0', /steps: got "0"/],
    ['--schedule maxright --steps 2 --period 0', /period: got "0"/],
    ['--schedule alright --steps 2 --class convex', /class: got "convex"/],
    ['--schedule mix --steps 2 --step-size t-1', /step-size: got "t-1"/],
    [
      '--schedule mix --steps 2 --distance 1e300 --lipschitz 1e300',
      /distance: got 1e\+300, expected values, here about Inf/,
    ],
    [
      '--schedule mix --steps 2 --distance 1e-200 --lipschitz 1e-120',
      /distance: got 1e-200, expected values, here about/,
    ],
    ['--schedule mix --steps 2 --class smooth --distance 1e200', /distance: got 1e\+200, expected values/],
    [
      '--schedule budget --forget-at-most 0.1 --steps 2 --distance 1e200',
      /distance: got 1e\+200, expected a distance whose/,
    ],
    ['--schedule alright --steps 30', /steps: got 30, expected fewer/],
    ['--schedule mix --steps 2 --problem /nowhere.json', /\/nowhere.json: got "no such file"/],
  ])('refuses %s', async (line, message) => {
    const { code, stdout, stderr } = await refused(worstCaseCommand(), words(line));
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('refuses a stored problem that is none', async () => {
    const folder = temporaryFolder();
    const file = fileIn(folder, 'bad.json', { kind: 'worst-case', start: [0], comparator: [0], objectives: {} });
    const { code, stderr } = await answered(words(`--schedule mix --steps 2 --problem ${file}`));
    expect(code).toBe(2);
    expect(stderr).toContain('objectives.dpo');
  });
});
