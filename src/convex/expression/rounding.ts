import { enclosures } from './enclosure.js';
import type { Expression, ExpressionPart } from './expression.js';
import { add, hasZero, magnitude, multiply, point, type Interval } from './interval.js';
import { hypotenuse, larger, smaller } from './operations.js';
import { decidingComparisons, isTied, settledTies, valuesOf } from './values.js';

/** How far a computed value and gradient may be from exact ones. */
export interface Rounding {
  readonly value: number;
  /** Of every entry; of a subgradient at kinks. */
  readonly gradient: Float64Array;
}

const [zero, one] = [point(0), point(1)];
const either: Interval = { low: 0, high: 1 };

/**
 * Bounds on what rounding did to the value and the gradient of an expression at a point, by interval arithmetic.
 *
 * Where rounding leaves open on which side of a kink a part lies, the slope that was computed is one of a subgradient
 * nearby: the plane through the value with that slope may lie above a convex function by the slope's jump times the
 * part's uncertainty at most, which is added to the value's error (an ε-subgradient).
 */
export function roundings(
  expression: Expression,
): (theta: ArrayLike<number>, value: number, gradient: Float64Array) => Rounding {
  const { parts } = expression;
  const enclose = enclosures(expression);
  const comparisons = decidingComparisons(expression);
  return (theta, value, gradient) => {
    const ranges = enclose.parts(Array.from(theta, point));
    let values = valuesOf(parts, theta);
    if (comparisons.some((i) => isTied(parts[i], values))) {
      values = valuesOf(parts, theta, settledTies(expression, comparisons, theta, values));
    }
    const adjoint = parts.map(() => zero);
    adjoint[parts.length - 1] = one;
    let slack = 0;
    const found = Array.from(gradient, () => zero);
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i];
      if (part.kind === 'variable') found[part.index] = add(found[part.index], adjoint[i]);
      if (part.kind === 'variable' || part.kind === 'constant') continue;
      const [slopes, jump] = slopesAt(part, ranges, values, i);
      if (jump > 0) slack += magnitude(adjoint[i]).high * jump;
      adjoint[part.a] = add(adjoint[part.a], multiply(adjoint[i], slopes[0]));
      if (part.kind !== 'unary') adjoint[part.b] = add(adjoint[part.b], multiply(adjoint[i], slopes[1]));
    }
    const off = ({ low, high }: Interval, x: number): number => Math.max(high - x, x - low, 0) * (1 + 2 ** -50);
    return {
      value: (off(ranges[parts.length - 1], value) + slack) * (1 + 2 ** -50),
      gradient: gradient.map((entry, i) => off(found[i], entry)),
    };
  };
}

/** The slopes of a part, and by how much a plane with them may lie above it. */
function slopesAt(
  part: Exclude<ExpressionPart, { kind: 'constant' | 'variable' }>,
  ranges: readonly Interval[],
  values: Float64Array,
  i: number,
): readonly [slopes: readonly [Interval, Interval], jump: number] {
  const [a, b] = [ranges[part.a], part.kind === 'unary' ? zero : ranges[part.b]];
  switch (part.kind) {
    case 'conditional': {
      const { low, high } = ranges[part.condition];
      const decided = !hasZero({ low, high }) || low === high;
      return [decided ? (values[part.condition] !== 0 ? [one, zero] : [zero, one]) : [either, either], 0];
    }
    case 'unary': {
      const slope = part.rule.slope(values[part.a], values[i]);
      if (part.rule.power === undefined || !hasZero(a)) return [[part.rule.slopeRange(a), zero], 0];
      // A root at 0 passes nothing on.
      if (slope === Infinity) return [[zero, zero], ranges[i].high];
      const { numerator, thirds, parity } = part.rule.power;
      if (parity !== 'even' || numerator !== 3 ** thirds) return [[part.rule.slopeRange(a), zero], 0];
      return [[point(slope), zero], 2 * (a.high - a.low)];
    }
    case 'binary': {
      const isExtremum = part.rule === larger || part.rule === smaller;
      const isTied = isExtremum && a.high >= b.low && b.high >= a.low;
      const isAtOrigin = part.rule === hypotenuse && ranges[i].low <= 0;
      if (!isTied && !isAtOrigin) return [part.rule.slopeRanges(a, b), 0];
      const [p, q] = [values[part.a], values[part.b]];
      const slopes = [point(part.rule.slopeA(p, q)), point(part.rule.slopeB(p, q))] as const;
      return [slopes, isTied ? Math.max(a.high, b.high) - Math.min(a.low, b.low) : 2 * ranges[i].high];
    }
  }
}
