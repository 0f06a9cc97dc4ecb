/// <reference lib="dom.iterable" />
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** How formulas are drawn: tens of thousands of elements that are hidden from readers, in the colour of their text. */
const drawnFormulas = '.katex-html';

/** Formulas as text and as MathML: thousands of letters, indices and signs, of which axe has no rules. */
const letters = '.math, math > *';

/** What another scheme of colours can change. */
export const ofColours: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

/**
 * What axe-core finds wrong with a page, one line each.
 * @param rules those that are asked for; all unless given
 */
export async function axeViolations(page: Page, rules: RunOptions = {}): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(violations, [drawnFormulas, letters, rules] as const);
}

/** Runs in the page, and refers to nothing outside itself. */
async function violations([formulas, letters, rules]: readonly [string, string, RunOptions]): Promise<string[]> {
  // Excluding them would leave them in the tree that every rule goes through.
  const taken = [
    ...[...document.querySelectorAll(formulas)].map((place) => ({ place, text: '' })),
    ...[...document.querySelectorAll(letters)].map((place) => ({ place, text: place.textContent })),
  ].map(({ place, text }) => ({ place, instead: document.createTextNode(text) }));
  for (const { place, instead } of taken) place.replaceWith(instead);
  const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
  const found = await axe.run({ resultTypes: ['violations'], ...rules });
  for (const { place, instead } of taken.reverse()) instead.replaceWith(place);
  return found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}
