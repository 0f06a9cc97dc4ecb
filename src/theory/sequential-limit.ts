import type { QuadraticData } from '../convex/problem/data.js';
import { eigenbasis, minimizeModel, toEigenbasis } from '../convex/optimum/quadratic-model.js';
import { quadraticObjective } from '../convex/problem/quadratic.js';
import type { ObjectivePair } from '../convex/problem/problem.js';
import type { ObjectiveName, Order } from '../schedule/schedule.js';
import type { DescribedRun } from './described-run.js';
import { freeQuadratics } from './free-quadratics.js';
import { weightOf, type Subject } from './subject.js';

/** The two stages of a sequential run. */
export interface OrderedObjectives {
  readonly order: Order;
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
}

/** Both orders. */
export const bothOrders: readonly OrderedObjectives[] = [
  { order: 'sft-dpo', first: 'sft', second: 'dpo' },
  { order: 'dpo-sft', first: 'dpo', second: 'sft' },
];

/**
 * Δ = min over argmin f_second of F_λ − min F_λ, for quadratics on R^d: a number that Δ is not below.
 *
 * argmin f_second = c_second + the null space of A_second; on it f_second = 0, and the first objective, weighted, is a
 * quadratic of the coordinates in that null space, whose certified minimum is the lower-level problem.
 */
export function sequentialGap(subject: Subject, data: QuadraticData, { first, second }: OrderedObjectives): number {
  const { dimension } = data;
  const [one, two] = [data.objectives[first], data.objectives[second]];
  const weight = weightOf(subject)[first];
  const basis = eigenbasis(two.hessian, dimension);
  const flat = Array.from(basis.values, (value, k) => ({ value, k }))
    .filter(({ value }) => value === 0)
    .map(({ k }) => basis.vectors.subarray(k * dimension, (k + 1) * dimension));
  const objective = quadraticObjective(one, dimension, Infinity);
  if (flat.length === 0) return weight * objective.value(two.minimizer) - subject.weightedSum.value;

  const size = flat.length;
  const point = (z: Float64Array): Float64Array =>
    two.minimizer.map((entry, i) => flat.reduce((sum, direction, k) => sum + z[k] * direction[i], entry));
  const full = new Float64Array(dimension);
  const gradientAt = (z: Float64Array): Float64Array => {
    objective.gradient(point(z), full);
    return z.map((_, k) => weight * full.reduce((sum, entry, i) => sum + entry * flat[k][i], 0));
  };
  const hessian = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    for (let l = 0; l < size; l++) {
      let sum = 0;
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j < dimension; j++) sum += flat[k][i] * one.hessian[i * dimension + j] * flat[l][j];
      }
      hessian[k * size + l] = weight * sum;
    }
  }
  const lower = eigenbasis(hessian, size);
  let z: Float64Array = new Float64Array(size);
  for (let pass = 0; pass < 2; pass++) z = minimizeModel(lower, z, gradientAt(z), Infinity);
  // What is left above the lower-level minimum: ½ gᵀ H⁺ g.
  const left = toEigenbasis(lower, gradientAt(z)).reduce(
    (sum, entry, k) => sum + (lower.values[k] > 0 ? (entry * entry) / (2 * lower.values[k]) : 0),
    0,
  );
  return weight * objective.value(point(z)) - left - subject.weightedSum.value;
}

/**
 * Δ of a sequential run: exact for quadratics on R^d, on other domains where the second objective has one certified
 * minimiser; undefined where neither is so.
 */
export function limitGap(subject: Subject, { order }: DescribedRun): number | undefined {
  const stages = objectivesInOrder(order);
  const data = freeQuadratics(subject);
  if (data !== undefined) return sequentialGap(subject, data, stages);
  if (!(subject.bounds[stages.second].strongConvexity > 0)) return undefined;
  const { objectives } = subject.pair;
  const { minimizer, certificate } = subject.ideal[stages.second];
  const weights = weightOf(subject);
  const value = weights.dpo * objectives.dpo.value(minimizer) + weights.sft * objectives.sft.value(minimizer);
  return certificate <= 1e-9 ? value - subject.weightedSum.value : undefined;
}

/** The stages of an order, the default one where none is given. */
export function objectivesInOrder(order: Order | undefined): OrderedObjectives {
  return bothOrders.find((known) => known.order === order) ?? bothOrders[0];
}

/** The pair without gradient noise. */
export function withoutNoise({ dimension, start, radius, objectives }: QuadraticData): ObjectivePair {
  const silent = (name: ObjectiveName) => quadraticObjective({ ...objectives[name], noise: 0 }, dimension, radius);
  return { dimension, start, radius, objectives: { dpo: silent('dpo'), sft: silent('sft') } };
}
