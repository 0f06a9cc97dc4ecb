import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { pages } from '../../site/build/pages.js';
import { ofColours, axeViolations } from './accessibility.js';
import { describeInBrowser, drawn, visitSite } from './browser.js';

/** A text without what is set apart in type. */
const bare = (text: string): string => text.replace(/[\s_*∗{}]/gu, '');

const glossary = readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8');
const sentences = [...glossary.matchAll(/^- \*\*.+\*\*: (.+)$/gm)].map(([, sentence]) => bare(sentence));

/** A page has terms, whose sentences are those of the docs and show on hover and focus, inside the window. */
async function expectTerms(page: Page): Promise<void> {
  const shown = await page.locator('.term-text').allTextContents();
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((sentence) => !sentences.includes(bare(sentence)))).toEqual([]);
  const term = page.locator('.term:not([data-term])').last();
  const sentence = page.locator('.term-text').last();
  await term.focus();
  await sentence.waitFor();
  const box = await sentence.boundingBox();
  expect((box?.x ?? NaN) + (box?.width ?? NaN)).toBeLessThanOrEqual(1280);
  await term.blur();
  await sentence.waitFor({ state: 'hidden' });
  await term.hover();
  await sentence.waitFor();
  // Words of tables and labels have theirs outside of what would cut it off.
  const word = page.locator('.term[data-term]:visible').first();
  if ((await word.count()) === 0) return;
  const explained = page.locator('#explained');
  await word.hover();
  await explained.waitFor();
  expect(sentences).toContain(bare((await explained.textContent()) ?? ''));
  await page.keyboard.press('Escape');
  await explained.waitFor({ state: 'hidden' });
  await word.focus();
  await explained.waitFor();
  expect(await word.getAttribute('aria-describedby')).toBe('explained');
  const place = await explained.boundingBox();
  expect((place?.x ?? NaN) + (place?.width ?? NaN)).toBeLessThanOrEqual(1280);
  await page.keyboard.press('Escape');
  // So does a choice that is named by a term.
  for (const label of [page.locator('label[data-term]:visible').first(), page.locator('select[data-term]')]) {
    if ((await label.count()) === 0) continue;
    await label.hover();
    await explained.waitFor();
    expect(sentences).toContain(bare((await explained.textContent()) ?? ''));
    await page.keyboard.press('Escape');
    await explained.waitFor({ state: 'hidden' });
  }
}

/** The address of a page, whose runs are those of a few seeds where it makes any. */
const withFewSeeds = (file: string): string => (file === 'playground.html' ? `${file}#seeds=4` : file);

describeInBrowser('every page of the site', () => {
  const site = visitSite();

  it.each(pages)(
    '$file opens in the frame without a word, axe finds nothing in either theme, and it fits a phone, a laptop and a 4K screen',
    async ({ file, name }) => {
      const page = await site.open(withFewSeeds(file));
      expect(await page.locator('nav [aria-current=page]').textContent()).toBe(name);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await axeViolations(page)).toEqual([]);
      await expectTerms(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await drawn(page);
      expect(await axeViolations(page, ofColours)).toEqual([]);
      for (const [width, height] of [
        [390, 844],
        [1280, 800],
        [3840, 2160],
      ]) {
        await page.setViewportSize({ width, height });
        await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const heading = await page.locator('h1').boundingBox();
        expect(heading?.y).toBeLessThan(height / 2);
      }
      await page.context().close();
      expect(site.errors).toEqual([]);
    },
  );
});
