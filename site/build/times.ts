/**
 * How soon the built story shows its first figure, and how soon inputs are drawn, in Debian's chromium: medians, as
 * milliseconds. Usage: npm run site && npx tsx site/build/times.ts
 */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { preview } from 'vite';
import { median } from '../../src/base/statistics.js';

const loads = 7;
const server = await preview({
  configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
  logLevel: 'warn',
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const firsts: number[] = [];
let delays: number[] = [];
for (let load = 0; load < loads; load++) {
  // Each with an empty cache.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction(`performance.getEntriesByName('first runs of one-objective').length > 0`);
  firsts.push(await page.evaluate<number>(`performance.getEntriesByName('first runs of one-objective')[0].startTime`));
  if (load === loads - 1) delays = await dragged(page);
  await context.close();
}
await browser.close();
await server.close();
const row = (name: string, times: readonly number[]): string =>
  `${name.padEnd(46)} ${median(times).toFixed(0).padStart(5)} ms, of ${times.length}: ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`;
process.stdout.write(
  `${row('from opening the story to its first figure', firsts)}\n${row('from an input to its drawing', delays)}\n`,
);

/** The delays of inputs to the slider of λ, once all figures are there. */
async function dragged(page: Page): Promise<number[]> {
  await page.waitForFunction(
    `[...document.querySelectorAll('.story figcaption')].every(({ textContent }) => textContent.length > 20)`,
  );
  const drawn = (): Promise<number> => page.evaluate<number>(`performance.getEntriesByName('input to redraw').length`);
  for (let i = 1; i <= 30; i++) {
    const before = await drawn();
    await page.locator('#two-objectives-control').fill(String(i / 40));
    await page.waitForFunction(`performance.getEntriesByName('input to redraw').length > ${before}`);
  }
  return page.evaluate<number[]>(`performance.getEntriesByName('input to redraw').map(({ duration }) => duration)`);
}
