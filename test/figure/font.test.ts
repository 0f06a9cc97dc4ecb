import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { fontFiles } from '../../src/figure/font-files.js';
import { textWidth } from '../../src/figure/font.js';
import { svgScripts } from '../../src/figure/scripts.js';

/** The width in pixels of a text between two bars, as resvg draws it. */
function drawnWidth(text: string, size: number, weight: number): number {
  const line = `<text x="0" y="50" font-family="Inter" font-weight="${weight}" font-size="${size}px">|${text}|</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="100">${svgScripts(line)}</svg>`;
  const options = { font: { loadSystemFonts: false, fontFiles: Object.values(fontFiles) } };
  return new Resvg(svg, options).innerBBox()?.width ?? NaN;
}

describe('the width of text', () => {
  test.each([
    ['Sequential, SFT→DPO', 13, 400],
    ['gap F_λ(θ_T) − min F_λ', 14, 400],
    ['10^−3', 13, 400],
    ['Sequential levels off, the joint schedules keep falling', 17, 600],
    ['mean and 95 % band of 20 seeds', 13, 400],
  ] as const)('%s is what the renderer draws, to 3 % and the bars’ side bearings', (text, size, weight) => {
    const bars = textWidth('||', size, weight);
    const bare = drawnWidth('', size, weight);
    const measured = textWidth(text, size, weight);
    const drawn = drawnWidth(text, size, weight) - bare;
    expect(bars).toBeGreaterThan(bare);
    expect(Math.abs(measured - drawn)).toBeLessThan(0.03 * measured + 1);
  });

  test('is the sum of the advance widths of the font: a fixed point for every layout', () => {
    // Advance widths of Inter Regular in units of 1/2048 em: i 497, m 1796 (hmtx table).
    expect(textWidth('im', 2048)).toBeCloseTo(textWidth('i', 2048) + textWidth('m', 2048), 9);
    expect(textWidth('im', 20)).toBeCloseTo(textWidth('im', 10) * 2, 9);
    expect(textWidth('m', 10, 600)).toBeGreaterThan(textWidth('m', 10, 400));
  });
});
