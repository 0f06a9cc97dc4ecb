import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mean } from 'd3-array';
import { csvParse } from 'd3-dsv';
import { parquetReadObjects } from 'hyparquet';
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { closedFormFile, logLinearFile, planeFile } from '../problems.js';
import { runCommand } from '../../src/cli/convex/run.js';
import { fileIn, forgettingJson } from './command.js';
import { answered, answeredJson } from './in-process.js';
import { refused } from './refused.js';
import { temporaryFolder } from '../temporary-folder.js';

interface Result {
  schedule: string;
  final: Record<string, { mean: number; ci95: [number, number] | null }>;
  remedies?: Record<string, number>;
  exactGap: number | null;
  gradients: number;
  evaluations: number;
  trace: { step: number; gap: number; maxGap: number; dpo: number; sft: number }[];
  provenance: { version: string; command: string; seed: number; problemHash: string };
}

const folder = temporaryFolder();
let [closedForm, plane, logLinear] = ['', '', ''];
beforeAll(() => {
  closedForm = fileIn(folder, 'closed-form.json', closedFormFile(0.3));
  plane = fileIn(folder, 'plane.json', planeFile());
  logLinear = fileIn(folder, 'log-linear.json', logLinearFile());
});

const run = async (file: string, ...args: string[]): Promise<Result> =>
  (await answeredJson(['run', file, ...args, '--json'])) as Result;

// Some start processes, or load modules through tsx.
vi.setConfig({ testTimeout: 240_000 });

