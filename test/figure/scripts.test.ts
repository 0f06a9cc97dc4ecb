import { expect, test } from 'vitest';
import { htmlText, svgScripts, textRuns } from '../../src/figure/scripts.js';

test('runs of text on, below and above the line', () => {
  expect(textRuns('F_λ(θ) = 10^−2')).toEqual([
    { content: 'F', position: 'base' },
    { content: 'λ', position: 'sub' },
    { content: '(θ) = 10', position: 'base' },
    { content: '−2', position: 'super' },
  ]);
  expect(textRuns('plain')).toEqual([{ content: 'plain', position: 'base' }]);
});

test('a subscript in SVG goes down by 0.22 of the size and the text after it up again', () => {
  expect(svgScripts('<text font-size="10px">f_SFT now</text>')).toBe(
    '<text font-size="10px">f<tspan dy="2.20" font-size="7.50px">SFT</tspan><tspan dy="-2.20"> now</tspan></text>',
  );
});

test('the lines of a text of several lines are set one by one', () => {
  const svg = svgScripts('<text font-size="10px"><tspan x="0">R^2</tspan><tspan x="0">plain</tspan></text>');
  expect(svg).toContain('<tspan x="0">R<tspan dy="-3.60" font-size="7.50px">2</tspan></tspan>');
  expect(svg).toContain('<tspan x="0">plain</tspan>');
});

test('HTML is escaped', () => {
  expect(htmlText('a < b & F_max')).toBe('a &lt; b &amp; F<sub>max</sub>');
});
