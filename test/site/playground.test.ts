/// <reference lib="dom.iterable" />
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { closedFormFile } from '../problems.js';
import { temporaryFolder } from '../cli/command.js';
import { testBuild } from '../build.js';
import { seriousViolations } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

/** Waits until all seeds of all schedules have run. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(`document.querySelector('#status').textContent !== ''`);
  // What the status tells is drawn with a frame after it.
  let before: string | null;
  do {
    before = await page.locator('#landscape').innerHTML();
    await page.waitForTimeout(100);
  } while (before !== (await page.locator('#landscape').innerHTML()));
}

const path = (page: Page, schedule: string): Promise<string | null> =>
  page.locator(`#landscape .trail[data-schedule=${schedule}]`).getAttribute('d');

/** What the table says: schedule → measure → the mean and its interval, as printed. */
const table = (page: Page): Promise<Record<string, Record<string, string>>> =>
  page.evaluate(() => {
    const numbers: Record<string, Record<string, string>> = {};
    for (const cell of document.querySelectorAll<HTMLElement>('#table td[data-measure]')) {
      const { schedule = '', measure = '' } = cell.dataset;
      const parts = [...cell.childNodes].map((node) => node.textContent);
      (numbers[schedule] ??= {})[measure] = parts.join(' ').trim();
    }
    return numbers;
  });

