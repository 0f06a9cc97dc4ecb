import { expect, it } from 'vitest';
import { pages } from '../../site/build/pages.js';
import { ofColours, seriousViolations } from './accessibility.js';
import { describeInBrowser, visitSite } from './browser.js';

// axe goes through tens of thousands of elements.
describeInBrowser('every page of the site', { timeout: 240_000 }, () => {
  const site = visitSite();

  it.each(pages)(
    '$file opens in the frame, without an error, and axe finds nothing serious',
    async ({ file, name }) => {
      for (const dark of [false, true]) {
        const page = await site.open(file, { dark });
        expect(await page.locator('nav [aria-current=page]').textContent()).toBe(name);
        expect(await page.locator('h1').count()).toBe(1);
        expect(await seriousViolations(page, dark ? ofColours : {})).toEqual([]);
        await page.context().close();
      }
      expect(site.errors).toEqual([]);
    },
  );

  it.each(pages)(
    '$file fits a phone, a laptop and a 4K screen, of which it leaves pictures',
    async ({ file, name }) => {
      const page = await site.open(file);
      for (const [width, height] of [
        [390, 844],
        [1280, 800],
        [3840, 2160],
      ]) {
        await page.setViewportSize({ width, height });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const heading = await page.locator('h1').boundingBox();
        expect(heading?.y).toBeLessThan(height / 2);
        await page.screenshot({ path: `.cache/screenshots/${name} ${width}.png` });
      }
      await page.context().close();
    },
  );
});
