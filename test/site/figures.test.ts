import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeViolations } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

const rendered = new URL('../../figures/rendered', import.meta.url).pathname;
const names = readdirSync(rendered).flatMap((file) => /^(.*)\.vl\.json$/.exec(file)?.[1] ?? []);

describeInBrowser('the figures page', () => {
  const site = visitSite();

  const drawn = async (page: Page, name: string): Promise<void> => {
    await page.locator(`#${name}`).scrollIntoViewIfNeeded();
    await page.locator(`#${name}[data-drawn] svg`).first().waitFor();
  };

  it('draws every result of the reproduction without an error, with its caption, command and seed', async () => {
    const page = await site.open('figures.html', { dark: true });
    for (const name of names) {
      await drawn(page, name);
      const { usermeta } = JSON.parse(readFileSync(join(rendered, `${name}.vl.json`), 'utf8')) as {
        usermeta: { command: string; seed: number };
      };
      const made = await page.locator(`#${name} .made`).innerText();
      expect(made).toContain(usermeta.command);
      expect(made).toContain(`seed ${usermeta.seed}`);
    }
    expect(names.length).toBeGreaterThan(10);
    expect(await axeViolations(page)).toEqual([]);
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it('draws a legend in the inks of its figure, on a light page and on a dark one', async () => {
    for (const dark of [false, true]) {
      const page = await site.open('figures.html', { dark });
      await drawn(page, 'period');
      const strokes = async (paths: string): Promise<string[]> => {
        const found = page.locator(`#period ${paths}`);
        return found.evaluateAll((all) => all.map((path) => String(path.getAttribute('stroke')).toUpperCase()));
      };
      const [swatches, lines] = [await strokes('.chart-legend path[stroke]'), await strokes('.mark-line path')];
      expect(swatches.length).toBe(3);
      expect(new Set(swatches)).toEqual(new Set(lines));
      await page.context().close();
    }
  });

  it('brings Vega only when a figure comes into view', async () => {
    site.served.clear();
    const page = await site.open('statements.html');
    expect([...site.served.keys()].filter((file) => /vega/.test(file))).toEqual([]);
    await page.context().close();
  });

  it('lights up, hides and shows what a legend names, and tells a mark’s numbers', async () => {
    const page = await site.open('figures.html');
    await drawn(page, 'lambda-sweep');
    const symbols = (): Promise<number> => page.locator('#lambda-sweep .mark-symbol path').count();
    const before = await symbols();
    const button = page.getByRole('button', { name: 'ALRIGHT' }).and(page.locator('#lambda-sweep button'));
    await button.focus();
    const faint = (): Promise<number> => page.locator('#lambda-sweep .role-mark > [style*="0.13"]').count();
    await expect.poll(faint).toBeGreaterThan(0);
    expect(await faint()).toBeLessThan(await page.locator('#lambda-sweep .role-mark > *').count());
    await page.keyboard.press('Enter');
    await expect.poll(symbols).toBeLessThan(before);
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.press('Enter');
    await expect.poll(symbols).toBe(before);
    await page.locator('#lambda-sweep .mark-symbol path').first().hover();
    await expect.poll(() => page.locator('.chart-tooltip').innerText()).toMatch(/lambda|mean/);
    await page.context().close();
  });

  it('saves a figure as SVG and PNG, and its data as the CSV that the command line wrote', async () => {
    const page = await site.open('figures.html');
    await drawn(page, 'period');
    const saved = async (button: string, within = '#period'): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator(within).getByRole('button', { name: button }).click(),
      ]);
      return contentOf(download);
    };
    const svg = (await saved('Save as SVG')).toString();
    expect(svg).toMatch(/^<svg/);
    expect(svg).toContain('MAXRIGHT');
    expect((await saved('Save as PNG')).subarray(1, 4).toString()).toBe('PNG');
    await page.locator('#period').getByRole('button', { name: 'Open the data' }).click();
    await expect.poll(() => page.locator('dialog tbody tr').count()).toBeGreaterThan(5);
    const csv = await saved('Save as CSV', 'dialog');
    expect(csv.toString()).toBe(readFileSync(join(rendered, 'period.csv'), 'utf8'));
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it('fills a wide window: below a figure begins the next of its column; on paper one not yet drawn has its file', async () => {
    const page = await site.open('figures.html', { width: 2560, height: 1300 });
    const last = page.locator('.figure').last();
    expect(await last.getAttribute('data-drawn')).toBe(null);
    await page.emulateMedia({ media: 'print' });
    await last.scrollIntoViewIfNeeded();
    const still = last.locator('.still');
    await expect.poll(() => still.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
    await page.emulateMedia({ media: 'screen' });
    await still.waitFor({ state: 'hidden' });
    for (const name of names) await drawn(page, name);
    const gaps = (): Promise<number[]> =>
      page.evaluate(() => {
        const boxes = [...document.querySelectorAll('.figure')].map((figure) => figure.getBoundingClientRect());
        return boxes.flatMap(({ left, bottom }) => {
          const below = boxes.filter((other) => other.left === left && other.top >= bottom - 1);
          return below.length === 0 ? [] : [Math.min(...below.map(({ top }) => top)) - bottom];
        });
      });
    await expect.poll(async () => Math.max(...(await gaps()))).toBeLessThan(80);
    expect((await gaps()).length).toBe(names.length - 2);
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it('fits a phone: every drawing within the window', async () => {
    const page = await site.open('figures.html', { width: 390, height: 844 });
    await drawn(page, 'bars');
    const width = async (): Promise<number> =>
      (await page.locator('#bars svg').first().boundingBox())?.width ?? Infinity;
    await expect.poll(width).toBeLessThanOrEqual(390);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    // Of names that meet there the first alone is shown, and where there is room more are.
    await drawn(page, 'trade-off');
    const hidden = (): Promise<number> => page.locator('#trade-off text[style*="visibility: hidden"]').count();
    await expect.poll(hidden).toBeGreaterThan(0);
    const onPhone = await hidden();
    // The name of the ideal point is beside its mark, not on it.
    const onMarks = await page.locator('#trade-off').evaluate((figure) => {
      const boxes = (selector: string): DOMRect[] =>
        [...figure.querySelectorAll(selector)].map((element) => element.getBoundingClientRect());
      const marks = boxes('.mark-symbol.role-mark path');
      const names = [...figure.querySelectorAll('.mark-text.role-mark text')].filter(
        ({ textContent }) => textContent === 'ideal point',
      );
      return names.map((name) => {
        const { left, right, top, bottom } = name.getBoundingClientRect();
        const isUnder = (mark: DOMRect): boolean =>
          mark.left < right && mark.right > left + 1 && mark.top < bottom && mark.bottom > top;
        return marks.filter(isUnder).length;
      });
    });
    expect(onMarks.length).toBeGreaterThan(1);
    expect(Math.max(...onMarks)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 900 });
    await expect.poll(hidden).toBeLessThan(onPhone / 2);
    await page.context().close();
  });
});

async function contentOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}
