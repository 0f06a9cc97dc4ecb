import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { curvesOf } from '../../figures/rows/curves.js';
import { readRuns } from '../../figures/rows/read.js';
import { grouped } from '../../src/base/grouped.js';
import { lookOf } from '../../src/figure/theme.js';
import { readExperiment, type ExperimentResults } from '../../src/study/read-results.js';
import type { TuningRow } from '../../src/study/results.js';
import type { ExperimentReport } from '../../src/study/execute.js';
import type { Finished } from '../cli/command.js';
import { answered } from '../cli/in-process.js';
import { startLlm, withOptions, type Ended } from '../llm/command.js';
import { temporaryFolder } from '../temporary-folder.js';
import { writeToyFiles, type ToyFiles } from '../llm/toy.js';

// Each test runs the command line, some of them several times.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const folder = temporaryFolder();
const cache = join(folder, 'cache');
let files: ToyFiles;

/** The words of an experiment of a few steps a run: one split and three joint schedules in each comparison. */
function words(out: string, ...more: string[]): string[] {
  const { model, sft, preferences } = files;
  const data = ['--model', model, '--sft', sft, '--preferences', preferences, '--max-length', '48'];
  const counts = ['--sft-examples', '3', '--preference-pairs', '3', '--held-out-examples', '1'];
  const scale = [
    '--steps',
    '4',
    // Hardly longer than the longest run, so that one of those passes an optimum.
    ...['--optimum-steps', '10'],
    '--horizons',
    '2',
    '--seeds',
    '1',
    '--lambdas',
    '0.5',
    '--period',
    '3',
    ...['--learning-rate-factors', '1', '--sensitivity-seeds', '0'],
  ];
  const training = ['--sft-batch', '2', '--preference-batch', '2', '--learning-rate', '1e-2', '--backend', 'wasm'];
  const folders = ['--cache', cache, '--out', out];
  const figures = more.includes('--figures') ? [] : ['--no-figures'];
  return withOptions(['experiment', ...data, ...counts, ...scale, ...training, ...folders, ...figures], more);
}

function start(commandWords: readonly string[]) {
  return startLlm(commandWords, { FORGETTING_DATA: '' });
}

function experiment(...more: string[]): Promise<Ended> {
  return start(more).ended;
}