/** Runs the copied commands in a shell where `forgetting` is the built program, and returns what they print. */
function shell(commands: string): string {
  const program = join(testBuild, 'src/cli.js');
  const script = `set -e\nforgetting() { "${process.execPath}" "${program}" "$@"; }\n${commands}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: temporaryFolder(), encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The tables that `forgetting run` printed, one for each run, in the words of the page's table. */
function printed(output: string): Record<string, string>[] {
  return output
    .split(/^(?=\S+, λ = )/m)
    .filter((part) => part.includes('measure'))
    .map((part) => {
      const rows = [...part.matchAll(/^ *(\w+) +(\S+) +(\[.*\]|–)$/gm)].map(([, name, mean, interval]) => [
        name,
        `${mean} ${interval}`,
      ]);
      const [, gradients, evaluations] = /gradients (\d+) +evaluations (\d+)/.exec(part) ?? [];
      return { ...(Object.fromEntries(rows) as Record<string, string>), gradients, evaluations };
    });
}

async function expectSameNumbers(page: Page, schedules: readonly string[]): Promise<void> {
  await page.click('#copy-command');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const shown = await table(page);
  const runs = printed(shell(copied));
  expect(runs).toHaveLength(schedules.length);
  schedules.forEach((schedule, i) => {
    expect(Object.keys(runs[i])).toHaveLength(9);
    expect(shown[schedule], schedule).toMatchObject(runs[i]);
  });
}

describeInBrowser('the playground', () => {
  const site = visitSite();

  it('is small at first, at most 400 kB of compressed JavaScript, and accessible once it has run', async () => {
    site.served.clear();
    const page = await site.open();
    await settled(page);
    const scripts = [...site.served].filter(([name]) => name.endsWith('.js'));
    const size = scripts.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(size).toBeLessThan(400_000);
    await page.click('#theorems summary');
    await page.locator('#statements .formula').first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.context().close();
  });

  // Other people's work on the machine can spoil a time, but not three in a row.
  it('follows a drag within 100 ms, and a key, and shares the state by its address', { retry: 2 }, async () => {
    const page = await site.open();
    await settled(page);
    const before = await path(page, 'alright');
    const handle = page.locator('[data-handle=dpo] .grip');
    const box = await handle.boundingBox();
    if (box === null) throw new Error('no handle');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let i = 1; i <= 30; i++) {
      await page.mouse.move(x + i, y - 2 * i);
      await page.waitForTimeout(16);
    }
    await page.mouse.up();
    await settled(page);
    const dragged = await path(page, 'alright');
    expect(dragged).not.toBe(before);
    const delays = await page.evaluate(() =>
      performance.getEntriesByName('input to redraw').map(({ duration }) => duration),
    );
    expect(delays.length).toBeGreaterThan(5);
    const median = delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)];
    expect(median).toBeLessThan(100);

    await page.locator('[data-handle=sft-first]').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+ArrowLeft');
    await settled(page);
    const pressed = await path(page, 'alright');
    expect(pressed).not.toBe(dragged);

    await page.click('#copy-link');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await site.open(link.slice(site.url().length));
    await settled(other);
    expect(await path(other, 'alright')).toBe(pressed);
    // Bounds come after the runs, on either page.
    await expect.poll(async () => [await table(other)]).toEqual([await table(page)]);
    await other.context().close();
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it.each([
    [
      'quadratics on a ball',
      'problem=quadratic&lambda=0.3&steps=200&seeds=7&seed=3&period=5&first-stage=0.7&radius=3',
      ['sequential-dpo-sft', 'maxright'],
    ],
    [
      'a log-linear pair',
      'problem=log-linear&conflict=-0.4&candidates=4&examples=20&steps=150&seeds=5&batch=3&step-size=0.5/sqrt(t)',
      ['alright'],
    ],
    ['the closed-form pair', 'problem=closed-form&start=-0.5&steps=100&seeds=4', ['mix']],
  ])('prints the numbers of the command line, to the last digit, for %s', async (_, address, schedules) => {
    const page = await site.open(`#${address}&schedules=${schedules.join(',')}`);
    await settled(page);
    await expectSameNumbers(page, schedules);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('takes a problem file that is dropped, refuses a bad one in place, and gives the file back', async () => {
    const page = await site.open('#problem=file&steps=100&seeds=4');
    const drop = (name: string, text: string): Promise<void> =>
      page.evaluate(
        ([fileName, content]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([content], fileName, { type: 'application/json' }));
          document.body.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, text],
      );
    const refusal = page.locator('#problem-refusal');
    await drop('bad.json', '{ "kind": "quadratic" ');
    await refusal.filter({ hasText: /^problem file: got "bad\.json", expected JSON \(/ }).waitFor();
    const bad = { ...closedFormFile(0.2), start: [0, 0] };
    await drop('bad.json', JSON.stringify(bad));
    await refusal.filter({ hasText: /^objectives\.dpo\.minimizer: got \[1\], expected 2 entries/ }).waitFor();
    const good = `${JSON.stringify(closedFormFile(0.2))}\n`;
    await drop('good.json', good);
    await settled(page);
    expect(await refusal.textContent()).toBe('');
    expect(await page.locator('#commands').textContent()).toMatch(/^forgetting run good\.json --schedule sequential/);
    const downloads = page.waitForEvent('download');
    await page.click('#download');
    const download = await downloads;
    expect(download.suggestedFilename()).toBe('good.json');
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(closedFormFile(0.2));

    await page.fill('#step-size', '1/oops');
    await page
      .locator('#step-refusal')
      .filter({ hasText: /^step-size: got "1\/oops", expected/ })
      .waitFor();
    await page.fill('#step-size', '9');
    await page
      .locator('#step-refusal')
      .filter({ hasText: /diverged at step \d+$/ })
      .waitFor();
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('keeps what a run was refused for when the landscape of the same state comes after it', async () => {
    const page = await site.open('#problem=quadratic&steps=100&seeds=4');
    await page.addInitScript(() => {
      const listen = Reflect.get(Worker.prototype, 'addEventListener') as (
        this: Worker,
        type: string,
        listener: (event: Event) => void,
      ) => void;
      Worker.prototype.addEventListener = function (this: Worker, type: string, listener: (event: Event) => void) {
        listen.call(this, type, (event: Event) => {
          const { kind } = (event as MessageEvent<{ kind?: string }>).data;
          if (kind === 'scene') setTimeout(listener, 500, event);
          else listener(event);
        });
      };
    });
    await page.reload();
    await settled(page);
    await page.fill('#step-size', '9');
    const refusal = page.locator('#step-refusal').filter({ hasText: /diverged at step \d+$/ });
    await refusal.waitFor();
    await page.waitForTimeout(1000);
    expect(await refusal.count()).toBe(1);
    await page.fill('#step-size', '0.1');
    await page.locator('#step-refusal').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
    await page.context().close();
    expect(site.errors).toEqual([]);
  });
});
