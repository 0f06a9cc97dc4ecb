import { describe, expect, it } from 'vitest';
import { stepSizes } from '../../src/schedule/step-size.js';

describe('step-size rules', () => {
  it.each([
    ['0.1', [0.1, 0.1, 0.1, 0.1]],
    ['0.5/sqrt(T)', [0.25, 0.25, 0.25, 0.25]],
    ['2/sqrt(t)', [2, 2 / Math.sqrt(2), 2 / Math.sqrt(3), 1]],
    ['linear:0.8', [0.8, 0.6, 0.4, 0.2]],
    ['t < 3 ? 1 : 1/t', [1, 1, 1 / 3, 1 / 4]],
    ['t mod 2 == 0 and t < 4 ? 1 : floor(t / 2)', [0, 1, 1, 2]],
    ['1/log(t + 1, 2)', [1, 1 / Math.log2(3), 1 / 2, 1 / Math.log2(5)]],
    ['min(0.1, 1/t^2)', [0.1, 0.1, 0.1, 1 / 16]],
  ])('%s', (rule, expected) => {
    expect(Array.from(stepSizes(rule, 4), (size) => Number(size.toPrecision(14)))).toEqual(
      expected.map((size) => Number(size.toPrecision(14))),
    );
  });

  it.each([
    '',
    'linear:',
    '1/',
    'hello',
    '1/N',
    '-0.1',
    '1/(t-2)',
    'log(t-5)',
    'process',
    'constructor',
    't.constructor',
    '[1,2]',
    '"a"',
    'import("fs")',
    'x = 3',
    'f(x) = x',
    'sqrt',
    'evaluate("1")',
    'true',
    't!',
    'sqrt(1, 2)',
    'random()',
  ])('refuses %j, naming it', (rule) => {
    expect(() => stepSizes(rule, 4)).toThrow(/^step-size: got /);
  });
});
