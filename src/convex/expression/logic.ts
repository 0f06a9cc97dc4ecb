import { everything, hasZero, hull, point, type Interval } from './interval.js';
import type { BinaryOperation } from './operations.js';

const zero = point(0);
const none = (): number => 0;

/** 1 where the comparison holds, else 0. */
function comparison(name: string, holds: (a: number, b: number) => boolean): BinaryOperation {
  /** What it is if its arguments can be less, equal and greater. */
  const among = (less: boolean, equal: boolean, greater: boolean): Interval => {
    const possible = [
      ...(less ? [holds(0, 1)] : []),
      ...(equal ? [holds(0, 0)] : []),
      ...(greater ? [holds(1, 0)] : []),
    ].map(Number);
    return { low: Math.min(...possible), high: Math.max(...possible) };
  };
  const outcomes = (a: Interval, b: Interval): Interval =>
    among(a.low < b.high, a.high >= b.low && a.low <= b.high, a.high > b.low);
  const derivative = (a: Interval, b: Interval): Interval => {
    const { low, high } = outcomes(a, b);
    return low === high ? zero : everything;
  };
  return {
    name,
    value: (a, b) => Number(holds(a, b)),
    slopeA: none,
    slopeB: none,
    bendAA: none,
    bendAB: none,
    bendBB: none,
    range: outcomes,
    besideRange: (a, b) => among(a.low <= b.high, a.high >= b.low && a.low <= b.high, a.high >= b.low),
    slopeRanges: (a, b) => [derivative(a, b), derivative(a, b)],
    bendRanges: (a, b) => [derivative(a, b), derivative(a, b), derivative(a, b)],
    selects: true,
    jumpsAt: (a, b) => a === b,
  };
}

/** Combines truth values, where all but 0 is true. */
function connective(name: string, holds: (a: boolean, b: boolean) => boolean): BinaryOperation {
  const value = (a: number, b: number): number => Number(holds(a !== 0, b !== 0));
  const known = (a: Interval): number | undefined => (!hasZero(a) ? 1 : a.low === a.high ? 0 : undefined);
  const truth = (a: Interval, b: Interval): Interval => {
    const [p, q] = [known(a), known(b)];
    const outcomes = (p === undefined ? [0, 1] : [p]).flatMap((x) =>
      (q === undefined ? [0, 1] : [q]).map((y) => point(value(x, y))),
    );
    return outcomes.reduce(hull);
  };
  const derivative = (a: Interval, b: Interval): Interval => {
    const { low, high } = truth(a, b);
    return low === high ? zero : everything;
  };
  return {
    name,
    value,
    slopeA: none,
    slopeB: none,
    bendAA: none,
    bendAB: none,
    bendBB: none,
    selects: true,
    range: truth,
    slopeRanges: (a, b) => [derivative(a, b), derivative(a, b)],
    bendRanges: (a, b) => [derivative(a, b), derivative(a, b), derivative(a, b)],
  };
}

/** <, <=, >, >=, == and !=. */
export const comparisons: readonly BinaryOperation[] = [
  comparison('<', (a, b) => a < b),
  comparison('<=', (a, b) => a <= b),
  comparison('>', (a, b) => a > b),
  comparison('>=', (a, b) => a >= b),
  comparison('==', (a, b) => a === b),
  comparison('!=', (a, b) => a !== b),
];

/** and, or. */
export const connectives: readonly BinaryOperation[] = [
  connective('and', (a, b) => a && b),
  connective('or', (a, b) => a || b),
];
