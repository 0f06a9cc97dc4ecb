import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { boundsOf } from '../../figures/rows/bounds.js';
import { curvesOf } from '../../figures/rows/curves.js';
import { rowsFigure } from '../../figures/rows/figure.js';
import { readRuns } from '../../figures/rows/read.js';
import { requireEnding, writeFigure } from '../../figures/rows/write.js';
import { stepSizes } from '../../src/schedule/step-size.js';
import { readProblem } from '../../src/convex/problem/read.js';
import { runBounds } from '../../src/theory/run-bounds.js';
import { problemSubject } from '../../src/theory/subject.js';
import { forgetting, fileIn } from '../cli/command.js';
import { closedFormFile } from '../problems.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const provenance = { command: 'forgetting figure', seed: 0, version: '0.0.0' };

interface TableRow {
  readonly step: number;
  readonly [column: string]: unknown;
}
const rowsOf = (name: string): TableRow[] =>
  readFileSync(at(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TableRow);
const read = async (...names: string[]) => (await Promise.all(names.map((name) => readRuns(at(name))))).flat();

beforeAll(() => {
  fileIn(folder, 'pair.json', closedFormFile(0.3));
  fileIn(
    folder,
    'own.mjs',
    'export default { name: "mine", label: "A schedule of mine", init: () => ({}), distribution: () => [{ choice: { dpo: 0.5, sft: 0.5 }, probability: 1 }] };',
  );
  const run = ['run', 'pair.json', '--steps', '200', '--trace', '10', '--seeds', '8', '--step-size', '0.5/sqrt(t)'];
  for (const [name, ...words] of [
    ['alright.jsonl', '--schedule', 'alright', '--lambda', '0.3'],
    ['alright.parquet', '--schedule', 'alright', '--lambda', '0.3'],
    ['own.jsonl', '--schedule', 'own.mjs'],
    ['sequential.jsonl', '--schedule', 'sequential', '--order', 'dpo-sft', '--lambda', '0.3'],
  ]) {
    const { code, stderr } = forgetting([...run, ...words, '--out', name], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
}, 120_000);

describe('a table of run --out', () => {
  test('is drawn with the numbers that it has, of JSONL and Parquet alike, in every form', async () => {
    const { curves, over } = curvesOf(await read('alright.jsonl', 'sequential.jsonl'), 'gap');
    expect(over).toBe('step');
    expect(curves.map(({ key, label }) => [key, label])).toEqual([
      ['alright', 'ALRIGHT'],
      ['sequential-dpo-sft', 'Sequential, DPO→SFT'],
    ]);
    const [own] = curvesOf(await read('own.jsonl'), 'gap').curves;
    expect([own.key, own.label]).toEqual(['mine', 'A schedule of mine']);
    // Another's schedule of the same name is another curve.
    fileIn(folder, 'theirs.jsonl', readFileSync(at('own.jsonl'), 'utf8').replaceAll('of mine', 'of theirs'));
    const both = curvesOf(await read('own.jsonl', 'theirs.jsonl'), 'gap').curves;
    expect(both.map(({ label }) => label)).toEqual(['A schedule of mine', 'A schedule of theirs']);
    const table = rowsOf('alright.jsonl');
    expect(curves[0].points.map(({ x, mean, low, high }) => ({ x, mean, low, high }))).toEqual(
      table.map(({ step, gap, gapLow, gapHigh }) => ({ x: step, mean: gap, low: gapLow, high: gapHigh })),
    );
    const plain = ({ points }: (typeof curves)[number]) => points.map(({ x, mean, low, high }) => [x, mean, low, high]);
    expect(plain(curvesOf(await read('alright.parquet'), 'gap').curves[0])).toEqual(plain(curves[0]));

    const figure = rowsFigure({ measure: 'gap', curves: { over, curves } });
    for (const name of ['gap.vl.json', 'gap.svg', 'gap.png', 'gap.pdf', 'again.svg', 'again.pdf']) {
      await writeFigure(at(name), figure, provenance);
    }
    const { data } = JSON.parse(readFileSync(at('gap.vl.json'), 'utf8')) as {
      data: { values: { curve: string; layer: string; mean: number }[] };
    };
    const drawn = data.values.filter(({ layer, curve }) => layer === 'curve' && curve === 'ALRIGHT');
    expect(drawn.map(({ mean }) => mean)).toEqual(table.map(({ gap }) => gap));
    expect(readFileSync(at('gap.png')).subarray(1, 4).toString()).toBe('PNG');
    for (const type of ['svg', 'pdf']) {
      expect(readFileSync(at(`again.${type}`)).equals(readFileSync(at(`gap.${type}`))), type).toBe(true);
    }
    expect(readFileSync(at('gap.pdf'), 'latin1')).toMatch(/^%PDF-[\s\S]*\/FontFile2/);
    expect(readFileSync(at('gap.svg'), 'utf8')).toMatch(/^<svg[^>]*><defs><style>@font-face\{font-family:Inter;/);
  });

  test('has the bounds of the statements, each at the steps and with the step sizes of the run', async () => {
    const { curves } = curvesOf(await read('alright.jsonl', 'sequential.jsonl'), 'gap');
    const { bounds } = await boundsOf(curves, 'gap', at('pair.json'));
    const subject = problemSubject('pair', await readProblem(at('pair.json')), 0.3);
    const run = { schedule: 'sequential', order: 'dpo-sft' as const, stepSizes: stepSizes('0.5/sqrt(t)', 200) };
    const limit = runBounds(subject, run).find(({ theorem }) => theorem.id === 'S.limit');
    const drawn = bounds.find(({ id }) => id === 'S.limit');
    expect(drawn?.points).toEqual([
      { x: 200, value: limit !== undefined && 'after' in limit ? limit.after(200) : NaN },
    ]);
    // At −1, where f_SFT is least, F_λ = 2λ; its minimum is 2λ(1 − λ).
    expect(drawn?.points[0].value).toBeCloseTo(2 * 0.3 ** 2, 9);
    for (const { kind, points, curve } of bounds) {
      if (kind === 'lower') continue;
      for (const { x, value } of points) {
        const measured = curve.points.find((point) => point.x === x)?.low ?? NaN;
        expect(measured).toBeLessThanOrEqual(value);
      }
    }
    const { rows } = rowsFigure({ measure: 'gap', curves: { over: 'step', curves }, bounds });
    expect(rows.filter(({ layer }) => layer === 'limit').map(({ mean }) => mean)).toEqual([drawn?.points[0].value]);
  });

  test('runs of several numbers of steps with one row each are one curve over T', async () => {
    const ends = rowsOf('alright.jsonl').filter(({ step }) => step === 200);
    writeFileSync(at('ends.jsonl'), [50, 100].map((T) => JSON.stringify({ ...ends[0], steps: T, step: T })).join('\n'));
    const { over, curves } = curvesOf([...(await read('ends.jsonl'))], 'gap');
    expect(over).toBe('steps');
    expect(curves.map(({ label, points }) => [label, points.map(({ x }) => x)])).toEqual([['ALRIGHT', [50, 100]]]);
  });

  test('curves of one schedule say what tells them apart, and share its dash and shape', async () => {
    const other = rowsOf('alright.jsonl').map((row) => JSON.stringify({ ...row, lambda: 0.5 }));
    writeFileSync(at('half.jsonl'), other.join('\n'));
    const curves = curvesOf(await read('alright.jsonl', 'half.jsonl'), 'gap');
    expect(curves.curves.map(({ label }) => label)).toEqual(['ALRIGHT, λ = 0.3', 'ALRIGHT, λ = 0.5']);
    await writeFigure(at('two.vl.json'), rowsFigure({ measure: 'gap', curves }), provenance);
    expect(readFileSync(at('two.vl.json'), 'utf8')).toContain('"range":["circle","circle"]');
  });
});

describe('run folders of llm train', () => {
  const settings = { schedule: 'alright', lambda: 0.5, steps: 4, beta: 0.1 };
  const losses = [
    [1, 0.5],
    [2, 0.7],
    [3, 0.2],
  ];
  losses.forEach((loss, seed) => {
    mkdirSync(at(`run-${seed}`));
    fileIn(at(`run-${seed}`), 'settings.json', { ...settings, seed });
    const evaluations = loss.map((sftLoss, i) => JSON.stringify({ step: 4 * i, sftLoss, sftGap: null }));
    fileIn(at(`run-${seed}`), 'evaluations.jsonl', `${evaluations.join('\n')}\n`);
    const steps = [1, 2].map((step) => JSON.stringify({ step, choice: 'sft', loss: step + seed, sftLoss: 9 }));
    fileIn(at(`run-${seed}`), 'steps.jsonl', `${steps.join('\n')}\n`);
  });
  const names = losses.map((_, seed) => `run-${seed}`);

  test('of several seeds are one curve with its mean and 95 % band; evaluations come before minibatches', async () => {
    const [{ label, points }] = curvesOf(await read(...names), 'sftLoss').curves;
    expect(label).toBe('ALRIGHT');
    expect(points.map(({ x, mean }) => [x, mean])).toEqual([
      [0, 2],
      [4, expect.closeTo(1.4 / 3, 12)],
    ]);
    // Student's quantile of 2 degrees of freedom, 4.302653, times 1/√3.
    expect(points[0].high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
    const [{ points: one }] = curvesOf(await read('run-1'), 'loss').curves;
    expect(one.map(({ x, mean, low }) => [x, mean, low])).toEqual([
      [1, 2, null],
      [2, 3, null],
    ]);
    const ofSteps = curvesOf(await read('run-0/steps.jsonl'), 'sftLoss').curves[0];
    expect(ofSteps.points.map(({ mean }) => mean)).toEqual([9, 9]);
  });

  test('have no bounds', async () => {
    const { curves } = curvesOf(await read('run-0'), 'sftLoss');
    await expect(boundsOf(curves, 'sftLoss')).rejects.toThrow(
      /^bounds: got ".*run-0", expected rows of forgetting run/,
    );
  });
});

describe('what cannot be drawn is refused by name', () => {
  const gap = async (...names: string[]) => curvesOf(await read(...names), 'gap').curves;

  test('an unknown measure, with those that the file has', async () => {
    const runs = await read('alright.jsonl');
    expect(() => curvesOf(runs, 'gop')).toThrow(/^measure: got "gop", expected what .*alright\.jsonl has: gap, maxGap/);
  });

  test.each([
    ['pair.json', /pair\.json:1: got ".*", expected rows of forgetting run --out, the folder/],
    ['nothing.jsonl', /nothing\.jsonl: got "no such file"/],
    ['.', /got "a folder without settings\.json"/],
  ])('%s, which is no table', async (name, message) => {
    await expect(read(name)).rejects.toThrow(message);
  });

  test('one run twice, another ending, and bounds on two problems, an unknown or another one', async () => {
    const twice = await read('alright.jsonl', 'alright.parquet');
    expect(() => curvesOf(twice, 'gap')).toThrow('each run only once');
    const log = [2, 1.5, 9.5].map((sft_loss, i) => ({ step: Math.min(2, i + 1), choice: 'sft', sft_loss }));
    writeFileSync(at('resumed.jsonl'), log.map((row) => JSON.stringify(row)).join('\n'));
    const resumed = await read('resumed.jsonl');
    expect(() => curvesOf(resumed, 'sftLoss')).toThrow(
      'sftLoss after step 2: got 9.5, expected 1.5, as the same step has before',
    );
    expect(() => requireEnding('gap.jpg')).toThrow(/^out: got "gap\.jpg", expected a file ending in \.svg/);
    const curves = await gap('alright.jsonl');
    fileIn(folder, 'other.json', closedFormFile(0.4));
    await expect(boundsOf(curves, 'gap', at('other.json'))).rejects.toThrow(/^problem: got ".*other\.json/);
    const moved = (name: string, change: Record<string, unknown>): void => {
      const rows = rowsOf('sequential.jsonl').map((row) => JSON.stringify({ ...row, ...change }));
      writeFileSync(at(name), rows.join('\n'));
    };
    moved('elsewhere.jsonl', { problem: 'gone.json' });
    await expect(boundsOf(await gap('elsewhere.jsonl'), 'gap')).rejects.toThrow(/^problem: got "gone\.json"/);
    moved('mixed.jsonl', { problem: 'other.json', problemHash: 'sha256:0' });
    const mixed = await gap('alright.jsonl', 'mixed.jsonl');
    await expect(boundsOf(mixed, 'gap')).rejects.toThrow(
      /^bounds: got "pair\.json, other\.json", expected runs on one/,
    );
  });

  test('by the command, in one line', () => {
    const { code, stdout, stderr } = forgetting(['figure', 'alright.jsonl', '--measure', 'gop'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^forgetting: measure: got "gop", expected what alright\.jsonl has: [^\n]*\n$/);
    const drawn = forgetting(['figure', 'alright.jsonl', '--measure', 'gap', '--bounds', '--json'], { cwd: folder });
    expect({ code: drawn.code, stderr: drawn.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(drawn.stdout)).toMatchObject({ out: 'gap.svg', measure: 'gap' });
  });
});

describe('the log of a trainer elsewhere', () => {
  test('is drawn with its losses, as rows and as the state of a Transformers trainer', async () => {
    const losses = [
      { step: 1, choice: 'sft', sft_loss: 2.5, dpo_loss: null },
      { step: 2, choice: 'dpo', sft_loss: null, dpo_loss: 0.6 },
      { step: 3, choice: 'sft', sft_loss: 2.25, dpo_loss: null },
    ];
    writeFileSync(at('mine.jsonl'), losses.map((row) => `${JSON.stringify(row)}\n`).join(''));
    mkdirSync(at('their-run'));
    fileIn(at('their-run'), 'trainer_state.json', { log_history: losses });
    for (const [name, label] of [
      ['mine.jsonl', 'mine'],
      ['their-run/trainer_state.json', 'their-run'],
    ]) {
      const [curve, ...more] = curvesOf(await read(name), 'sftLoss').curves;
      expect(more).toEqual([]);
      expect(curve.label).toBe(label);
      expect(curve.points.map(({ x, mean }) => [x, mean])).toEqual([
        [1, 2.5],
        [3, 2.25],
      ]);
    }
  });

  test('is refused where it is none', async () => {
    fileIn(folder, 'other.json', { log_history: [{ step: 1, loss: 0.5 }] });
    await expect(read('other.json')).rejects.toThrow(/log_history\[0\]\.loss: got 0\.5/);
  });
});
