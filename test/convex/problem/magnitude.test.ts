import { describe, expect, it } from 'vitest';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { stepSizes } from '../../../src/schedule/step-size.js';

const quadratic = (dpo: object, rest: object = {}) => ({
  kind: 'quadratic',
  objectives: { dpo: { hessian: [[1]], minimizer: [1], ...dpo }, sft: { hessian: [[1]], minimizer: [-1] } },
  start: [0],
  ...rest,
});
const logLinear = (rest: object) => ({
  ...{ kind: 'log-linear', dimension: 1, beta: 1, reference: [0], radius: 3, start: [0] },
  sft: [{ candidates: [[1], [0]], target: 0 }],
  dpo: [{ chosen: [1], rejected: [0] }],
  ...rest,
});
const expression = (dpo: string, radius: number) => ({
  ...{ kind: 'expression', variables: ['x'], objectives: { dpo, sft: 'x^2' }, start: [0], radius },
});

describe('numbers whose squares are none, of which intervals, distances and areas would be NaN', () => {
  it.each<[string, object, RegExp]>([
    ['values', quadratic({ hessian: [[1e308]], minimizer: [1e5] }), /^objectives\.dpo: got Infinity, expected values/],
    ['values that are numbers', quadratic({ hessian: [[1e200]], minimizer: [1e30] }), /got 9\.9\d*e\+259, expected/],
    ['an entry', quadratic({ hessian: [[1e200]], minimizer: [0] }), /^objectives\.dpo: got .*e\+200, expected values/],
    ['values on a ball', quadratic({}, { radius: 1e90 }), /^objectives\.dpo: got 9\.9\d*e\+179, expected values/],
    ['a radius', quadratic({ hessian: [[0]] }, { radius: 1e151 }), /^radius: got 1e\+151, expected .* at most 1e\+150/],
    ['a start', quadratic({ hessian: [[0]] }, { start: [1e200] }), /^start\[0\]: got 1e\+200/],
    ['a minimiser', quadratic({ minimizer: [-1e200] }), /^objectives\.dpo\.minimizer\[0\]: got -1e\+200/],
    ['noise', quadratic({ noise: 1e200 }), /^noise of dpo: got 1e\+200, expected 0, or 1e-150 to 1e\+150/],
    ['noise whose square is 0', quadratic({ noise: 1e-200 }), /^noise of dpo: got 1e-200/],
    ['noise of values', quadratic({ valueNoise: 1e-200 }), /^valueNoise of dpo: got 1e-200/],
    ['features', logLinear({ dpo: [{ chosen: [1e200], rejected: [0] }] }), /^dpo: got 3e\+200, expected margins/],
    ['candidates', logLinear({ sft: [{ candidates: [[1e308], [-1e308]], target: 0 }] }), /^sft: got Infinity/],
    ['a reference', logLinear({ reference: [1e200] }), /^dpo: got 1e\+200, expected margins/],
    ['beta', logLinear({ beta: 1e300 }), /^dpo: got 3e\+300, expected losses/],
    ['squares of margins', logLinear({ preferenceLoss: 'ipo', radius: 1e80 }), /^dpo: got 1e\+160, expected losses/],
    ['an expression', expression('1e200*(x-1)^2', 5), /values of at most 1e\+150, whose squares are numbers; at \(0\)/],
  ])('%s', async (_name, file, message) => {
    await expect(parseProblem(file)).rejects.toThrow(message);
  });

  it('step sizes too', () => {
    expect(() => stepSizes('1e200/t', 3)).toThrow('numbers of at most 1e+150, whose square is a number; at t = 1');
  });

  it('and pairs near those sizes are not refused', async () => {
    await parseProblem(quadratic({ hessian: [[1e140]], minimizer: [1e4], noise: 1e140 }));
    await parseProblem(quadratic({ hessian: [[1e-300]], minimizer: [1e-20] }));
    await parseProblem(logLinear({ dpo: [{ chosen: [1e140], rejected: [0] }] }));
  });
});
