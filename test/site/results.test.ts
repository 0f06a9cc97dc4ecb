import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { fileIn, forgetting } from '../cli/command.js';
import { temporaryFolder } from '../temporary-folder.js';
import { tables, type ChoiceRow, type CostRow, type EvaluationRow, type RunKey } from '../../src/study/results.js';
import { writeParquet } from '../../src/base/parquet.js';
import { closedFormFile } from '../problems.js';
import { axeViolations } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

/** The tables of an experiment of a few steps as the command writes them, in one of both formats. */
async function writeExperiment(folder: string, format: 'jsonl' | 'parquet'): Promise<void> {
  const kinds = ['sequential-sft-dpo', 'alright', 'maxright'] as const;
  const runs: RunKey[] = [0.25, 0.5, 0.75].flatMap((lambda) =>
    kinds.flatMap((schedule) =>
      [0, 1].map((seed) => ({ comparison: 'sft-dpo' as const, schedule, lambda, dpoShare: null, steps: 4, seed })),
    ),
  );
  const results = runs.flatMap((run): EvaluationRow[] =>
    [0, 2, 4].map((step) => {
      const [dpoGap, sftGap] = [(1 - run.lambda) / (1 + step), 1 / (2 + step + run.seed)];
      const rates = { rewardAccuracy: 0.5, heldOutRewardAccuracy: 0.5, heldOutAccuracy: 0.5 };
      const losses = { dpo: dpoGap, sft: 2 + sftGap, heldOutDpo: dpoGap, heldOutSft: 2 + sftGap };
      const distance = Math.hypot(dpoGap, sftGap);
      const distances = { idealDistance: distance, normalizedIdealDistance: distance };
      return { ...run, step, ...losses, dpoGap, sftGap, gap: dpoGap, maxGap: sftGap, ...distances, ...rates };
    }),
  );
  const choices = runs
    .filter(({ schedule }) => schedule === 'maxright')
    .flatMap((run): ChoiceRow[] =>
      [1, 2, 3, 4].map((step) => {
        const choice = step % 2 === 0 ? 'dpo' : 'sft';
        return { ...run, step, choice, dpoWeightedGap: 0.1, sftWeightedGap: 0.2 };
      }),
    );
  const times = { seconds: 4, secondsPerStep: 1, medianSecondsPerStep: 1, tensorBytes: 1e6 };
  const cost = runs.map((run): CostRow => ({ ...run, ...times, dpoGradients: 2, sftGradients: 2, lossEvaluations: 2 }));
  // What the folder holds beside its tables: one of its runs, which they hold too.
  mkdirSync(join(folder, 'runs', 'alright'), { recursive: true });
  writeFileSync(join(folder, 'runs', 'alright', 'steps.jsonl'), '{"step":1,"choice":"sft"}\n');
  for (const [name, rows] of Object.entries({ results, choices, cost })) {
    const path = join(folder, `${name}.${format}`);
    if (format === 'jsonl') writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    else await writeParquet(path, rows as object[] as Record<string, unknown>[], tables[name as keyof typeof tables]);
  }
}

/** Drops files or folders of the disk on the page, through the browser's own drag and drop. */
async function dropPaths(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
}

