import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WorkStatus } from '../../src/cluster/status.js';
import { closedForm } from '../../src/convex/generate/closed-form.js';
import { quadratic } from '../../src/convex/generate/quadratic.js';
import { fileIn } from '../cli/command.js';
import { answered } from '../cli/in-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const problems = [
  fileIn(folder, 'plane.json', quadratic({ dimension: 2, condition: 10, radius: 3, noise: 0.1, start: [-2, 1] })),
  fileIn(folder, 'closed-form.json', closedForm({ noise: 0.3 })),
];
const table = (name: string): string => join(folder, name);
const sweep = (name: string, ...more: string[]) =>
  answered([
    ...['sweep', ...problems, '--schedules', 'alright,maxright', '--lambdas', '0.25,0.5', '--steps', '20,40'],
    ...['--seeds', '6', '--period', '2', '--out', table(name), '--cache', join(folder, `${name}.cache`), ...more],
  ]);

describe('a sweep', () => {
  it('gives for every cell the row that run gives, whatever the number of threads', async () => {
    const first = await sweep('one.jsonl', '--workers', '1');
    expect([first.code, first.stderr]).toEqual([0, '']);
    const lines = readFileSync(table('one.jsonl'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(2 * 2 * 2 * 2);
    const [problem] = problems;
    const words = ['run', problem, '--schedule', 'maxright', '--lambda', '0.25', '--steps', '40', '--seeds', '6'];
    expect((await answered([...words, '--period', '2', '--out', table('run.jsonl')])).code).toBe(0);
    expect(lines).toContain(readFileSync(table('run.jsonl'), 'utf8').trim());
    expect((await sweep('two.jsonl', '--workers', '2')).code).toBe(0);
    expect(readFileSync(table('two.jsonl'), 'utf8')).toBe(readFileSync(table('one.jsonl'), 'utf8'));
  });

  it('is made task by task, and --status says what is missing', async () => {
    const [name] = ['tasks.jsonl'];
    const status = async (): Promise<WorkStatus> =>
      JSON.parse((await sweep(name, '--status', '--json')).stdout) as WorkStatus;
    expect((await sweep(name, '--run', '3')).stdout).toBe('task 3 of 4: made\n');
    const { counts, tasks } = await status();
    expect(counts).toMatchObject({ finished: 1, missing: 4 });
    expect(tasks[2]).toMatchObject({ name: `${problems[1]} at λ = 0.25`, state: 'finished' });
    for (const number of ['1', '2', '4']) expect((await sweep(name, '--run', number)).code).toBe(0);
    expect((await sweep(name)).code).toBe(0);
    expect(readFileSync(table(name), 'utf8')).toBe(readFileSync(table('one.jsonl'), 'utf8'));
    expect((await sweep(name, '--status')).code).toBe(0);
    // A table that is not what was written is not finished.
    writeFileSync(table(name), '');
    expect((await status()).counts).toMatchObject({ finished: 4, missing: 1 });
  });

  it.each([
    ['a task that there is not', ['--run', '5'], 'run: got 5, expected a number from 1 to 4'],
    ['two things at once', ['--run', '1', '--status'], 'status: got true, expected no --run with it'],
    ['a weight twice', ['--lambdas', '0.5,0.5'], 'lambdas: got 0.5, expected each λ once'],
  ])('refuses %s in one line', async (_name, more, message) => {
    const words = ['sweep', ...problems, '--steps', '20', '--schedules', 'mix', '--out', table('refused.jsonl')];
    const given = more.includes('--lambdas') ? [] : ['--lambdas', '0.25,0.5'];
    const { code, stderr } = await answered([...words, ...given, '--cache', join(folder, 'refused'), ...more]);
    expect([code, stderr.split('\n')]).toEqual([2, [expect.stringContaining(`forgetting: ${message}`), '']]);
  });
});
