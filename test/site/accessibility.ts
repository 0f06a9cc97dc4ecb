import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** How formulas are drawn: thousands of elements that are hidden from readers, in the colour of their text. */
const drawnFormulas = ['.katex-html'];

/** The serious and critical violations that axe-core finds on a page, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  const options: RunOptions = { resultTypes: ['violations'] };
  const { violations } = await page.evaluate(
    ([exclude, given]) =>
      (globalThis as unknown as { axe: { run(context: object, options: RunOptions): Promise<AxeResults> } }).axe.run(
        { exclude },
        given,
      ),
    [drawnFormulas, options] as const,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