describeInBrowser('the results page', () => {
  const site = visitSite();
  const folder = temporaryFolder();
  const [lines, table] = [join(folder, 'sequential.jsonl'), join(folder, 'maxright.parquet')];
  beforeAll(() => {
    const problem = fileIn(folder, 'pair.json', closedFormFile(0.3));
    const common = ['--steps', '400', '--trace', '20', '--seeds', '6', '--lambda', '0.25'];
    for (const [schedule, out] of [
      ['sequential', lines],
      ['maxright', table],
    ]) {
      const { code, stderr } = forgetting(['run', problem, '--schedule', schedule, ...common, '--out', out]);
      if (code !== 0) throw new Error(stderr);
    }
  });

  /** Drops files on the page, as a hand would. */
  const drop = async (page: Page, files: readonly { name: string; content: Buffer }[]): Promise<void> => {
    const given = files.map(({ name, content }) => ({ name, base64: content.toString('base64') }));
    const transfer = await page.evaluateHandle((list) => {
      const data = new DataTransfer();
      for (const { name, base64 } of list) {
        data.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
      }
      return data;
    }, given);
    await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  };
  const ofDisk = (path: string): { name: string; content: Buffer } => ({
    name: basename(path),
    content: readFileSync(path),
  });

  it('overlays the JSONL and the Parquet of two runs, and shows their last numbers', async () => {
    const page = await site.open('results.html');
    await drop(page, [lines, table].map(ofDisk));
    await page.locator('#charts[data-shown="2"]').waitFor();
    expect(await page.locator('#charts h2').allInnerTexts()).toEqual(['Trade-off', 'Gaps', 'Choices', 'Overhead']);
    expect(await page.locator('#trade-off .chart-legend button').allInnerTexts()).toEqual([
      'Sequential, SFT→DPO, λ = 0.25',
      'MAXRIGHT, λ = 0.25',
    ]);
    const last = JSON.parse(readFileSync(lines, 'utf8').trim().split('\n').slice(-1)[0]) as { gap: number };
    const cells = await page.locator('#ends tbody tr').first().locator('td').allInnerTexts();
    expect(cells.map(Number)).toContain(Number(last.gap.toPrecision(5)));
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove MAXRIGHT, λ = 0.25' }).click();
    await page.locator('#charts[data-shown="1"]').waitFor();
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it.each(['jsonl', 'parquet'] as const)(
    'takes the dropped folder of an experiment, its tables in %s: seeds together, one λ at a time, two folders overlaid',
    async (format) => {
      const [first, second] = ['first', 'second'].map((name) => join(folder, format, name));
      for (const out of [first, second]) await writeExperiment(out, format);
      const page = await site.open('results.html');
      await dropPaths(page, [first]);
      // Three schedules at three λ are more than can be told apart.
      await page.locator('#charts[data-shown="3"]').waitFor();
      expect(await page.locator('#charts h2').allInnerTexts()).toEqual([
        'Trade-off',
        'Trade-off over λ',
        'Gaps',
        'Choices',
        'Overhead',
      ]);
      expect(await page.locator('#trade-off .chart-legend button').allInnerTexts()).toEqual([
        'Sequential, SFT→DPO, λ = 0.5',
        'ALRIGHT, λ = 0.5',
        'MAXRIGHT, λ = 0.5',
      ]);
      expect(await page.locator('#choices .chart-legend button').allInnerTexts()).toEqual(['MAXRIGHT, λ = 0.5']);
      // The schedules end in the same points, of whose labels one is shown each.
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const labels = page.locator('#over-lambda .mark-text.role-mark text');
        await expect.poll(() => labels.allTextContents()).toEqual(['0.25', '0.75', '0.5']);
        // Names of runs are shown whole.
        expect(
          await page
            .locator('#runs input')
            .evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth).length),
        ).toBe(0);
      }
      const [, ...ends] = await page.locator('#ends tbody tr').first().locator('td').allInnerTexts();
      expect(ends.map(Number)).toContain(Number((2 + (1 / 6 + 1 / 7) / 2).toPrecision(5)));
      await page.getByLabel('Runs shown: λ').selectOption('λ = 0.25');
      await page.getByRole('button', { name: 'Remove MAXRIGHT, λ = 0.25' }).waitFor();
      await dropPaths(page, [second]);
      await page.locator('#charts[data-shown="6"]').waitFor();
      expect(await page.locator('#trade-off .chart-legend button').allInnerTexts()).toContain(
        'ALRIGHT, λ = 0.5 (second)',
      );
      expect(await page.locator('#problems').innerText()).toBe('');
      expect(site.errors).toEqual([]);
      await page.context().close();
    },
  );

  it('says in one line what is wrong with a file, and shows the others', async () => {
    const page = await site.open('results.html');
    await drop(page, [
      { name: 'notes.txt', content: Buffer.from('not results\n') },
      { name: 'other.jsonl', content: Buffer.from('{"a":1,"b":2}\n') },
      { name: 'cell.jsonl', content: Buffer.from('{"step":0,"dpo":"x","sft":1}\n') },
      { name: 'cut.parquet', content: readFileSync(table).subarray(0, 500) },
      ofDisk(lines),
    ]);
    await page.locator('#charts[data-shown="1"]').waitFor();
    const problems = await page.locator('#problems p').allInnerTexts();
    expect(problems[0]).toBe(
      'notes.txt:1: got not results, expected a JSON object on one line (JSONL) or a Parquet file',
    );
    expect(problems[1]).toMatch(/^other\.jsonl: got the columns a, b, expected step, dpo, sft \(/);
    expect(problems[2]).toBe('cell.jsonl: row 1: dpo: got "x", expected a finite number');
    expect(problems[3]).toMatch(/^cut\.parquet: got a damaged Parquet file/);
    expect(problems).toHaveLength(4);
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it('draws the logs of trainers elsewhere: a JSONL with sft_loss and dpo_loss, and the trainer_state.json of TRL', async () => {
    const ours = join(folder, 'loop.jsonl');
    const steps = [1, 2, 3, 4, 5, 6].map((step) => {
      const choice = step % 3 === 0 ? 'dpo' : 'sft';
      const [sft, dpo] = choice === 'sft' ? [2.5 - 0.125 * step, null] : [null, 0.75 - 0.0625 * step];
      return { schedule: 'alright', lambda: 0.5, step, choice, sft_loss: sft, dpo_loss: dpo };
    });
    writeFileSync(ours, steps.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const theirs = fileIn(folder, 'trainer_state.json', {
      global_step: 4,
      log_history: [
        { epoch: 0.1, step: 0, eval_sft_loss: 2.75, eval_runtime: 1 },
        { epoch: 0.1, step: 0, eval_dpo_loss: 0.6875, eval_runtime: 1 },
        { epoch: 0.25, step: 1, loss: 2.5, learning_rate: 1e-4, mean_token_accuracy: 0.5 },
        { epoch: 0.5, step: 2, loss: 0.625, 'rewards/chosen': 0.1, 'rewards/margins': 0.2 },
        { epoch: 0.75, step: 3, choice: 'mix', sft_loss: 2.25, dpo_loss: 0.5, loss: 1.375 },
        { epoch: 1, step: 4, eval_sft_loss: 2.125, eval_dpo_loss: 0.4375 },
      ],
    });
    const page = await site.open('results.html');
    await drop(page, [ours, theirs].map(ofDisk));
    await page.locator('#charts[data-shown="2"]').waitFor();
    /** The rows that a chart is drawn from, as its table shows them. */
    const rowsOf = async (chart: string): Promise<string[]> => {
      await page.locator(`#${chart}`).getByRole('button', { name: 'Data' }).click();
      await page.locator('dialog.chart-data tr').first().waitFor();
      const rows = await page.locator('dialog.chart-data tr').allInnerTexts();
      await page.locator('dialog.chart-data .close').click();
      return rows;
    };
    expect(await page.locator('#charts h2').allInnerTexts()).toEqual(['Trade-off', 'Losses of the steps', 'Choices']);
    const alright = 'ALRIGHT, λ = 0.5';
    const [, ...losses] = await rowsOf('losses');
    expect(losses.map((row) => row.split('\t'))).toEqual([
      ...steps.map(({ choice, step, sft_loss: sft, dpo_loss: dpo }) => [alright, choice, `${step}`, `${sft ?? dpo}`]),
      ...[
        ['run', 'sft', '1', '2.5'],
        ['run', 'dpo', '2', '0.625'],
        ['run', 'dpo', '3', '0.5'],
        ['run', 'sft', '3', '2.25'],
      ],
    ]);
    const [, ...choices] = await rowsOf('choices');
    expect(choices.map((row) => row.split('\t'))).toEqual([
      ...steps.map(({ choice, step }) => [alright, `${step}`, choice === 'dpo' ? '1' : '0']),
      ...['0', '1', '0.5'].map((share, i) => ['run', `${i + 1}`, share]),
    ]);
    // Only the trainer's state tells both losses of one step.
    const [, ...points] = await rowsOf('trade-off');
    expect(points.map((row) => row.split('\t'))).toEqual([
      ['path', 'run', '0', '2.75', '0.6875'],
      ['path', 'run', '4', '2.125', '0.4375'],
      ['end', 'run', '4', '2.125', '0.4375'],
    ]);
    expect(await page.locator('#losses svg .mark-line path, #losses svg .mark-symbol path').count()).toBeGreaterThan(3);
    expect(await page.locator('#problems').innerText()).toBe('');
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it('opens the language model’s example with one click: trade-off, losses, choices and overhead', async () => {
    const page = await site.open('results.html', { dark: true });
    await page.getByRole('button', { name: 'two schedules on a language model' }).click();
    await page.locator('#charts[data-shown="2"]').waitFor();
    const titles = await page.locator('#charts h2').allInnerTexts();
    expect(titles).toEqual(['Trade-off', 'Losses of the steps', 'Choices', 'Overhead']);
    expect(await page.locator('#problems').innerText()).toBe('');
    expect(site.errors).toEqual([]);
    await page.context().close();
  });
});
