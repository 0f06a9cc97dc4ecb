import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cssInk, inkOnPage } from '../../site/chart/scheme.js';
import { looks } from '../../src/figure/theme.js';

/** How light a colour is to the eye, as WCAG has it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

it('every schedule stands out on a dark page, in a colour of its own', () => {
  // --panel of frame.css.
  const panel = luminance('#1B1F25');
  const inks = Object.values(looks).map(({ colour }) => ({ colour, dark: inkOnPage(colour, true) }));
  const faint = inks.filter(({ dark }) => (luminance(dark) + 0.05) / (panel + 0.05) < 3);
  expect(faint).toEqual([]);
  expect(new Set(inks.map(({ dark }) => dark)).size).toBe(new Set(inks.map(({ colour }) => colour)).size);
  expect(cssInk('#332288')).toBe(`light-dark(#332288, ${inkOnPage('#332288', true)})`);
  expect(cssInk('#0072B2')).toBe('#0072B2');
});

it('the objectives are told apart without their hues', () => {
  const css = readFileSync(new URL('../../site/chart/plots.css', import.meta.url), 'utf8');
  const lights = ['dpo', 'sft'].map((name) => {
    const [, ...both] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) ?? [];
    return both.map(luminance);
  });
  for (const scheme of [0, 1]) {
    const [darker, lighter] = lights.map((both) => both[scheme]).sort((a, b) => a - b);
    expect((lighter + 0.05) / (darker + 0.05)).toBeGreaterThan(1.8);
  }
});
