import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { fileIn, forgetting, temporaryFolder } from '../cli/command.js';
import { closedFormFile } from '../problems.js';
import { seriousViolations } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

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
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove MAXRIGHT, λ = 0.25' }).click();
    await page.locator('#charts[data-shown="1"]').waitFor();
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

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
    expect(problems[2]).toBe('cell.jsonl: row 1: dpo: got "x", expected a number');
    expect(problems[3]).toMatch(/^cut\.parquet: got a damaged Parquet file/);
    expect(problems).toHaveLength(4);
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
