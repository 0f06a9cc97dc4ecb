/// <reference lib="dom" />
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

/**
 * A transport at its end goes back and forth by its slider, a step on by its button, plays from the end to the end again,
 * and stops where it is told to.
 * @param shown what it moves, in words
 */
export async function movesThroughTheSteps(time: Locator, shown: () => Promise<unknown>): Promise<void> {
  const output = time.locator('output');
  const slider = time.locator('input');
  const last = Number(await slider.getAttribute('max')).toLocaleString('en');
  const at = (step: string): Promise<void> =>
    output.filter({ hasText: new RegExp(`^step ${step} of ${last}\\b`) }).waitFor();
  await at(last);
  const end = await shown();
  await slider.fill('0');
  await at('0');
  await expect.poll(shown).not.toEqual(end);
  await time.getByRole('button', { name: 'Step', exact: true }).click();
  await at('[1-9][\\d,]*');
  await slider.press('End');
  await at(last);
  await expect.poll(shown).toEqual(end);
  const play = time.locator('.play');
  const labels = await play.evaluate((button: HTMLElement) =>
    [0, 1].map(() => {
      button.click();
      return button.textContent;
    }),
  );
  expect(labels).toEqual(['❚❚ Pause', '▶ Play']);
  const said = await time.evaluateHandle((element) => {
    const texts: string[] = [];
    new MutationObserver(() => texts.push(element.querySelector('output')?.textContent ?? '')).observe(element, {
      childList: true,
      subtree: true,
    });
    return texts;
  });
  await play.click();
  await play.filter({ hasText: 'Play' }).waitFor();
  await at(last);
  await expect.poll(shown).toEqual(end);
  expect((await said.jsonValue()).some((text) => text.startsWith('step 0 of'))).toBe(true);
}
