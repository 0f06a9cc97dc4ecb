/// <reference lib="dom.iterable" />
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What the pointer is on shows everywhere: a point of objective space in the landscape, a schedule in every plot. */
export async function lightsUpWhatThePointerIsOn(page: Page): Promise<void> {
  /** The middle of a mark, once it is drawn. */
  const centre = async (selector: string): Promise<[number, number]> => {
    const found = await page.waitForFunction((wanted) => {
      const { width = 0, height = 0, x = 0, y = 0 } = document.querySelector(wanted)?.getBoundingClientRect() ?? {};
      return width > 0 ? ([x + width / 2, y + height / 2] as [number, number]) : undefined;
    }, selector);
    return (await found.jsonValue()) ?? [NaN, NaN];
  };
  await page.locator('#space').scrollIntoViewIfNeeded();
  await page.mouse.move(...(await centre('#space .symbol[data-schedule=mix]')));
  await page
    .locator('#space .hovered-words')
    .filter({ hasText: /^Mix, step [\d,]+: fSFT.* [\d.e−-]+, fDPO.* [\d.e−-]+$/ })
    .waitFor();
  const ring = await centre('#landscape .hovered');
  const head = await centre('#landscape .symbol[data-schedule=mix]');
  expect(Math.hypot(ring[0] - head[0], ring[1] - head[1])).toBeLessThan(40);

  /** The schedules whose marks are faint in any plot, and those that are not. */
  const lit = (): Promise<[string[], string[]]> =>
    page.evaluate(() => {
      const [faint, clear] = [new Set<string>(), new Set<string>()];
      for (const mark of document.querySelectorAll<SVGElement>('.plot [data-schedule]'))
        // As the rule has it; bands are lighter than lines at any time.
        (getComputedStyle(mark).opacity === '0.13' ? faint : clear).add(mark.dataset.schedule ?? '');
      return [[...faint].sort(), [...clear].sort()];
    });
  const others = ['alright', 'maxright', 'sequential-sft-dpo'];
  for (const plot of ['#gaps', '#curve']) {
    const names = await page.locator(`${plot} .line-name`).allTextContents();
    expect(names.sort(), plot).toEqual(['ALRIGHT', 'MAXRIGHT', 'Mix', 'Sequential']);
  }
  await page.locator('.schedules li[data-schedule=mix] .name').hover();
  await expect.poll(lit).toEqual([others, ['mix']]);
  await page.mouse.move(2, 2);
  await expect.poll(lit).toEqual([[], [...others, 'mix'].sort()]);
  await page.locator('.schedules li[data-schedule=mix] input').focus();
  await expect.poll(lit).toEqual([others, ['mix']]);
}