describe('forgetting run', () => {
  it.each([
    ['compiled', ['forgetting.js']],
    ['through tsx', ['--import', 'tsx', 'src/cli.ts']],
  ])('works from the checkout, %s, workers included', async (_how, words) => {
    const args = ['run', plane, '--schedule', 'alright', '--steps', '50', '--seeds', '9', '--json'];
    const checkout = spawnSync(process.execPath, [...words, ...args, '--workers', '2'], { encoding: 'utf8' });
    expect(checkout.status).toBe(0);
    expect(JSON.parse(checkout.stdout)).toEqual(await answeredJson(args));
  });

  it('works from a checkout in a folder with a space and an accent, whose packages are linked, and keeps rows there', () => {
    const checkout = join(folder, 'a house, à part');
    const parts = ['src', 'experiments', 'figures', 'bench', 'compile.js', 'forgetting.js', 'package.json'];
    for (const part of [...parts, 'package-lock.json']) cpSync(part, join(checkout, part), { recursive: true });
    symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'));
    const words = [
      'sweep',
      plane,
      '--schedules',
      'alright',
      '--steps',
      '5',
      '--seeds',
      '2',
      '--workers',
      '2',
      '--json',
    ];
    const swept = (file: string): unknown => {
      const { stdout, stderr } = spawnSync(process.execPath, [file, ...words], { cwd: folder, encoding: 'utf8' });
      expect(stderr).toBe('');
      return (JSON.parse(stdout) as { rows: unknown }).rows;
    };
    expect(swept(join(checkout, 'forgetting.js'))).toEqual(swept(resolve('forgetting.js')));
  });

  it('shows what the paper is about: Sequential keeps the gap 2λ², ALRIGHT does not', async () => {
    const common = ['--lambda', '0.5', '--steps', '2000', '--seeds', '100', '--step-size', '0.5/sqrt(t)'];
    const sequential = await run(closedForm, '--schedule', 'sequential', '--order', 'dpo-sft', ...common);
    const alright = await run(closedForm, '--schedule', 'alright', ...common);
    expect(sequential.final.gap.mean).toBeCloseTo(0.5, 1);
    expect(alright.final.gap.mean).toBeLessThan(0.02);
    for (const { final, exactGap } of [sequential, alright]) {
      const [low, high] = final.gap.ci95 ?? [NaN, NaN];
      // The exact expectation lies near the interval: within twice its width.
      expect(Math.abs((exactGap ?? NaN) - (low + high) / 2)).toBeLessThan(high - low);
    }
    expect(alright.provenance).toMatchObject({ version: '0.1.0', seed: 0 });
    expect(alright.provenance.command).toMatch(/^forgetting run .* --schedule alright .* '0\.5\/sqrt\(t\)' --json$/);
    expect(alright.provenance.problemHash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('prints the same bytes for any number of workers', async () => {
    const words = ['run', logLinear, '--schedule', 'maxright', '--period', '5', '--seeds', '23', '--steps', '200'];
    words.push('--trace', '50', '--json');
    const { stdout: alone } = await answered(words);
    expect(alone.length).toBeGreaterThan(500);
    for (const workers of ['1', '2', '5'])
      expect((await answered([...words, '--workers', workers])).stdout).toBe(alone);
  });

  it('traces θ_0, every so many steps, and θ_T', async () => {
    const { trace, final } = await run(plane, '--schedule', 'mix', '--steps', '25', '--seeds', '3', '--trace', '10');
    expect(trace.map(({ step }) => step)).toEqual([0, 10, 20, 25]);
    expect(trace[3].gap).toBe(final.gap.mean);
  });

  it('takes remedies in stage two of Sequential, and says so', async () => {
    const words = [
      '--schedule',
      'sequential',
      '--lambda',
      '0.5',
      '--steps',
      '400',
      '--seeds',
      '4',
      '--step-size',
      '0.1',
    ];
    const { remedies, exactGap, final } = await run(closedForm, ...words, '--l2-anchor', '1', '--average', '0.9');
    expect(remedies).toEqual({ l2Anchor: 1, average: 0.9 });
    expect(exactGap).toBeNull();
    // They are of the points of the run, not of what the average hands over.
    expect(final).not.toHaveProperty('averageGap');
    expect(final).not.toHaveProperty('averageMaxGap');
    expect(final.gap.mean).toBeLessThan((await run(closedForm, ...words)).final.gap.mean / 5);
  });

  it('numbers its seeds from --seed on', async () => {
    const one = async (seed: string): Promise<number> =>
      (await run(plane, '--schedule', 'alright', '--steps', '20', '--seeds', '1', '--seed', seed)).final.dpo.mean;
    const both = (await run(plane, '--schedule', 'alright', '--steps', '20', '--seeds', '2', '--seed', '6')).final.dpo;
    expect(both.mean).toBeCloseTo(((await one('6')) + (await one('7'))) / 2, 14);
  });

  it('takes several λ, as a list, a range, and again', async () => {
    const words = ['run', plane, '--schedule', 'mix', '--steps', '20', '--seeds', '3', '--json'];
    const several = (await answeredJson([...words, '--lambda', '0.1:0.3:0.1', '--lambda', '1,0'])) as {
      runs: (Result & { lambda: number })[];
    };
    expect(several.runs.map(({ lambda }) => lambda)).toEqual([0.1, 0.2, 0.3, 1, 0]);
    const alone = (await answeredJson([...words, '--lambda', '0.3'])) as Result;
    expect(several.runs[2].final).toEqual(alone.final);
  });

  it('says what two stages forget: the rise of the first objective through stage two', async () => {
    const words = ['--schedule', 'sequential', '--split', '30,10', '--steps', '40', '--seeds', '3'];
    const { final, trace } = await run(plane, ...words, '--trace', '30');
    expect(trace.map(({ step }) => step)).toEqual([0, 30, 40]);
    expect(final.forgetting.mean).toBeCloseTo(trace[2].sft - trace[1].sft, 12);
    // The end of stage one is no step of the trace, nor of the rows, unless it was asked for.
    const other = await run(plane, ...words, '--trace', '20');
    expect(other.trace.map(({ step }) => step)).toEqual([0, 20, 40]);
    expect(other.final).toEqual(final);
    for (const none of [['mix'], ['dpo'], ['sequential', '--split', '0,10']]) {
      const { final: without } = await run(plane, '--schedule', ...none, '--steps', '10', '--seeds', '2');
      expect(without, none.join(' ')).not.toHaveProperty('forgetting');
    }
  });

  it('does one seed where nothing is random', async () => {
    const noiseless = fileIn(folder, 'noiseless.json', closedFormFile(0));
    const interval = async (...words: string[]) =>
      (await run(noiseless, ...words, '--steps', '9', '--seeds', '4')).final.gap.ci95;
    expect(await interval('--schedule', 'maxright')).toBeNull();
    expect(await interval('--schedule', 'alright', '--lambda', '1')).toBeNull();
    expect(await interval('--schedule', 'alright')).not.toBeNull();
    expect(await interval('--schedule', 'maxright', '--value-noise', '2')).not.toBeNull();
  });

  it('has an exact gap only where the recursion holds', async () => {
    const ball = fileIn(folder, 'ball.json', planeFile({ radius: 3 }));
    const exact = async (file: string, schedule: string): Promise<number | null> =>
      (await run(file, '--schedule', schedule, '--steps', '10', '--seeds', '2')).exactGap;
    expect(await exact(plane, 'mix')).toBeGreaterThan(0);
    expect(await exact(plane, 'maxright')).toBeNull();
    expect(await exact(ball, 'mix')).toBeNull();
    expect(await exact(logLinear, 'mix')).toBeNull();
  });

  it("runs a user's own schedule", async () => {
    const mine = fileIn(
      folder,
      'mine.ts',
      `import * as z from '${import.meta.resolve('zod')}';
       const stage = z.int().min(1).default(1).meta({ description: 'steps in a row', value: 'n' });
       export default { name: 'alternate', description: 'each objective in its turn', settings: z.object({ stage }),
         init: ({ stage }: { stage: number }) => ({ stage }),
         distribution: ({ stage }: { stage: number }, step: number) => [
           { choice: Math.ceil(step / stage) % 2 === 1 ? { dpo: 1, sft: 0 } : { dpo: 0, sft: 1 }, probability: 1 }] };`,
    );
    const words = ['--schedule', mine, '--seeds', '5'];
    const alternate = await run(closedForm, ...words);
    expect(alternate.schedule).toBe('alternate');
    expect(alternate.final.gap.mean).toBeLessThan(0.01);
    const inThreads = forgettingJson(['run', closedForm, ...words, '--json', '--workers', '2']);
    expect(inThreads).toEqual(alternate);
    // Node reads JavaScript itself, but not what this one imports.
    const through = fileIn(folder, 'through.mjs', "export { default } from './mine.ts';");
    const imported = forgettingJson(['run', closedForm, '--schedule', through, '--seeds', '5', '--json']) as Result;
    expect([imported.schedule, imported.final]).toEqual(['alternate', alternate.final]);
    expect((await run(closedForm, ...words, '--stage', '500')).final.gap.mean).toBeGreaterThan(0.4);
    expect(await answered(['run', closedForm, ...words, '--stage', '0'])).toMatchObject({ code: 2, stdout: '' });
    expect((await answered(['run', '--schedule', mine, '--help'])).stdout).toMatch(
      /--stage <n> +steps in a row \(default: 1\)/,
    );
    const empty = fileIn(folder, 'empty.ts', 'export default { name: "empty" };');
    expect(await answered(['run', closedForm, '--schedule', empty])).toMatchObject({ code: 2, stdout: '' });
    const twin = fileIn(
      folder,
      'twin.mjs',
      'export default { name: "twin", label: "Mix", init: () => 0, distribution: () => [] };',
    );
    expect((await answered(['run', closedForm, '--schedule', twin])).stderr).toMatch(
      /twin\.mjs: label: got "Mix", expected a label that no schedule of the package has\n$/,
    );
  });

  it.each([
    [['--schedule', 'fastright'], /schedule: got "fastright"/],
    [['--schedule', 'alright', '--lambda', '1.5'], /lambda: got 1.5, expected a number in \[0, 1\]/],
    [['--schedule', 'alright', '--lambda', 'half'], /lambda: got "half"/],
    [['--schedule', 'alright', '--lambda', '0.2,0.2'], /lambda: got 0.2, expected each λ once/],
    [['--schedule', 'alright', '--lambda', '0:1:0'], /lambda: got "0:1:0", expected a range from:to:step/],
    [['--schedule', 'mix', '--per-seed'], /per-seed: got true, expected --out with it: the rows need a file/],
    [['--schedule', 'maxright', '--period', '0'], /period: got "0"/],
    [['--schedule', 'mix', '--steps', '0'], /steps: got "0"/],
    [
      ['--schedule', 'sequential', '--split', '3,4'],
      /split: got \[3,4\], expected two whole numbers that sum to the 1000 steps/,
    ],
    [['--schedule', 'sequential', '--split', '3'], /split: got "3"/],
    [['--schedule', 'sequential', '--order', 'sft'], /order: got "sft"/],
    [['--schedule', 'mix', '--step-size', '1/n'], /step-size: got "1\/n"/],
    [['--schedule', 'mix', '--step-size', 'import("fs")'], /step-size: got/],
    [
      ['--schedule', 'mix', '--step-size', '5'],
      /step-size: got 5, expected smaller steps: the run of seed 0 diverged at step \d+/,
    ],
    [['--schedule', 'mix', '--seeds', '0'], /seeds: got "0"/],
    [['--schedule', 'mix', '--value-noise', '-1'], /value-noise: got -1/],
    [[], /required option '--schedule/],
    [['--schedule', 'mix', '--frobnicate'], /unknown option '--frobnicate'/],
    [['--schedule', 'mix', '--l2-anchor', '1'], /l2-anchor: got 1, expected the schedule sequential with it, not mix/],
    [['--schedule', 'sequential', '--average', '1.5'], /average: got "1.5", expected a number in \[0, 1\]/],
    [['--schedule', 'mix', '--period', '3'], /period: got "3", expected the schedule maxright with it, not mix/],
  ])('refuses %j in one line, with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await refused(runCommand(), ['run', plane, ...args]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('forgetting run --out', () => {
  const args = (out: string): string[] => {
    const settings = ['--schedule', 'maxright', '--steps', '40', '--trace', '10', '--seeds', '4', '--json'];
    return ['run', closedForm, ...settings, '--out', out];
  };

  it('writes CSV, and a row per seed, whose mean is the row of all', async () => {
    const [csv, lines] = [`${folder}/seeds.csv`, `${folder}/all.jsonl`];
    await answeredJson([...args(csv), '--per-seed']);
    await answeredJson(args(lines));
    const seeds = csvParse(readFileSync(csv, 'utf8'));
    expect(seeds).toHaveLength(4 * 5);
    expect(seeds.filter(({ step }) => step === '40').map(({ seed }) => seed)).toEqual(['0', '1', '2', '3']);
    const all = JSON.parse(readFileSync(lines, 'utf8').trim().split('\n')[4]) as Record<string, number>;
    expect(mean(seeds, ({ step, gap }) => (step === '40' ? Number(gap) : undefined))).toBeCloseTo(all.gap, 12);
    expect(seeds[0].gapLow).toBe('');
  });

  it('writes a row for every recorded step, the same as JSONL and as Parquet, ending at what is printed', async () => {
    const [lines, table] = [`${folder}/rows.jsonl`, `${folder}/rows.parquet`];
    const printed = (await answeredJson(args(lines))) as Result;
    await answeredJson(args(table));
    const rows = readFileSync(lines, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number | string | null>);
    expect(rows.map(({ step }) => step)).toEqual([0, 10, 20, 30, 40]);
    const last = rows[rows.length - 1];
    for (const [name, { mean, ci95 }] of Object.entries(printed.final)) {
      expect([last[name], last[`${name}Low`], last[`${name}High`]]).toEqual([mean, ...(ci95 ?? [null, null])]);
    }
    expect(last).toMatchObject({
      schedule: 'maxright',
      gradients: printed.gradients,
      evaluations: printed.evaluations,
    });
    expect(last.dpoSteps).toBeGreaterThan(0);
    expect(last.dpoSteps).toBeLessThan(40);
    const { buffer, byteOffset, byteLength } = readFileSync(table);
    const file = buffer.slice(byteOffset, byteOffset + byteLength);
    expect(await parquetReadObjects({ file })).toEqual(rows);
  });

  it('refuses other endings before it runs', async () => {
    const { code, stderr } = await answered(args(`${folder}/rows.txt`));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^forgetting: out: got ".*rows\.txt", expected a file ending in \.jsonl, \.parquet or \.csv\n$/,
    );
  });
});
