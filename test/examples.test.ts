import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answeredJson } from './cli/in-process.js';
import { temporaryFolder } from './temporary-folder.js';

const root = new URL('..', import.meta.url).pathname;
const examples = readdirSync(join(root, 'examples'));

/** What a script of the examples prints, run as its first line says. */
function script(name: string, ...args: string[]): string {
  const command = ['--import', 'tsx', join('examples', name), ...args];
  return execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
}

test.each(examples.filter((name) => name.endsWith('.json')))('%s is a problem file', async (name) => {
  const { points } = (await answeredJson(['solve', `examples/${name}`, '--lambda', '0.5', '--json'])) as {
    points: { certificate: number }[];
  };
  expect(points[0].certificate).toBeLessThan(1e-12);
});

test('alternate.ts is a schedule', async () => {
  const args = ['--schedule', 'examples/alternate.ts', '--steps', '1000', '--step-size', '0.5/sqrt(t)', '--json'];
  const { schedule, final } = (await answeredJson(['run', 'examples/quadratic.json', ...args])) as {
    schedule: string;
    final: { gap: { mean: number } };
  };
  // In turns it comes to the minimiser of F_½, as ALRIGHT does.
  expect(schedule).toBe('alternate');
  expect(final.gap.mean).toBeLessThan(0.01);
});

test('the scripts print what they say', { timeout: 120_000 }, () => {
  const front = script('pareto-front.ts').trim().split('\n');
  expect(front).toHaveLength(12);
  const [lambda, dpo, sft] = front[6].split(',').map(Number);
  expect(lambda).toBe(0.5);
  expect(dpo).toBeCloseTo(0.5, 12);
  expect(sft).toBeCloseTo(0.5, 12);

  const gaps = new Map(
    script('compare-schedules.ts')
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], Number(line.split(' ').at(-1))]),
  );
  expect([...gaps.keys()]).toEqual(['sequential', 'mix', 'alright', 'maxright']);
  // 2 (1 − λ)² is what Sequential leaves.
  expect(gaps.get('sequential')).toBeCloseTo(1.125, 1);
  for (const name of ['mix', 'alright', 'maxright']) expect(gaps.get(name), name).toBeLessThan(0.01);

  const [steps, least, most, statement] = (script('worst-case.ts').trim().split('\n').at(-1) ?? '')
    .split('  ')
    .map(Number);
  expect(steps).toBe(4);
  expect(least).toBeLessThanOrEqual(statement);
  expect(most).toBeGreaterThanOrEqual(statement);

  const folder = temporaryFolder();
  script('own-figure.ts', folder);
  expect(readFileSync(join(folder, 'front.svg'), 'utf8')).toContain('mark-line');
  expect(existsSync(join(folder, 'front.png'))).toBe(true);

  expect(script('train.ts', folder)).toMatch(/^f_SFT [\d.]+ {2}f_DPO 0\.[\d]+ /);
  expect(existsSync(join(folder, 'run/adapter_model.safetensors'))).toBe(true);
});

test('no example is left out', () => {
  const scripts = ['alternate', 'pareto-front', 'compare-schedules', 'worst-case', 'own-figure', 'train'];
  expect(examples.filter((name) => name.endsWith('.ts')).sort()).toEqual(scripts.map((name) => `${name}.ts`).sort());
});
