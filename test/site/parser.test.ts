import { expect, it } from 'vitest';
import parser from '../../site/build/parser.js';
import mathjs from '../../src/convex/expression/mathjs.js';

it.each([
  '0.5/sqrt(T)',
  't < 100 ? 0.1 : 10/t',
  'log(1 + exp(-x)) + x^2/10 + (y - 1)^2',
  'max(x, -y, 3e-400) + hypot([x, y], 2) + norm([x, y])',
  '-x^2^0.5 - 2 x y + 0x1f + .5e-3',
  'x >= 1 and not (y < 2) or 1 < x < 2 ? abs(x) : tanh(y) % 3',
  '1 +',
  'x ++',
  '"a" + b.c[2]',
])('pages read %s as mathjs itself does', (text) => {
  const read = (parse: (text: string) => { toString(options?: object): string }): string => {
    try {
      return parse(text).toString({ parenthesis: 'all' });
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(read((expression) => parser.parse(expression))).toBe(read((expression) => mathjs.parse(expression)));
});
