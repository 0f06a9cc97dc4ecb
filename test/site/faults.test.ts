/// <reference lib="dom.iterable" />
import { expect, it } from 'vitest';
import { closedFormFile } from '../problems.js';
import { describeInBrowser, visitSite } from './browser.js';
import { heldAnswers } from './held-answers.js';
import { sharesWhatKeysMoved } from './interactions/handles.js';
import { keepsTheStateThroughHistory } from './interactions/history.js';
import { lightsUpWhatThePointerIsOn } from './interactions/linked-hover.js';
import { saidByCopying, settled, show } from './playground.js';

/** White space that does not compress well. */
function spaces(count: number): string {
  return Array.from({ length: count }, (_, i) => ' \n\t\r'[Math.floor((Math.sin(i * i) * 1e4) % 2) + 2]).join('');
}

describeInBrowser('the playground', () => {
  const site = visitSite();

  it('says how many seeds a number is of until it is of all, and selects what cannot be copied', async () => {
    const page = await site.open('figures.html');
    const ends = await heldAnswers(page, { kinds: ['ensemble'], seeds: 1000 }, true);
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    });
    await page.goto(site.url('playground.html#problem=quadratic&steps=1000&seeds=1000&schedules=alright'));
    const count = page.locator('#table th small');
    await count.filter({ hasText: /^\d+ of 1,000 seeds$/ }).waitFor();
    const colour = (): Promise<string[]> =>
      page.evaluate(() =>
        ['#table td[data-measure=gap]', '#table th', '.hint'].map((part) => {
          const element = document.querySelector(part);
          return element === null ? '' : getComputedStyle(element).color;
        }),
      );
    const [partial, heading, soft] = await colour();
    expect([partial, partial === heading]).toEqual([soft, false]);
    await ends.release();
    await expect.poll(() => count.count()).toBe(0);
    await expect.poll(colour).toEqual([heading, heading, soft]);

    await settled(page);
    expect(await saidByCopying(page, '#copy-command')).toBe('Selected: press Ctrl C');
    const selected = await page.evaluate(() => getSelection()?.toString().trim());
    expect(selected).toBe((await page.locator('#commands').textContent())?.trim());
    expect(selected).toMatch(/^forgetting/m);
    const asked = page.waitForEvent('dialog');
    const clicked = page.click('#copy-link');
    const dialog = await asked;
    expect(dialog.defaultValue()).toContain('#problem=quadratic');
    await dialog.dismiss();
    await clicked;
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('keeps the state when it is left at once, goes Back to the state before, and forgets what was wrong in a box', async () => {
    const page = await site.open('playground.html#problem=closed-form&lambda=0.3&steps=50&seeds=2');
    await settled(page);
    await keepsTheStateThroughHistory(page, site.url('figures.html'));
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('keeps a file that is too large for a link, and says so', async () => {
    const page = await site.open('playground.html#problem=closed-form&steps=20&seeds=1&schedules=mix');
    await settled(page);
    const file = `${JSON.stringify(closedFormFile(0.2))}${spaces(200_000)}`;
    await page.locator('#choose-file').setInputFiles({
      name: 'large.json',
      mimeType: 'application/json',
      buffer: Buffer.from(file),
    });
    await page.locator('#copy-link:disabled').waitFor();
    expect(await page.locator('#copy-link').getAttribute('title')).toMatch(
      /^The file is too large for a link \([\d,]+ /,
    );
    expect(page.url().length).toBeLessThan(1000);
    await page.reload();
    await settled(page);
    expect(await page.locator('#file-name').textContent()).toBe('large.json');
    expect(await page.locator('#commands').textContent()).toContain('forgetting run large.json');
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('keeps handles and names in the plot and the start in the ball; tabs, formulas and wide windows are filled as they should', async () => {
    const page = await site.open('playground.html#seeds=4');
    await settled(page);
    await show(
      page,
      'problem=quadratic&dpo=3,2,2.4,2.4,0&sft=-3,-2,2.4,2.4,45&radius=0.5&steps=20&seeds=1&schedules=mix',
    );
    const landscape = await page.evaluate(() => {
      const plot = document.querySelector('#landscape');
      if (plot === null) throw new Error('no landscape');
      const frame = plot.getBoundingClientRect();
      const rectangles = (selector: string): DOMRect[] =>
        [...plot.querySelectorAll(selector)].map((element) => element.getBoundingClientRect());
      const isOutside = ({ left, right, top, bottom }: DOMRect): boolean =>
        left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
      const grips = rectangles('.handle .grip');
      const names = rectangles('text.direct');
      return {
        outside: [...grips, ...names].filter(isOutside).length,
        covered: names.filter((name) =>
          grips.some(
            (grip) =>
              grip.left < name.right - 1 &&
              name.left < grip.right - 1 &&
              grip.top < name.bottom - 3 &&
              name.top < grip.bottom - 3,
          ),
        ).length,
        counts: [grips.length, names.length > 1, plot.querySelectorAll('.ball').length],
        refused: document.querySelector('.refused') !== null,
      };
    });
    expect(landscape).toEqual({ outside: 0, covered: 0, counts: [7, true, 1], refused: false });
    const start = await Promise.all(['0', '1'].map((at) => page.inputValue(`#control-quadratic-start-${at}`)));
    expect(Math.hypot(...start.map(Number))).toBeLessThanOrEqual(0.5);

    /** What is cut: texts of tabs, formulas beside their panel, and signs of formulas that are not set. */
    const cut = (): Promise<string[]> =>
      page.evaluate(() => {
        const of = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
        return [
          ...of('.tabs label').filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
          ...of('.katex').filter((formula) => {
            const block = formula.closest('p, dd, li, h2, td');
            const { right } = formula.getBoundingClientRect();
            return block !== null && right > block.getBoundingClientRect().right + 1;
          }),
          ...[
            ...document.querySelectorAll(
              'svg text, main :not(pre, code, textarea, script, style, option, title, annotation)',
            ),
          ].filter(({ childNodes }) =>
            [...childNodes].some(
              ({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && /[_^]/.test(textContent ?? ''),
            ),
          ),
        ].map(({ textContent }) => textContent);
      });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(cut, { message: `at ${width}` }).toEqual([]);
    }
    const table = page.locator('.remedies .scroll');
    expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    await page.setViewportSize({ width: 2560, height: 1300 });
    const filled = (): Promise<number> =>
      page.evaluate(() => {
        const right = [...document.querySelectorAll('.panel')].map((panel) => panel.getBoundingClientRect().right);
        return Math.max(...right) / innerWidth;
      });
    await expect.poll(filled).toBeGreaterThan(0.9);
    // On a sheet of A4 nothing sticks out of the page, and no figure is cut by its end.
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    const onPaper = (): Promise<unknown> =>
      page.evaluate(() => {
        const shown = [...document.querySelectorAll('.panel')].filter((panel) => panel.getClientRects().length > 0);
        const cells = [...document.querySelectorAll('.scroll td, .scroll th')];
        return {
          widest: Math.max(...[...shown, ...cells].map((part) => part.getBoundingClientRect().right)) <= innerWidth,
          whole: shown.filter((panel) => getComputedStyle(panel).breakInside !== 'avoid').length,
        };
      });
    // The commands alone may go on on another page.
    await expect.poll(onPaper).toEqual({ widest: true, whole: 1 });
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('shows what the pointer is on everywhere: a point of objective space in the landscape, a schedule in every plot; and shares what keys moved', async () => {
    const page = await site.open('playground.html#problem=quadratic&seeds=4');
    await settled(page);
    await lightsUpWhatThePointerIsOn(page);
    await sharesWhatKeysMoved(site, page);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });
});
