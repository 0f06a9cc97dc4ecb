/// <reference lib="dom.iterable" />
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { pages } from '../../site/build/pages.js';
import { ofColours, axeViolations } from './accessibility.js';
import { describeInFirefox, drawn, visitSite } from './browser.js';
import { movesAlongTheFront, movesTheBudget, sharesWhatKeysMoved } from './interactions/handles.js';
import { keepsTheStateThroughHistory } from './interactions/history.js';
import { lightsUpWhatThePointerIsOn } from './interactions/linked-hover.js';
import { addresses, faultsIn, seen } from './interactions/states.js';
import { everyControlChangesItsFigure, told } from './interactions/story.js';
import { movesThroughTheSteps } from './interactions/transport.js';
import { drag, path, settled } from './playground.js';

/** What a page says that it computed. */
const captions = (page: Page): Promise<string[]> =>
  page.locator('.story section:not(#language-model) figcaption').allInnerTexts();

describeInFirefox('in Firefox', () => {
  const site = visitSite('firefox');
  const chromium = visitSite();

  it('no page logs a word, and axe finds nothing in either theme', { timeout: 900_000 }, async () => {
    for (const { file } of pages) {
      const page = await site.open(file === 'playground.html' ? `${file}#seeds=4` : file);
      if (file === 'index.html') await told(page);
      if (file === 'playground.html') await settled(page);
      const found = await axeViolations(page);
      await page.evaluate("document.documentElement.dataset.scheme = 'dark'");
      await drawn(page);
      expect([...found, ...(await axeViolations(page, ofColours))], file).toEqual([]);
      await page.context().close();
    }
    expect(site.errors).toEqual([]);
  });

  it('the story computes what it does in Chromium, each control changes its figure and sentence, and steps are gone through', async () => {
    const [page, other] = [await site.open(), await chromium.open()];
    for (const story of [page, other]) await told(story);
    expect(await captions(page)).toEqual(await captions(other));
    await other.context().close();
    await everyControlChangesItsFigure(page);
    const figure = page.locator('#stage-two figure');
    await movesThroughTheSteps(figure.locator('.time'), async () => [
      await figure.locator('figcaption').innerText(),
      await figure.locator('.panes').innerHTML(),
    ]);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('the playground follows hands and keys, lights up what the pointer is on, and shares its state', async () => {
    const page = await site.open('playground.html#problem=quadratic&seeds=4&lambda=0.4');
    await settled(page);
    await lightsUpWhatThePointerIsOn(page);
    await movesTheBudget(page);
    await movesAlongTheFront(page);
    const before = await path(page, 'mix');
    await drag(page.locator('[data-handle=dpo] .grip'), [40, 30]);
    await settled(page);
    expect(await path(page, 'mix')).not.toBe(before);
    await sharesWhatKeysMoved(site, page);
    await page.context().close();
    expect(site.errors).toEqual([]);
  });

  it('the playground keeps its state through Back, and logs nothing in any state of its address', async () => {
    const page = await site.open('playground.html#problem=closed-form&lambda=0.3&steps=50&seeds=2');
    await settled(page);
    await keepsTheStateThroughHistory(page, site.url('figures.html'));
    const states = [...seen, ...fc.sample(addresses, { numRuns: 4, seed: 153 })];
    expect(await faultsIn(page, site.errors, states)).toEqual([]);
    await page.context().close();
  });
});
