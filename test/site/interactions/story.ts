/// <reference lib="dom.iterable" />
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { drawn } from '../browser.js';

/** What each section's control is set to: a number, or how many names further on. */
export const values: Readonly<Record<string, string>> = {
  'one-objective': '0.3',
  'two-objectives': '0.25',
  'stage-two': '1000',
  limit: '3.5',
  'early-stop': '12',
  joint: '1',
  remedies: '2',
  budget: '20',
};

/** Waits until every sentence is there, nothing is computed for a section any more, and what came of it is drawn. */
export async function told(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.story figcaption')].every(({ textContent }) => textContent.length > 20),
  );
  await page.waitForFunction(() => !document.documentElement.hasAttribute('data-computing'));
  await drawn(page);
}

/** The pointer on a point of the front shows its λ and losses there, and its θ in the landscape. */
async function linksTheFrontToTheLandscape(page: Page): Promise<void> {
  const front = page.locator('#two-objectives .front');
  await front.scrollIntoViewIfNeeded();
  const [x, y] = await front.evaluate((line: SVGPathElement) => {
    const { x, y } = line.getPointAtLength(0.3 * line.getTotalLength());
    const place = new DOMPoint(x, y).matrixTransform(line.getScreenCTM() ?? undefined);
    return [place.x, place.y];
  });
  await page.mouse.move(x, y);
  await page
    .locator('#two-objectives .hovered-words')
    .filter({ hasText: /^Pareto front, λ = 0\.\d+: fSFT/ })
    .waitFor();
  await page.locator('#two-objectives .map .hovered').waitFor();
  await page.mouse.move(2, 2);
  await page.locator('#two-objectives .hovered').first().waitFor({ state: 'detached' });
}

/**
 * Each section's control changes its figure and the sentence under it, by keys alone, and the last figure says what both
 * models said at any step.
 * @param look what else to see of a section once its control has changed
 */
export async function everyControlChangesItsFigure(
  page: Page,
  look: (id: string, figure: Locator) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const ids = await page.evaluate(() =>
    [...document.querySelectorAll('.story section:has(.panes)')].map(({ id }) => id),
  );
  expect(ids).toEqual(Object.keys(values));
  for (const [id, value] of Object.entries(values)) {
    const figure = page.locator(`#${id} figure`);
    const picture = (): Promise<string> => page.locator(`#${id} .panes`).innerHTML();
    const caption = (): Promise<string> => figure.locator('figcaption').innerText();
    const [before, sentence] = [await picture(), await caption()];
    const control = figure.locator('.own input, .time input').first();
    const isChoice = (await control.getAttribute('type')) === 'radio';
    if (isChoice) {
      await figure.locator('.own input:checked').focus();
      for (let i = 0; i < Number(value); i++) await page.keyboard.press('ArrowRight');
    } else if (id === 'stage-two') {
      await control.fill('412');
      await told(page);
      expect(await figure.locator('output').innerText()).toMatch(/^step 4\d\d of 1,000: training SFT$/);
      expect(await caption()).not.toBe(sentence);
      expect(await picture()).not.toBe(before);
      await control.fill('700');
      await told(page);
      expect(await figure.locator('output').innerText()).toMatch(/^step (69|70)\d of 1,000: training DPO$/);
      await control.fill(value);
    } else {
      await control.fill(value);
    }
    await told(page);
    if (id !== 'stage-two') {
      expect(await caption(), id).not.toBe(sentence);
      // A choice between names is lit by a rule of the page's style, not in the picture.
      if (!isChoice) expect(await picture(), id).not.toBe(before);
    }
    await look(id, figure);
  }
  await linksTheFrontToTheLandscape(page);
  const models = page.locator('#language-model figure');
  const words = models.locator('figcaption');
  await words.filter({ hasText: /^After step 160 of 160.*Sequential.*ALRIGHT/ }).waitFor();
  const replies = (): Promise<string[]> => models.locator('blockquote').allInnerTexts();
  const atEnd = await replies();
  await models.locator('.time input').fill('80');
  await words.filter({ hasText: /^After step 80 of 160/ }).waitFor();
  expect(await models.locator('.time output').innerText()).toMatch(/^step 80 of 160: Sequential.*: SFT; ALRIGHT: /);
  expect((await replies())[0]).not.toBe(atEnd[0]);
}
