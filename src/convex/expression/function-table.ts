import type { Interval } from './interval.js';

/** What is known of a function of one number on an interval. */
export interface Shape {
  readonly convex: boolean;
  readonly concave: boolean;
  readonly rising: boolean;
  readonly falling: boolean;
}

/**
 * A function of one number: an entry of the table that values, gradients, Hessians, enclosures and convexity are all
 * computed from. Derivatives are those of the function where it has them; where it has a kink, `slope` is the mean of
 * the one-sided derivatives, and where it jumps or has a vertical tangent, NaN (Infinity at the edge of its domain).
 */
export interface UnaryFunction {
  /** Tells the function from every other. */
  readonly name: string;
  readonly value: (x: number) => number;
  /** The first derivative at x, where the value is y. */
  readonly slope: (x: number, y: number) => number;
  /** The second derivative at x, where the value is y. */
  readonly bend: (x: number, y: number) => number;
  /** Intervals that hold the values, and the first and second derivatives, on an interval; rounded outwards. */
  readonly range: (a: Interval) => Interval;
  readonly slopeRange: (a: Interval) => Interval;
  readonly bendRange: (a: Interval) => Interval;
  /** Its shape on an interval, where `shapeOf` cannot read it off the derivatives. */
  readonly shape?: (a: Interval) => Shape;
  /** Where it is a power of its argument. */
  readonly power?: Power;
  /** Whether its values jump at x. */
  readonly jumpsAt?: ((x: number) => boolean) | undefined;
}

/** |x|^q (`even`), sign(x) |x|^q (`odd`), or x^q of what is not negative (`positive`), with q = numerator / 3^thirds. */
export interface Power {
  readonly numerator: number;
  readonly thirds: number;
  readonly parity: 'even' | 'odd' | 'positive';
}

/** The shape of a function that is differentiable twice inside the interval, from its derivatives' enclosures. */
export function shapeOf(f: UnaryFunction, a: Interval): Shape {
  if (f.shape !== undefined) return f.shape(a);
  const [slope, bend] = [f.slopeRange(a), f.bendRange(a)];
  return { convex: bend.low >= 0, concave: bend.high <= 0, rising: slope.low >= 0, falling: slope.high <= 0 };
}
