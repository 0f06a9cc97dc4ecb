/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Site } from '../browser.js';
import { copied, drag, path, settled, table } from '../playground.js';

/** The line of a budget moves by key, then by hand, and what is said of it changes. */
export async function movesTheBudget(page: Page): Promise<void> {
  const line = page.locator('[data-handle=budget]');
  await line.press('Shift+ArrowRight');
  await settled(page);
  const words = page.locator('#front-words');
  const before = await words.innerText();
  await drag(line.locator('.grip'), [56, 0]);
  await settled(page);
  expect(await words.innerText()).not.toBe(before);
}

/** The point on the front moves by hand from λ = 0.4, and λ follows. */
export async function movesAlongTheFront(page: Page): Promise<void> {
  await drag(page.locator('[data-handle=lambda] .grip'), [76, 16]);
  await settled(page);
  expect(Number(await page.inputValue('#control-lambda'))).toBeGreaterThan(0.405);
}

/** An axis of an ellipse moves by key, and the address that is copied then shows another page the same, to the last digit. */
export async function sharesWhatKeysMoved(site: Site, page: Page): Promise<void> {
  const before = await path(page, 'alright');
  await page.locator('[data-handle=sft-first]').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+ArrowLeft');
  await settled(page);
  const pressed = await path(page, 'alright');
  expect(pressed).not.toBe(before);
  const link = await copied(page, '#copy-link');
  const other = await site.open(link.slice(site.url().length));
  await settled(other);
  expect(await path(other, 'alright')).toBe(pressed);
  // Bounds come after the runs, on either page.
  await expect.poll(async () => [await table(other)]).toEqual([await table(page)]);
  await other.context().close();
}
