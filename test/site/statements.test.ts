import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { theorems } from '../../src/theory/registry.js';
import type { StatementVerdict } from '../../src/theory/verify/summary.js';
import { describeInBrowser, visitSite } from './browser.js';

const verdicts = JSON.parse(readFileSync(new URL('../../figures/rendered/verdicts.json', import.meta.url), 'utf8')) as {
  version: string;
  statements: StatementVerdict[];
};

describeInBrowser('the statements page', () => {
  const site = visitSite();

  it('lists every bound with its formula, its verdict and a proof to go to', async () => {
    const page = await site.open('statements.html');
    for (const { id } of theorems) {
      const card = page.locator(`[id="${id}"]`);
      expect(await card.locator('.katex').count()).toBeGreaterThan(0);
      const { hold, fail } = verdicts.statements.find((verdict) => verdict.id === id) ?? { hold: NaN, fail: NaN };
      expect(await card.locator('.verdict').innerText()).toContain(`Holds in ${hold} of ${hold + fail} checks`);
      const proof = await card.getByRole('link', { name: 'Proof' }).getAttribute('href');
      expect(await page.locator(`[id="${proof?.slice(1) ?? ''}"]`).count()).toBe(1);
    }
    expect(await page.locator('.source').innerText()).toContain(`version ${verdicts.version}`);
    await page.context().close();
  });

  it('sets the mathematics of the proofs without losing a star to emphasis', async () => {
    const page = await site.open('statements.html');
    const proofs = await page.locator('.theory').innerHTML();
    expect(proofs).toContain('<i>σ</i><sup>∗</sup>');
    expect(new Set((await page.locator('.theory em').allInnerTexts()).map((text) => text.slice(0, 5)))).toEqual(
      new Set(['Proof']),
    );
    expect(proofs).toContain('θ<span class="accent">ˉ</span>');
    expect(proofs).toContain('<sup><i>w</i><sub><i>i</i></sub> <i>n</i></sup>');
    const text = (await page.locator('.theory :not(pre):not(code) > .math').allInnerTexts()).join(' ');
    // A script or an accent that is not set stays in the text as its sign.
    expect(/.{0,20}[\^_\u0300-\u036f].{0,20}/u.exec(text)?.[0]).toBeUndefined();
    expect(await page.locator('.theory').innerText()).not.toMatch(/[\u0300-\u036f]/u);
    expect(await page.locator('.theory h3 .math').count()).toBe(0);
    expect(site.errors).toEqual([]);
    await page.context().close();
  });

  it('scrolls what is wider than a phone in a box of its own, which keys reach, and nothing on a laptop or on paper', async () => {
    const page = await site.open('statements.html', { width: 390 });
    const wider = (): Promise<unknown> =>
      page.evaluate(
        `[...document.querySelectorAll('.formula, .displayed, .scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1)
          .map((box) => [box.getAttribute('aria-label'), box.tabIndex])`,
      );
    const onPhone = (await wider()) as [string, number][];
    expect(onPhone).toContainEqual([expect.stringMatching(/^Output of .*--summary/), 0]);
    expect(onPhone.filter(([label, tabIndex]) => tabIndex !== 0 || label.startsWith('Formula'))).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expect.poll(wider).toEqual([]);
    // No third of a wide screen is empty beside the proofs.
    await page.setViewportSize({ width: 2560, height: 1300 });
    const filled = `document.querySelector('.theory').getBoundingClientRect().right / innerWidth`;
    await expect.poll(() => page.evaluate(filled)).toBeGreaterThan(0.9);
    // The width of A4 between the margins of theory:pdf.
    await page.setViewportSize({ width: 673, height: 900 });
    await page.emulateMedia({ media: 'print' });
    await expect.poll(wider).toEqual([]);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(673);
    await page.context().close();
  });
});
