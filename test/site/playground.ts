/// <reference lib="dom.iterable" />
import type { Locator, Page } from 'playwright-core';

/** Waits until all seeds of all schedules have run, and the landscape and the theory are there. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(`document.querySelector('#status').textContent !== ''`);
  // What the status tells is drawn with a frame after it.
  let before: string | null;
  do {
    before = await page.locator('#landscape').innerHTML();
    await page.waitForTimeout(100);
  } while (before !== (await page.locator('#landscape').innerHTML()));
}

/** Drags a handle by the mouse, from its middle, once it stands still and nothing lies over it. */
export async function drag(handle: Locator, [right, down]: readonly [number, number]): Promise<void> {
  const { mouse } = handle.page();
  await handle.hover();
  const box = await handle.boundingBox();
  if (box === null) throw new Error('no handle');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await mouse.move(x, y);
  await mouse.down();
  await mouse.move(x + right, y + down, { steps: 5 });
  await mouse.up();
}

/** The path that a schedule's first seed takes in the landscape. */
export const path = (page: Page, schedule: string): Promise<string | null> =>
  page.locator(`#landscape .trail[data-schedule=${schedule}]`).getAttribute('d');

/** What the table says: schedule → measure → the mean and its interval, as printed. */
export const table = (page: Page): Promise<Record<string, Record<string, string>>> =>
  page.evaluate(() => {
    const numbers: Record<string, Record<string, string>> = {};
    for (const cell of document.querySelectorAll<HTMLElement>('#table td[data-measure]')) {
      const { schedule = '', measure = '' } = cell.dataset;
      const parts = [...cell.childNodes].map((node) => node.textContent);
      (numbers[schedule] ??= {})[measure] = parts.join(' ').trim();
    }
    return numbers;
  });
