/// <reference lib="dom.iterable" />
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** How formulas are drawn: tens of thousands of elements that are hidden from readers, in the colour of their text. */
const drawnFormulas = '.katex-html';

/** What another scheme of colours can change. */
export const ofColours: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

/**
 * What axe-core finds wrong with a page, one line each.
 * @param rules those that are asked for; all unless given
 */
export async function axeViolations(page: Page, rules: RunOptions = {}): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(violations, [drawnFormulas, rules] as const);
}

/** Runs in the page, and refers to nothing outside itself. */
async function violations([formulas, rules]: readonly [string, RunOptions]): Promise<string[]> {
  // Excluding them would leave them in the tree that every rule goes through.
  const taken = [...document.querySelectorAll(formulas)].map((place) => ({ place, drawn: [...place.childNodes] }));
  for (const { place } of taken) place.replaceChildren();
  const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
  const found = await axe.run({ resultTypes: ['violations'], ...rules });
  for (const { place, drawn } of taken) place.replaceChildren(...drawn);
  return found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}
