import { expect, test } from 'vitest';
import { lookOf, looks, maxrightLooks, orderedLooks, ramp } from '../../src/figure/theme.js';
import { inkOnPage } from '../../site/chart/scheme.js';
import { paper, variants } from '../../src/schedule/key.js';

const compared = Object.values(paper).map((key) => looks[key]);

type Vector = readonly [number, number, number];

// Simulated vision without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1), on linear RGB.
const visions: Record<string, readonly [Vector, Vector, Vector]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(colour: string): Vector {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [r, g, b];
}

/** CIE L*a*b* of linear sRGB. */
function lab([r, g, b]: Vector): Vector {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(colour: string, rows: readonly [Vector, Vector, Vector]): Vector {
  const rgb = linear(colour);
  const [r, g, b] = rows.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, w, i) => sum + w * rgb[i], 0),
      ),
    ),
  );
  return lab([r, g, b]);
}

test.each(Object.keys(visions))('schedules have colours that stay apart: %s', (vision) => {
  const colours = compared.map(({ colour }) => seen(colour, visions[vision]));
  for (const [i, a] of colours.entries()) {
    // A difference of 10 is seen at a glance; 2.3 is just noticed.
    for (const b of colours.slice(0, i)) expect(Math.hypot(...a.map((value, c) => value - b[c]))).toBeGreaterThan(10);
  }
});

test.each(Object.keys(visions))('the ramp of things that are no schedules stays apart, in grey too: %s', (vision) => {
  const shades = ramp.map((colour) => seen(colour, visions[vision]));
  for (const [i, [lightness]] of shades.entries()) if (i > 0) expect(shades[i - 1][0] - lightness).toBeGreaterThan(10);
  // The one nearest to the ground is a mark still, on paper and on a dark page.
  const luminance = (colour: string): number => {
    const [r, g, b] = linear(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  expect(luminance('#FFFFFF') / luminance(ramp[0])).toBeGreaterThan(2.7);
  expect(luminance(inkOnPage(ramp[0], true)) / luminance('#1B1F25')).toBeGreaterThan(2.7);
  const dark = ramp.map((colour) => seen(inkOnPage(colour, true), visions[vision])[0]);
  for (const [i, lightness] of dark.entries()) if (i > 0) expect(lightness - dark[i - 1]).toBeGreaterThan(5);
  for (const { colour } of Object.values(looks)) expect(ramp).not.toContain(colour);
});

test('looks of things in an order go from light to dark, with dash and shape', () => {
  const lightness = orderedLooks(5).map(({ colour }) => lab(linear(colour))[0]);
  expect([...lightness].sort((a, b) => b - a)).toEqual(lightness);
  for (const count of [1, 2, 3, 4, 5]) {
    for (const channel of ['colour', 'shape'] as const) {
      expect(new Set(orderedLooks(count).map((look) => look[channel])).size).toBe(count);
    }
  }
});

test('dash and shape repeat what the colour says', () => {
  for (const channel of ['label', 'colour', 'shape'] as const) {
    expect(new Set(compared.map((look) => look[channel])).size).toBe(compared.length);
  }
  expect(new Set(compared.map(({ dash }) => dash.join())).size).toBe(compared.length);
});

test('every schedule has a look of its own, under the label that it gives itself', () => {
  expect(Object.keys(looks).sort()).toEqual(Object.keys(variants).sort());
  for (const { key, label } of Object.values(variants)) expect(looks[key].label).toBe(label);
  const seen = Object.values(looks).map(({ colour, dash, shape }) => JSON.stringify([colour, dash, shape]));
  expect(new Set(seen).size).toBe(seen.length);
  const designed = new Set(compared.map(({ colour }) => colour));
  for (const [key, { colour }] of Object.entries(looks)) {
    if (!compared.includes(looks[key as keyof typeof looks])) expect(designed).not.toContain(colour);
  }
  expect(lookOf('one of my own')).toMatchObject({ label: 'one of my own' });
});

test('shades go from light to dark, and three of them are told apart by shape too', () => {
  const shades = maxrightLooks(4);
  const lightness = shades.map(({ colour }) => lab(linear(colour))[0]);
  expect([...lightness].sort((a, b) => b - a)).toEqual(lightness);
  expect(new Set(shades.map(({ shape }) => shape)).size).toBe(4);
});