/** A command that makes no run, in this process. */
async function answer(...more: string[]): Promise<Finished> {
  vi.stubEnv('FORGETTING_DATA', '');
  try {
    return await answered(['llm', ...more]);
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Every file of an experiment but those that hold what the clock says, and what a kill left of one being written. */
function contents(out: string): Map<string, string> {
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).sort();
  const kept = names.filter((name) => statSync(join(out, name)).isFile() && !/timing|cost|\.unfinished$/.test(name));
  return new Map(kept.map((name) => [name, readFileSync(join(out, name)).toString('base64')]));
}

/** A schedule of one's own: both gradients at every step, DPO's with a weight that is a setting. */
const ownSchedule = `
import * as z from '${new URL('../../node_modules/zod/index.js', import.meta.url).href}';
const settings = z.object({ dpoWeight: z.number().default(0.5).meta({ description: 'weight of DPO', value: 'w' }) });
export default {
  name: 'constant',
  label: 'Constant',
  settings,
  init: (given) => settings.parse({ dpoWeight: given.dpoWeight }),
  distribution: ({ dpoWeight }) => [{ choice: { dpo: dpoWeight, sft: 1 - dpoWeight }, probability: 1 }],
};
`;

const whole = join(folder, 'whole');
let first: Ended;
beforeAll(async () => {
  files = await writeToyFiles(folder);
  first = await experiment(...words(whole, '--workers', '2', '--json'));
});

describe('an experiment', () => {
  it('by two processes on one folder at once ends with the bytes of an undisturbed one, or in one line', async () => {
    const out = join(folder, 'shared');
    const given = words(out, '--workers', '1', '--cache', join(folder, 'shared-cache'));
    const ended = await Promise.all([experiment(...given), experiment(...given)]);
    // 1: finished, and it shows nothing.
    expect(ended.map(({ code }) => code)).toContain(1);
    for (const { code, stderr } of ended) {
      expect([1, 2]).toContain(code);
      if (code === 2) expect(stderr).toMatch(/^(?:wasm: [^\n]*\n)?forgetting: [^\n]*\n$/);
    }
    expect(contents(out)).toEqual(contents(whole));
  });

  it('runs both comparisons and says why one with a poor optimum shows nothing: exit code 1', () => {
    expect([first.code, first.stderr]).toEqual([1, expect.stringMatching(/^wasm: [^\n]*\n$/)]);
    const { summary, overhead } = JSON.parse(first.stdout) as ExperimentReport;
    const long = summary.checks.filter(({ statement }) => statement.includes('half of the way'));
    expect(long).toHaveLength(4);
    const failed = summary.checks.filter(({ passed }) => !passed).map(({ statement }) => statement);
    expect(failed).toEqual(['no compared run passes an optimum']);
    const kinds = ['sequential', 'mix', 'alright', 'maxright'];
    for (const comparison of ['sft-dpo', 'dpo-sft']) {
      const rows = summary.rows.filter((row) => row.comparison === comparison);
      expect(rows.map(({ schedule }) => schedule.split('-')[0])).toEqual(kinds);
      expect(overhead.filter((row) => row.comparison === comparison)).toHaveLength(4);
    }
    expect(summary.claims.map(({ claim }) => claim)).toContain('MAXRIGHT ends with a smaller F_max than ALRIGHT');
    expect(new Set(summary.claims.map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
  });

  it('shares start, reference, f_DPO and optima within a comparison, and measures gaps from the optima', async () => {
    const { results, optima, choices, cost } = await readExperiment(whole);
    for (const comparison of ['sft-dpo', 'dpo-sft'] as const) {
      const own = results.filter((row) => row.comparison === comparison);
      const starts = own.filter(({ step }) => step === 0);
      expect(starts).toHaveLength(6);
      expect(new Set(starts.map(({ dpo, sft }) => `${dpo} ${sft}`)).size).toBe(1);
      for (const row of own) {
        expect(row.dpoGap).toBeCloseTo(row.dpo - optima[comparison].dpo, 12);
        expect(row.idealDistance).toBeCloseTo(Math.hypot(row.dpoGap, row.sftGap), 12);
        expect(row.gap).toBeGreaterThanOrEqual(0);
      }
      const F = own.map(({ dpo, sft }) => (dpo + sft) / 2);
      const best = own[F.indexOf(Math.min(...F))];
      expect(best.gap).toBe(0);
    }
    expect(optima['sft-dpo'].sft).toBe(optima['dpo-sft'].sft);
    expect(choices.map(({ step }) => step)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    const mix = cost.find(({ schedule }) => schedule === 'mix');
    expect(mix).toMatchObject({ dpoGradients: 4, sftGradients: 4, lossEvaluations: 0 });
    const maxright = cost.filter(({ schedule }) => schedule === 'maxright');
    for (const row of maxright) {
      expect(row.dpoGradients + row.sftGradients).toBe(4);
      // Steps 1 and 4 of period 3.
      expect(row.lossEvaluations).toBe(4);
    }
  });

  it('gives the same bytes with one worker, and killed and gone on with', async () => {
    const out = join(folder, 'killed');
    const command = words(out, '--workers', '1');
    const running = start(command);
    while (!existsSync(join(out, 'runs/sft-dpo')) && running.process.exitCode === null) await wait(5);
    running.process.kill('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');
    // The rest with activations recomputed: it changes no number, and only the summary says so.
    const { code, stdout } = await experiment(...command, '--recompute');
    expect(code).toBe(1);
    const summaryOf = (path: string): ExperimentReport['summary'] =>
      JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8')) as ExperimentReport['summary'];
    expect(summaryOf(out).settings).toEqual({ ...summaryOf(whole).settings, recompute: true });
    expect((await answer(...command)).code).toBe(1);
    expect(stdout).toContain('FAIL  no compared run passes an optimum');
    const [expected, found] = [contents(whole), contents(out)];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [name, content] of expected) expect(found.get(name) === content, name).toBe(true);

    // Judged anew under budgets of one's own: no run is made, and only what is said of them differs.
    const { stdout: judged } = await answer(...words(out, '--budgets', '0,1e6', '--json'));
    const { summary } = JSON.parse(judged) as ExperimentReport;
    expect(summary.settings.budgets).toEqual([0, 1e6]);
    for (const { comparison, budgets } of summary.fronts) {
      expect(budgets.map(({ forgetAtMost }) => forgetAtMost)).toEqual([0, 1e6]);
      // Everything is within a million nats: the least held-out f_DPO of all ends.
      const ends = summary.rows.filter((row) => row.comparison === comparison);
      const least = ends.reduce((best, row) => (row.heldOutDpo.mean < best.heldOutDpo.mean ? row : best));
      expect(budgets[1].choice).toMatchObject({ schedule: least.schedule, lambda: least.lambda });
    }
    const anew = contents(out);
    const differing = [...expected].flatMap(([name, content]) => (anew.get(name) === content ? [] : [name]));
    expect(differing).toEqual(['command.txt', 'contents.json', 'summary.json']);
  });

  it('does not mix two experiments in one folder', async () => {
    const { code, stderr } = await answer(...words(whole, '--seed', '5'));
    expect(code).toBe(2);
    expect(stderr).toContain(`forgetting: seed: got 5, expected 0, as the run in ${whole} began\n`);
  });
});

describe('its figures', () => {
  it('are drawn at the end, from a finished folder without a run, with the command that made it', async () => {
    const figures = join(folder, 'figures');
    const { code, stdout, stderr } = await experiment(
      ...words(whole, '--workers', '2', '--figures', figures, '--json'),
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(first.stdout));
    expect(stderr).toContain(`all of them: ${join(figures, 'index.html')}`);
    const page = readFileSync(join(figures, 'index.html'), 'utf8');
    const names = [
      'theory-and-experiment',
      ...['trade-off', 'gaps', 'forgetting', 'cost', 'choices'].map((name) => `llm-${name}`),
    ];
    for (const name of names) {
      expect(page).toContain(`<figure id="${name}">`);
      expect(
        readFileSync(join(figures, `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    expect(page).toContain(`<code>${readFileSync(join(whole, 'command.txt'), 'utf8').trim()}</code> · seed 0`);
    expect(page).toMatch(/forgetting llm experiment --model \S+ --sft \S+ .*--backend wasm --preset synthetic</);
    expect(page).not.toContain('--out');
  });
});

describe('refuses in one line', () => {
  const cases: readonly (readonly [name: string, more: readonly string[], message: string])[] = [
    ['a stage without a step', ['--steps', '1'], 'steps: got 1, expected at least 2, one for each stage'],
    [
      'optima from runs as short as the compared ones',
      ['--optimum-steps', '8'],
      'expected more than the 8 of the longest',
    ],
    [
      'an optimum of DPO from a run as short as the compared ones',
      ['--dpo-optimum-steps', '8'],
      'dpo-optimum-steps: got 8, expected more than the 8 of the longest',
    ],
    ['a factor twice', ['--learning-rate-factors', '1,1'], 'learning-rate-factors: got [1,1], expected different'],
    [
      'a budget below 0',
      ['--budgets', '0.1,-1'],
      'budgets: got [0.1,-1], expected different numbers of nats, each ≥ 0',
    ],
    ['a budget that is no number', ['--budgets', '0.1,'], 'budgets: got "", expected a'],
    ['a weight twice', ['--lambdas', '0.5,0.5'], 'lambdas: got 0.5, expected each λ once'],
    ['too long sequences', ['--max-length', '100'], 'max-length: got 100, expected at most 96'],
    ['too few records', ['--sft-examples', '90'], 'expected at least 92, or a larger --max-length'],
    ['a missing file', ['--preferences', 'nowhere.jsonl'], 'nowhere.jsonl: got "no such file"'],
    ['a conflict of real data', ['--conflict', '0.5'], 'conflict: got 0.5, expected the preset synthetic'],
    ['a run that there is not', ['--run', '999'], 'run: got 999, expected a number from 1 to 18'],
    ['an unknown preset', ['--preset', 'gpt9'], 'preset: got "gpt9", expected synthetic, stories260k'],
  ];
  it('learning rates of which there is no other, and with which runs diverge', async () => {
    const said = async (factors: string, rate: string): Promise<string | undefined> => {
      const more = ['--learning-rate-factors', factors, '--learning-rate', rate];
      const { code, stderr } = await answer(...words(join(folder, `diverged ${factors}`), ...more));
      expect(code).toBe(2);
      return stderr.trim().split('\n').at(-1);
    };
    expect(await said('1e29,1e30', '1e-2')).toBe(
      'forgetting: learning-rate-factors: got [1e+29,1e+30], expected a factor with which sft alone does not diverge',
    );
    // A run that no rate was chosen for is named by its folder.
    expect(await said('1', '1e28')).toMatch(
      /^forgetting: .*diverged 1\/preparation\/\S+: \S.*: got (NaN|Infinity), expected a finite/,
    );
  });

  it.each(cases)('%s', async (name, more, message) => {
    const { code, stderr } = await answer(...words(join(folder, `refused: ${name}`), ...more));
    expect(code).toBe(2);
    const lines = stderr.trim().split('\n');
    expect(lines.at(-1)).toContain(message);
    expect(lines.filter((line) => line.startsWith('forgetting: '))).toHaveLength(1);
  });
});

describe('schedules of a user', () => {
  it('are compared with Sequential, under their own options, and are what llm train runs', async () => {
    const module = join(folder, 'constant.mjs');
    writeFileSync(module, ownSchedule);
    const out = join(folder, 'own');
    const loss = ['--preference-loss', 'ipo', '--beta', '0.5'];
    const chosen = [
      ...['--schedules', `mix,${module}`, '--dpo-weight', '0.25', '--horizons', 'none', '--json'],
      ...['--learning-rate-factors', '0.25,1,1e30', '--sensitivity-seeds', '1', '--seeds', '2'],
      ...loss,
    ];
    // The period is MAXRIGHT's, which is not among them.
    const refused = await answer(...words(join(folder, 'refused'), ...chosen));
    const { code, stdout, stderr } = await experiment(...withoutPeriod(words(out, ...chosen)));
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/^forgetting: period: got "3", expected/),
    ]);
    expect(stderr).toMatch(/^wasm: [^\n]*\n$/);
    const { summary } = JSON.parse(stdout) as ExperimentReport;
    expect(code).toBe(summary.checks.every(({ passed }) => passed) ? 0 : 1);
    expect(new Set(summary.rows.map(({ schedule }) => schedule))).toEqual(
      new Set(['sequential-sft-dpo', 'sequential-dpo-sft', 'mix', 'constant']),
    );
    const training = { preferenceLoss: 'ipo', beta: 0.5 };
    expect(summary.settings).toMatchObject({ schedules: ['mix', module], dpoWeight: 0.25, training });
    // Mix at λ = ½ weighs DPO by ½, this one by ¼: other ends from the same start.
    const end = (schedule: string) => summary.rows.find((row) => row.schedule === schedule)?.sft.mean;
    expect(end('constant')).not.toBe(end('mix'));
    // By its label in claims, tables and figures.
    expect(summary.ownLabels).toEqual({ constant: 'Constant' });
    const named = summary.claims.filter(({ claim }) => /constant/i.test(claim));
    expect(named.length).toBeGreaterThan(0);
    for (const { claim } of named) expect(claim).toMatch(/Constant/);
    const found = await readExperiment(out);
    expect(lookOf('constant').label).toBe('Constant');
    expect(found.results.some(({ schedule }) => schedule === 'constant')).toBe(true);
    await checkRunFolders(join(out, 'runs/sft-dpo'));
    checkTuning(found);
    checkReferences(found);
    checkSensitivity(found);

    const { model, sft, preferences } = files;
    const data = ['--model', model, '--sft', sft, '--preferences', preferences, '--max-length', '48', '--cache', cache];
    const train = ['train', ...data, '--backend', 'wasm', '--steps', '2', '--json', ...loss, '--schedule'];
    const trained = await answer(...train, module, '--dpo-weight', '1', '--out', join(folder, 'trained'));
    expect(trained.code, trained.stderr).toBe(0);
    const { steps } = JSON.parse(trained.stdout) as { steps: { choice: string; loss: number }[] };
    expect(steps.map(({ choice }) => choice)).toEqual(['dpo', 'dpo']);
    // IPO's (0 − 1/(2β))² at the reference.
    expect(steps[0].loss).toBeCloseTo(1, 5);
  });
});

/** A figure of the runs' own folders calls the user's schedule by its label, as those of tables do. */
async function checkRunFolders(runs: string): Promise<void> {
  const ended = readdirSync(runs).filter((name) => !name.includes('alone'));
  const read = await Promise.all(ended.map((name) => readRuns(join(runs, name))));
  const { curves } = curvesOf(read.flat(), 'heldOutSftLoss');
  expect(curves.map(({ label }) => label)).toEqual(['Constant', 'Mix', 'Sequential, SFT→DPO']);
}

/** For each objective alone and each schedule, the factor with the least loss on the validation split is taken. */
function checkTuning({ tuning, results, settings }: ExperimentResults): void {
  const key = ({ about, comparison, schedule }: TuningRow): string => `${about} ${comparison} ${schedule}`;
  const grids = grouped(tuning, key);
  // SFT, DPO against two references, f_DPO* of each, and three schedules in both comparisons.
  expect(grids).toHaveLength(1 + 2 + 2 + 2 * 3);
  for (const whole of grids) {
    expect(whole.map(({ factor }) => factor)).toEqual([0.25, 1, 1e30]);
    expect(whole[2]).toMatchObject({ dpo: null, sft: null, value: null, chosen: false });
    const grid = whole.flatMap(({ dpo, sft, value, ...row }) =>
      dpo === null || sft === null || value === null ? [] : [{ ...row, dpo, sft, value }],
    );
    const fair = grid.filter(({ about, passesGuess }) => about !== 'dpo-optimum' && !passesGuess);
    const least = Math.min(...(fair.length > 0 ? fair : grid).map(({ value }) => value));
    expect(grid.filter(({ chosen }) => chosen).map(({ value }) => value)).toEqual([least]);
    for (const { about, comparison, value, dpo, sft } of grid) {
      if (about === 'dpo-optimum') {
        // The least loss on the data trained on: that of the chosen one is the first seed's f_DPO*.
        const [first] = results.filter((row) => row.comparison === comparison && row.seed === settings.seed);
        if (value === least) expect(value).toBeCloseTo(first.dpo - first.dpoGap, 12);
        continue;
      }
      expect(value).toBeCloseTo(about === 'schedule' ? (dpo + sft) / 2 : about === 'dpo' ? dpo : sft, 12);
    }
  }
  // Seeds draw other records: they begin with other losses.
  const starts = results.filter(({ step, schedule }) => step === 0 && schedule === 'mix');
  expect(new Set(starts.map(({ sft }) => sft)).size).toBe(settings.scale.seeds);
}

function checkReferences({ references, results, summary }: ExperimentResults): void {
  const of = (name: string) => references.filter(({ reference }) => reference === name);
  for (const name of ['start', 'untrained', 'uniform guess', 'SFT alone', 'DPO alone'])
    expect(of(name)).toHaveLength(4);
  for (const { comparison, seed, dpo, heldOutSft } of of('start')) {
    const row = results.find((one) => one.comparison === comparison && one.seed === seed && one.step === 0);
    expect([dpo, heldOutSft]).toEqual([row?.dpo, row?.heldOutSft]);
  }
  for (const { sft, dpo } of of('uniform guess')) expect([sft, dpo]).toEqual([summary.uniformGuess, Math.LN2]);
  // Weights of deviation 0.02 say nothing: all tokens are about as likely.
  for (const { sft } of of('untrained')) expect(Math.abs(sft - summary.uniformGuess)).toBeLessThan(0.1);
}

function checkSensitivity({ sensitivity, results }: ExperimentResults): void {
  // Two factors of two quantities, for three schedules in both comparisons.
  expect(sensitivity).toHaveLength(2 * 2 * 3 * 2);
  for (const row of sensitivity) {
    const same = results.find(
      (one) =>
        one.comparison === row.comparison &&
        one.schedule === row.schedule &&
        one.seed === row.seed &&
        one.step === one.steps,
    );
    expect(row.sft).not.toBe(same?.sft);
  }
}

function withoutPeriod(all: readonly string[]): string[] {
  const at = all.indexOf('--period');
  return all.filter((_, i) => i !== at && i !== at + 1);
}
