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
    expect(site.errors).toEqual([]);
    await page.context().close();
  });
});
