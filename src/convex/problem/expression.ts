import { additiveNoise } from './additive-noise.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { InputError } from '../../base/input-error.js';
import { stream } from '../../base/random-stream.js';
import { parseArithmetic, type Arithmetic } from '../expression/arithmetic.js';
import type { Interval } from '../expression/enclosure.js';
import type { ExpressionData } from './data.js';
import type { Objective } from './problem.js';

/** An objective written as an expression, its gradient and Hessian by symbolic differentiation. */
export function expressionObjective(data: ExpressionData, name: ObjectiveName): Objective {
  const { variables, dimension, radius } = data;
  const [noise, strongConvexity] = [data.noise[name], data.strongConvexity[name]];
  const expression = parseArithmetic(`objectives.${name}`, data.objectives[name], variables);
  const partials = variables.map((variable) => expression.derivative(variable));
  const second = partials.map((partial, i) =>
    variables.slice(0, i + 1).map((variable) => partial.derivative(variable)),
  );

  let [gradientBound, smoothness]: (number | undefined)[] = [];
  const value = (theta: Float64Array): number => expression.evaluate(theta);
  const gradient = (theta: Float64Array, out: Float64Array): number => {
    for (let i = 0; i < dimension; i++) out[i] = partials[i].evaluate(theta);
    return value(theta);
  };
  return {
    value,
    gradient,
    hessian(theta, out) {
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j <= i; j++) {
          out[i * dimension + j] = out[j * dimension + i] = second[i][j].evaluate(theta);
        }
      }
    },
    constants: {
      get gradientBound() {
        return (gradientBound ??= Math.hypot(largestNorm(partials, dimension, radius), Math.sqrt(dimension) * noise));
      },
      get smoothness() {
        const entries = second.flatMap((row, i) => row.flatMap((entry, j) => (i === j ? [entry] : [entry, entry])));
        return (smoothness ??= largestNorm(entries, dimension, radius));
      },
      strongConvexity,
    },
    valueNoise: data.valueNoise[name],
    exactValues: true,
    sampler: (random, batch) => additiveNoise({ value, gradient }, dimension, noise / Math.sqrt(batch), random),
  };
}

/** How many boxes a ball is cut into for interval arithmetic, at most. */
const mostBoxes = 4096;

/**
 * A bound on the Euclidean norm of the entries over the ball, by interval arithmetic on the boxes of a grid that meet
 * it (Frobenius of a Hessian, which its spectral norm does not exceed). Infinity on R^d, or where nothing is known.
 */
function largestNorm(entries: readonly Arithmetic[], dimension: number, radius: number): number {
  if (radius === Infinity) return Infinity;
  const pieces = Math.max(1, Math.floor(mostBoxes ** (1 / dimension)));
  const side = (2 * radius) / pieces;
  let largest = 0;
  for (let index = 0; index < pieces ** dimension; index++) {
    const box = Array.from({ length: dimension }, (_, i): Interval => {
      const at = Math.floor(index / pieces ** i) % pieces;
      return { low: -radius + at * side, high: -radius + (at + 1) * side };
    });
    const nearest = Math.hypot(...box.map(({ low, high }) => Math.max(0, low, -high)));
    if (nearest > radius) continue;
    const norm = Math.hypot(
      ...entries.map((entry) => {
        const { low, high } = entry.enclose(box);
        return Math.max(Math.abs(low), Math.abs(high));
      }),
    );
    largest = Math.max(largest, norm);
  }
  // Interval ends are rounded to nearest, not outwards.
  return largest * (1 + 1e-9);
}

/**
 * Refuses an objective that is not convex on sampled chords: f(½(x + y)) ≤ ½ f(x) + ½ f(y) − ⅛ μ ‖x − y‖², with the
 * declared modulus μ. Chords lie in the ball, or, on all of R^d, around the start at scales from 0.01 to 100.
 * The InputError shows the first chord that breaks it. Passing is no proof: certificates stay conditional on convexity.
 */
export function checkConvexOnChords(objective: Objective, data: ExpressionData, name: ObjectiveName): void {
  const { dimension, start, radius } = data;
  const modulus = data.strongConvexity[name];
  const random = stream(0, `convexity-chords-${name}`);
  const field = `objectives.${name}`;
  const text = data.objectives[name];
  const at = (point: Float64Array): number => {
    const value = objective.value(point);
    if (!Number.isFinite(value))
      throw new InputError(field, text, `a finite value on the domain; at (${shown(point)}) it is ${value}`);
    return value;
  };
  const gradient = new Float64Array(dimension);
  objective.gradient(start, gradient);
  if (!gradient.every(Number.isFinite)) {
    throw new InputError(field, text, `a differentiable expression; its gradient at the start is (${shown(gradient)})`);
  }
  for (let chord = 0; chord < 2000; chord++) {
    const scale = 10 ** (4 * random.uniform() - 2);
    const [x, y] = [samplePoint(), samplePoint()];
    function samplePoint(): Float64Array {
      const direction = Float64Array.from({ length: dimension }, () => random.normal());
      const norm = Math.hypot(...direction);
      return Number.isFinite(radius)
        ? direction.map((entry) => (entry / norm) * radius * random.uniform() ** (1 / dimension))
        : direction.map((entry, i) => start[i] + scale * entry);
    }
    const middle = x.map((entry, i) => (entry + y[i]) / 2);
    const [fx, fy, fm] = [at(x), at(y), at(middle)];
    const bend = (modulus / 8) * Math.hypot(...x.map((entry, i) => entry - y[i])) ** 2;
    const rounding = 1e-12 * (Math.abs(fx) + Math.abs(fy) + bend);
    if (fm > (fx + fy) / 2 - bend + rounding) {
      const kind = modulus > 0 ? `a convex function with modulus ${modulus}` : 'a convex function';
      throw new InputError(
        field,
        text,
        `${kind}; on the chord from (${shown(x)}) to (${shown(y)}) its value in the middle, ${fm}, lies above ${(fx + fy) / 2 - bend}`,
      );
    }
  }
}

function shown(point: Float64Array): string {
  return Array.from(point, (entry) => String(Number(entry.toPrecision(6)))).join(', ');
}
