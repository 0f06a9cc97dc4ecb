import { expect, it } from 'vitest';
import { pages } from '../../site/build/pages.js';
import { seriousViolations } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

describeInBrowser('every page of the site', () => {
  const site = visitSite();

  it.each(pages)(
    '$file opens in the frame, without an error, and axe finds nothing serious',
    async ({ file, name }) => {
      for (const dark of [false, true]) {
        const page = await site.open(file, { dark });
        expect(await page.locator('nav [aria-current=page]').textContent()).toBe(name);
        expect(await page.locator('h1').count()).toBe(1);
        expect(await seriousViolations(page)).toEqual([]);
        await page.context().close();
      }
      expect(site.errors).toEqual([]);
    },
  );

  it('no page is wider than a phone', async () => {
    for (const { file } of pages) {
      const page = await site.open(file, { width: 390, height: 844 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      await page.context().close();
    }
  });
});
