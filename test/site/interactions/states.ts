/// <reference lib="dom.iterable" />
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { drawn } from '../browser.js';

const keys = ['sequential-sft-dpo', 'sequential-dpo-sft', 'mix', 'alright', 'maxright', 'replay', 'budget', 'mgda'];
const edge = (least: number, most: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(least, most),
    fc.double({ min: least, max: most, noNaN: true }).map((x) => Number(x.toFixed(2))),
  );
const ellipse = fc
  .tuple(edge(-3, 3), edge(-2, 2), edge(0.3, 2.4), edge(0.3, 2.4), fc.integer({ min: -90, max: 90 }))
  .map((numbers) => numbers.join());

/** Addresses of the playground, the ends of every range among them. */
export const addresses = fc
  .record({
    problem: fc.constantFrom('quadratic', 'log-linear', 'closed-form', 'file'),
    dpo: ellipse,
    sft: ellipse,
    noise: edge(0, 2),
    radius: edge(0, 4),
    conflict: edge(-1, 1),
    schedules: fc.subarray(keys, { minLength: 1 }).map((all) => all.join()),
    lambda: edge(0, 1),
    steps: fc.constantFrom(1, 2, 10, 150),
    'step-size': fc.constantFrom('0.5/sqrt(T)', '0.05', 'linear:0.1', '3'),
    'first-stage': edge(0, 1),
    seeds: fc.constantFrom(1, 2, 3),
    measure: fc.constantFrom('gap', 'averageGap', 'maxGap', 'averageMaxGap', 'idealDistance'),
    remedies: fc
      .subarray(['sequential', 'best-checkpoint', 'replay', 'budget', 'l2-anchor', 'kl-anchor', 'mgda'])
      .map((all) => all.join()),
  })
  .map(({ problem, dpo, sft, noise, radius, conflict, ...rest }) => {
    const own = {
      quadratic: { dpo, sft, noise, radius },
      'log-linear': { conflict, radius: Math.max(0.5, radius), examples: 10 },
      'closed-form': { noise },
      file: {},
    }[problem];
    const words = Object.entries({ problem, ...own, ...rest }).filter(([, word]) => word !== '');
    return words.map(([name, word]) => `${name}=${encodeURIComponent(word)}`).join('&');
  });

/** States at which something was wrong once. */
export const seen = [
  'problem=quadratic&lambda=1&steps=50&seeds=2',
  'problem=quadratic&dpo=1,1,1,1,0&sft=1,1,1,1,0&steps=50&seeds=2',
  'problem=quadratic&first-stage=1&steps=50&seeds=2',
  'problem=quadratic&steps=1&seeds=1',
  'problem=quadratic&radius=0.5&steps=50&seeds=2',
];

/** What of a panel sticks out of it, in words: what scrolls or is cut off inside does not count. */
const outside = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.panel')].flatMap((panel) => {
      const frame = panel.getBoundingClientRect();
      return [...panel.querySelectorAll('*')].flatMap((element) => {
        if (
          element.closest(
            '[clip-path], clipPath, .scroll, pre, .katex, [hidden], option, datalist, .visually-hidden, title',
          ) !== null
        )
          return [];
        // The box of a group has what is clipped inside it in it; its parts are looked at one by one.
        if (element.localName === 'g') return [];
        const { left, right, width, height } = element.getBoundingClientRect();
        if (width === 0 && height === 0) return [];
        return left < frame.left - 2 || right > frame.right + 2
          ? [
              `${panel.className}: ${element.tagName} ${element.getAttribute('class') ?? ''} ${element.textContent.slice(0, 40)}`,
            ]
          : [];
      });
    }),
  );

/** Drawings with a number that is none. */
const undrawable = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('svg *')].flatMap((element) =>
      [...element.attributes]
        .filter(({ value }) => /NaN|Infinity|undefined/.test(value))
        .map(({ name, value }) => `${element.localName} ${name}="${value.slice(0, 60)}"`),
    ),
  );

/**
 * Shows states of the playground's address one after the other, and says what is wrong with each: what the console said,
 * what sticks out of a panel, and what cannot be drawn.
 * @param errors what the console said since it was last emptied
 */
export async function faultsIn(page: Page, errors: string[], states: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const state of states) {
    await page.evaluate((hash) => {
      for (const said of document.querySelectorAll('#status, .refusal')) said.textContent = '';
      location.hash = hash;
    }, state);
    await page.waitForFunction(
      () =>
        document.querySelector('#status')?.textContent !== '' ||
        [...document.querySelectorAll('.refusal')].some(({ textContent }) => textContent !== ''),
    );
    await drawn(page);
    const found = [...errors.splice(0), ...(await outside(page)), ...(await undrawable(page))];
    faults.push(...found.map((fault) => `${state}: ${fault}`));
  }
  return faults;
}
