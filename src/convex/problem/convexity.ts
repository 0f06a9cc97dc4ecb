import type { ObjectiveName } from '../../schedule/schedule.js';
import { InputError } from '../../base/input-error.js';
import { stream } from '../../base/random-stream.js';
import { shortNumber } from '../../base/text.js';
import { add, everything, multiply, point, subtract, type Interval } from '../expression/interval.js';
import type { ExpressionData } from './data.js';
import type { ExpressionObjective } from './expression.js';
import { largestMagnitude } from './magnitude.js';

/**
 * Refuses an expression whose values are not finite on chords of its domain, or, where its convexity is not proved,
 * that is not convex on them with the modulus μ that its author vouches for:
 * - f(½(x + y)) ≤ ½ f(x) + ½ f(y) − ⅛ μ ‖x − y‖², and
 * - ⟨∇f(y) − ∇f(x), y − x⟩ ≥ μ ‖x − y‖², which no constant that is added to f can hide.
 * A chord is shown only where interval arithmetic on its points proves that it breaks one of them, rounding included.
 * Chords lie in the ball, or, on all of R^d, around the start at scales from 0.01 to 100; half of them are short.
 * Some begin at the start and at the origin.
 * Passing is no proof: certificates stay conditional on convexity.
 */
export function checkOnChords(objective: ExpressionObjective, data: ExpressionData, name: ObjectiveName): void {
  const { dimension, start, radius } = data;
  const { expression, convexity } = objective;
  const modulus = data.strongConvexity[name];
  const random = stream(0, `convexity-chords-${name}`);
  const refuse = (expected: string): never => {
    throw new InputError(`objectives.${name}`, data.objectives[name], expected);
  };
  const at = (theta: Float64Array): number => {
    const value = expression.evaluate(theta);
    if (!Number.isFinite(value)) refuse(`a finite value on the domain; at (${shown(theta)}) it is ${value}`);
    if (Math.abs(value) > largestMagnitude) {
      refuse(`values of at most ${largestMagnitude}, whose squares are numbers; at (${shown(theta)}) it is ${value}`);
    }
    return value;
  };
  const notConvex = (x: Float64Array, y: Float64Array, because: string): never =>
    refuse(
      `a convex function${modulus > 0 ? ` with modulus ${modulus}` : ''}; ` +
        `on the chord from (${shown(x)}) to (${shown(y)}) ${because}`,
    );

  const [gradient, other] = [new Float64Array(dimension), new Float64Array(dimension)];
  at(start);
  expression.gradient(start, gradient);
  if (!gradient.every(Number.isFinite)) {
    refuse(`an expression with a gradient at the start; there it is (${shown(gradient)})`);
  }
  const sampled = chords(expression.size);
  // The last ones begin where people write special cases, which no random point meets.
  const ends = [start, new Float64Array(dimension)];
  for (let chord = 0; chord < sampled + 16; chord++) {
    const x = chord < sampled ? samplePoint() : ends[(chord % 4) >> 1];
    const y = chord % 2 === 0 ? samplePoint() : nearby(x);
    const middle = x.map((entry, i) => (entry + y[i]) / 2);
    const [fx, fy, fm] = [at(x), at(y), at(middle)];
    if (convexity === 'proved') continue;
    const bend = modulus * x.reduce((squares, entry, i) => squares + (entry - y[i]) ** 2, 0) * (1 - 1e-12);
    if (fm > (fx + fy) / 2 - bend / 8) {
      const both = add(expression.enclose.value(boxOf(x)), expression.enclose.value(boxOf(y)));
      const chordAbove = subtract(multiply(point(0.5), both), point(bend / 8));
      // The point in the middle, which doubles may not hold.
      const between = Array.from(x, (entry, i) => multiply(point(0.5), add(point(entry), point(y[i]))));
      if (expression.enclose.value(between).low > chordAbove.high) {
        notConvex(x, y, `its value in the middle, ${fm}, lies above ${(fx + fy) / 2 - bend / 8}`);
      }
    }
    expression.gradient(x, gradient);
    expression.gradient(y, other);
    const rise = gradient.reduce((sum, entry, i) => sum + (other[i] - entry) * (y[i] - x[i]), 0);
    if (rise < bend && provedRise(x, y).high < bend) {
      const length = Math.hypot(...x.map((entry, i) => entry - y[i]));
      const slope = (g: Float64Array): number => g.reduce((sum, entry, i) => sum + (entry * (y[i] - x[i])) / length, 0);
      notConvex(x, y, `its slope goes from ${slope(gradient)} to ${slope(other)}`);
    }
  }

  /** ⟨∇f(y) − ∇f(x), y − x⟩. */
  function provedRise(x: Float64Array, y: Float64Array): Interval {
    const [from, to] = [expression.enclose.gradient(boxOf(x)), expression.enclose.gradient(boxOf(y))];
    let rise = point(0);
    for (let i = 0; i < dimension; i++) {
      const step = subtract(point(y[i]), point(x[i]));
      rise = add(rise, multiply(subtract(to[i], from[i]), step));
    }
    return Number.isNaN(rise.high) ? everything : rise;
  }

  function direction(): Float64Array {
    const drawn = Float64Array.from({ length: dimension }, () => random.normal());
    const norm = Math.hypot(...drawn);
    return drawn.map((entry) => entry / norm);
  }

  function samplePoint(): Float64Array {
    const scale = 10 ** (4 * random.uniform() - 2);
    return Number.isFinite(radius)
      ? direction().map((entry) => entry * radius * random.uniform() ** (1 / dimension))
      : direction().map((entry, i) => start[i] + scale * Math.sqrt(dimension) * entry);
  }

  function nearby(x: Float64Array): Float64Array {
    const reach = Number.isFinite(radius) ? radius : Math.max(1, Math.hypot(...x));
    const length = reach * 10 ** (-4 * random.uniform());
    const y = direction().map((entry, i) => x[i] + length * entry);
    const norm = Math.hypot(...y);
    return norm > radius ? y.map((entry) => entry * (radius / norm) * (1 - Number.EPSILON)) : y;
  }
}

/** How many chords are tried: fewer of expressions that take long. */
function chords(size: number): number {
  return Math.round(Math.min(2000, Math.max(100, 1e7 / size)));
}

function boxOf(theta: Float64Array): Interval[] {
  return Array.from(theta, point);
}

function shown(theta: Float64Array): string {
  return Array.from(theta, (entry) => shortNumber(entry)).join(', ');
}
