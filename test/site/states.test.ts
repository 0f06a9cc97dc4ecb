/// <reference lib="dom" />
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeInBrowser, drawn, visitSite } from './browser.js';
import { heldAnswers } from './held-answers.js';
import { addresses, faultsIn, seen } from './interactions/states.js';

describeInBrowser('the playground', () => {
  const site = visitSite();

  it('logs nothing and keeps everything inside its panel, in any state of its address', async () => {
    const page = await site.open('playground.html#seeds=4');
    const states = [...seen, ...fc.sample(addresses, { numRuns: 12, seed: 26 })];
    expect(await faultsIn(page, site.errors, states)).toEqual([]);
    await page.context().close();
  });

  it('shows nothing of the problem before, however late its answer comes', async () => {
    const page = await site.open('figures.html');
    const fronts = await heldAnswers(page, { kinds: ['front'] }, false);
    await page.goto(site.url('playground.html#seeds=4'));
    const words = page.locator('#front-words');
    await words.getByText('solves').waitFor();
    const lead = (hash: string): Promise<unknown> =>
      page.evaluate((to) => {
        location.hash = to;
      }, hash);
    await fronts.hold();
    await lead('problem=quadratic&dpo=2,1,1,1,0&sft=-1,1,1,2,0&steps=50&seeds=1');
    await fronts.wait(1);
    await lead('problem=log-linear&conflict=1&steps=50&seeds=1');
    await fronts.wait(2);
    await drawn(page);
    expect(await words.textContent()).toBe('');
    // The front of the problem before comes now, and then the one that is waited for.
    await fronts.release(1);
    await drawn(page);
    expect(await words.textContent()).toBe('');
    await fronts.release();
    await words.getByText('solves').waitFor();
    await page.context().close();
  });
});
