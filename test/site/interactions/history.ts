/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * From a playground at λ = 0.3: what is wrong in a box is forgotten when it is mended, a state is kept that is left at once,
 * and Back goes to the state before.
 * @param elsewhere another page
 */
export async function keepsTheStateThroughHistory(page: Page, elsewhere: string): Promise<void> {
  const box = page.locator('#control-lambda');
  // By keys, for not every browser lets its driver replace a number.
  const type = async (text: string): Promise<void> => {
    await box.press('Control+a');
    await box.pressSequentially(text);
  };
  await type('7');
  await box.press('Enter');
  const isRefused = (): Promise<boolean> => box.evaluate((input: HTMLInputElement) => input.validity.customError);
  expect(await isRefused()).toBe(true);
  await type('0.7');
  expect(await isRefused()).toBe(false);
  await box.press('Enter');
  await page.goto(elsewhere);
  await page.goBack();
  await expect.poll(() => box.inputValue()).toBe('0.7');
  await page.goBack();
  await expect.poll(() => box.inputValue()).toBe('0.3');
  await page.goForward();
  await expect.poll(() => box.inputValue()).toBe('0.7');
  // A slider, too, takes back what was refused in its box.
  await type('7');
  await box.press('Enter');
  expect(await isRefused()).toBe(true);
  await page.locator('.control:has(#control-lambda) input[type=range]').fill('0.4');
  await expect.poll(async () => [await isRefused(), await box.inputValue()]).toEqual([false, '0.4']);
}
