import { expect, test } from 'vitest';
import { csvText } from '../../src/figure/csv.js';

test('rows of different columns make one table', () => {
  expect(
    csvText([
      { a: 1, b: 'x' },
      { a: null, c: true },
    ]),
  ).toBe('a,b,c\r\n1,x,\r\n,,true\r\n');
});

test('commas, quotes and new lines are quoted', () => {
  expect(csvText([{ 'a,b': 'say "yes"\nor no' }])).toBe('"a,b"\r\n"say ""yes""\nor no"\r\n');
});
