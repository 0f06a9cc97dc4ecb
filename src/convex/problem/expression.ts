import { additiveNoise } from './additive-noise.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { parseArithmetic, type ExpressionFunction } from '../expression/arithmetic.js';
import { add, magnitude, point, subtract, type Interval } from '../expression/interval.js';
import { normBound } from '../matrix/precise-sum.js';
import type { ExpressionData } from './data.js';
import type { Convexity, Objective } from './problem.js';

/** An objective that is written as an expression. */
export interface ExpressionObjective extends Objective {
  readonly expression: ExpressionFunction;
  readonly convexity: Convexity;
}

/** An objective written as an expression, its gradient and Hessian by automatic differentiation. */
export function expressionObjective(data: ExpressionData, name: ObjectiveName): ExpressionObjective {
  const { variables, dimension, radius } = data;
  const noise = data.noise[name];
  const expression = parseArithmetic(`objectives.${name}`, data.objectives[name], variables);
  const { evaluate: value, gradient, hessian, enclose } = expression;
  const { convexity, strongConvexity } = provedConvexity(expression, data, data.strongConvexity[name]);

  let [gradientBound, smoothness]: (number | undefined)[] = [];
  return {
    expression,
    convexity,
    value,
    gradient,
    hessian,
    evaluatePrecisely(theta) {
      const found = new Float64Array(dimension);
      const at = gradient(theta, found);
      const rounding = expression.rounding(theta, at, found);
      return {
        value: [at, 0],
        valueError: rounding.value,
        gradient: { high: found, low: new Float64Array(dimension) },
        gradientError: normBound(rounding.gradient),
      };
    },
    constants: {
      get gradientBound() {
        return (gradientBound ??= Math.hypot(
          largestNorm(enclose.gradient, dimension, radius),
          Math.sqrt(dimension) * noise,
        ));
      },
      get smoothness() {
        return (smoothness ??= largestNorm(enclose.hessian, dimension, radius));
      },
      strongConvexity,
    },
    valueNoise: data.valueNoise[name],
    exactValues: true,
    sampler: (random, batch) => additiveNoise({ value, gradient }, dimension, noise / Math.sqrt(batch), random),
  };
}

/** How far below what its author vouches for a modulus may be proved: the rounding of such numbers as 0.2. */
const roundedModulus = 1 - 1e-12;

/**
 * What is proved of an expression on its domain: that it is convex, by the rules of disciplined convex programming or
 * because its Hessian, enclosed over the box around the ball, is diagonally dominant; and the modulus of strong
 * convexity that the latter shows. It is `proved` only with the modulus that the author vouches for.
 */
function provedConvexity(
  expression: ExpressionFunction,
  { dimension, radius }: ExpressionData,
  vouched: number,
): { convexity: Convexity; strongConvexity: number } {
  const box = Array.from({ length: dimension }, (): Interval => ({ low: -radius, high: radius }));
  const modulus = expression.enclose.isDefined(box) ? dominance(expression.enclose.hessian(box), dimension) : -Infinity;
  const convex = modulus >= 0 || expression.curvature(box).convex;
  const proved = convex && modulus >= vouched * roundedModulus;
  if (vouched > 0)
    return { convexity: proved ? 'proved' : 'sampled', strongConvexity: proved ? Math.min(vouched, modulus) : vouched };
  return { convexity: convex ? 'proved' : 'sampled', strongConvexity: Math.max(0, modulus) };
}

/** A lower bound on the smallest eigenvalue of every symmetric matrix with such entries (Gershgorin's discs). */
function dominance(entries: readonly Interval[], dimension: number): number {
  let least = Infinity;
  for (let i = 0; i < dimension; i++) {
    let disc: Interval = point(0);
    for (let j = 0; j < dimension; j++) if (j !== i) disc = add(disc, magnitude(entries[i * dimension + j]));
    least = Math.min(least, subtract(entries[i * dimension + i], disc).low);
  }
  return least;
}

/** How many boxes a ball is cut into for interval arithmetic, at most. */
const mostBoxes = 4096;

/**
 * A bound on the Euclidean norm of what is enclosed over the ball, by interval arithmetic on the boxes of a grid that
 * meet it (Frobenius of a Hessian, which its spectral norm does not exceed). Infinity on R^d, or where nothing is known.
 */
function largestNorm(
  enclose: (box: readonly Interval[]) => readonly Interval[],
  dimension: number,
  radius: number,
): number {
  if (radius === Infinity) return Infinity;
  const pieces = Math.max(1, Math.floor(mostBoxes ** (1 / dimension)));
  const side = (2 * radius) / pieces;
  let largest = 0;
  for (let index = 0; index < pieces ** dimension && largest < Infinity; index++) {
    const box = Array.from({ length: dimension }, (_, i): Interval => {
      const at = Math.floor(index / pieces ** i) % pieces;
      return { low: -radius + at * side, high: -radius + (at + 1) * side };
    });
    const nearest = Math.hypot(...box.map(({ low, high }) => Math.max(0, low, -high)));
    if (nearest > radius) continue;
    let squares = 0;
    for (const entry of enclose(box)) squares += magnitude(entry).high ** 2;
    largest = Math.max(largest, Math.sqrt(squares));
  }
  // The ends of the boxes and the norm are rounded to nearest, not outwards.
  return largest * (1 + 1e-9);
}
