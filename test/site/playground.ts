/// <reference lib="dom.iterable" />
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { drawn } from './browser.js';

/** Waits until all seeds of all schedules have run, and what came of them, of the landscape and of the theory is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(`document.querySelector('#status').textContent !== ''`);
  await drawn(page);
}

/** Shows the state of an address, and waits until what came of it is drawn. */
export async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((address) => {
    const status = document.querySelector('#status');
    if (status !== null) status.textContent = '';
    location.hash = address;
  }, hash);
  await settled(page);
}

/**
 * Drags a handle by the mouse, from its middle, once it stands still and nothing lies over it. What moves the page under
 * the pointer between a look at where the handle is and the press is a fault of the page.
 */
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

/** Presses a button that copies, and returns what it says then. */
export async function saidByCopying(page: Page, button: string): Promise<string> {
  // It says so for a second and a half only, which a busy machine may take to look.
  const said = page.locator(button).evaluate(
    (element) =>
      new Promise<string>((hear) => {
        new MutationObserver((_, observer) => {
          observer.disconnect();
          hear(element.textContent);
        }).observe(element, { childList: true, characterData: true, subtree: true });
      }),
  );
  await page.click(button);
  return said;
}

/** What a button copies. */
export async function copied(page: Page, button: string): Promise<string> {
  expect(await saidByCopying(page, button)).toBe('Copied');
  return page.evaluate(() => navigator.clipboard.readText());
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
