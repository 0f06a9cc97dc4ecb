import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answeredJson } from './cli/in-process.js';
import { temporaryFolder } from './temporary-folder.js';

const root = new URL('..', import.meta.url).pathname;
const examples = readdirSync(join(root, 'examples'));

/** Runs scripts of the examples one after the other, as tsx does each, and says what each printed. */
function printed(scripts: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const runner = `
    for (const [name, args] of Object.entries(JSON.parse(process.argv[1]))) {
      process.argv = [process.argv[0], name, ...args];
      console.log('=== ' + name);
      await import('./examples/' + name);
    }`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', runner, JSON.stringify(scripts)];
  const said = execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  const parts = said.split(/^=== (.*)\n/m).slice(1);
  return Object.fromEntries(Object.keys(scripts).map((name) => [name, parts[parts.indexOf(name) + 1]]));
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

test('the scripts print what they say', { timeout: 240_000 }, () => {
  const folder = temporaryFolder();
  const said = printed({
    'pareto-front.ts': [],
    'compare-schedules.ts': [],
    'worst-case.ts': [],
    'own-figure.ts': [folder],
    'train.ts': [folder],
  });
  const front = said['pareto-front.ts'].trim().split('\n');
  expect(front).toHaveLength(12);
  const [lambda, dpo, sft] = front[6].split(',').map(Number);
  expect(lambda).toBe(0.5);
  expect(dpo).toBeCloseTo(0.5, 12);
  expect(sft).toBeCloseTo(0.5, 12);

  const gaps = new Map(
    said['compare-schedules.ts']
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], Number(line.split(' ').at(-1))]),
  );
  expect([...gaps.keys()]).toEqual(['sequential', 'mix', 'alright', 'maxright']);
  // 2 (1 − λ)² is what Sequential leaves.
  expect(gaps.get('sequential')).toBeCloseTo(1.125, 1);
  for (const name of ['mix', 'alright', 'maxright']) expect(gaps.get(name), name).toBeLessThan(0.01);

  const [steps, least, most, statement] = (said['worst-case.ts'].trim().split('\n').at(-1) ?? '')
    .split('  ')
    .map(Number);
  expect(steps).toBe(4);
  expect(least).toBeLessThanOrEqual(statement);
  expect(most).toBeGreaterThanOrEqual(statement);

  expect(readFileSync(join(folder, 'front.svg'), 'utf8')).toContain('mark-line');
  expect(existsSync(join(folder, 'front.png'))).toBe(true);

  expect(said['train.ts']).toMatch(/^f_SFT [\d.]+ {2}f_DPO 0\.[\d]+ /);
  expect(existsSync(join(folder, 'run/adapter_model.safetensors'))).toBe(true);
});

test('no example is left out', () => {
  const scripts = ['alternate', 'pareto-front', 'compare-schedules', 'worst-case', 'own-figure', 'train'];
  expect(examples.filter((name) => name.endsWith('.ts')).sort()).toEqual(scripts.map((name) => `${name}.ts`).sort());
});
