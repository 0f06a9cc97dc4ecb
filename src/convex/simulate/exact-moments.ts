import type { QuadraticData } from '../problem/data.js';
import type { Choice, ObjectiveName, Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { momentsInEigenbasis, type AffineStep } from './moments-in-eigenbasis.js';
import { gradientsOf, isOpenLoop, possibleOutcomes, weightsOf } from '../../schedule/step.js';

/** Whether mean and second moment obey linear recursions under a schedule: what it does depends on no value or gradient. */
export function hasExactMoments(schedule: Schedule, settings: ScheduleSettings): boolean {
  return isOpenLoop(schedule, schedule.init(settings), settings.steps);
}

/** What the exact recursion needs beside the problem. */
export interface MomentOptions {
  readonly schedule: Schedule;
  readonly settings: ScheduleSettings;
  readonly stepSizes: Float64Array;
  /** Draws averaged in a noisy gradient. */
  readonly batch: number;
  /** The point from which the moments are taken. */
  readonly origin: Float64Array;
  /** The steps, ascending in 0 … T, at which the moments are looked at; all of them where absent. */
  readonly record?: readonly number[];
}

/** What `exactGaps` needs beside the problem. */
export interface ExactOptions extends Omit<MomentOptions, 'origin' | 'record'> {
  /** A minimiser of F_λ. */
  readonly minimizer: Float64Array;
  /** The steps, ascending in 0 … T, at which the gap is wanted. */
  readonly record: readonly number[];
}

/**
 * E F_λ(θ_s) − min F_λ at every recorded step, to machine precision, for quadratics on R^d (statement Q):
 * ½ tr(A_λ S) with S = E (θ − θ_λ*)(θ − θ_λ*)ᵀ, because the gradient of F_λ vanishes at θ_λ*.
 */
export function exactGaps(data: QuadraticData, { minimizer, record, ...options }: ExactOptions): Float64Array {
  const { lambda } = options.settings;
  const { dpo, sft } = data.objectives;
  const hessian = dpo.hessian.map((entry, i) => lambda * entry + (1 - lambda) * sft.hessian[i]);
  const gaps = new Float64Array(record.length);
  let recorded = 0;
  exactMoments(data, { ...options, origin: minimizer, record }, (_step, _mean, second) => {
    gaps[recorded++] = 0.5 * traceOfProduct(hessian, second);
    return recorded < record.length;
  });
  return gaps;
}

/** About how many multiplications `exactGaps` takes. */
export function exactOperations(data: QuadraticData, { minimizer, record, ...options }: ExactOptions): number {
  const { steps } = options.settings;
  const branches = affineBranches(data, { ...options, origin: minimizer });
  const cube = data.dimension ** 3;
  let total = 0;
  let current: AffineStep | undefined;
  for (let t = 1; t <= steps; t++) {
    const possible = branches(t);
    const single = possible.length === 1 ? possible[0].step : undefined;
    if (single !== undefined && (single === current || staysLong(branches, t, steps, record))) {
      // Into the eigenbasis and out of it, and the eigenbasis itself.
      if (single !== current) total += 14 * cube;
      current = single;
      total += 6 * data.dimension ** 2;
    } else {
      current = undefined;
      total += 1.5 * possible.length * cube;
    }
    if (t >= (record[record.length - 1] ?? 0)) break;
  }
  return total;
}

/** Whether the step of time t alone is taken for so long, and not looked at, that its eigenbasis pays. */
function staysLong(
  branches: (t: number) => readonly { readonly step: AffineStep }[],
  t: number,
  steps: number,
  record: readonly number[] | undefined,
): boolean {
  const long = 24;
  if (record === undefined || t + long > steps + 1) return false;
  if (record.some((step) => step >= t && step < t + long - 1)) return false;
  const [{ step }] = branches(t);
  for (let later = t + 1; later < t + long; later++) {
    const possible = branches(later);
    if (possible.length !== 1 || possible[0].step !== step) return false;
  }
  return true;
}

/**
 * Gives E e_s and E e_s e_sᵀ, e = θ − origin, to `visit` at s = 0 … T or at the steps of `record`, until it returns
 * false: to machine precision, for quadratics on R^d. Both arrays are overwritten by the next step. While many steps in a
 * row share one Hessian and are not looked at, the moments are kept in its eigenbasis.
 *
 * A step on objective i is e ← (I − αA_i) e − α A_i (origin − c_i) − α noise, so both moments obey linear recursions:
 * a schedule that draws mixes the moments of its outcomes, and a weighted sum adds both noises, each with its weight.
 */
export function exactMoments(
  data: QuadraticData,
  options: MomentOptions,
  visit: (step: number, mean: Float64Array, second: Float64Array) => boolean,
): void {
  const { settings, stepSizes, origin, record } = options;
  const { steps } = settings;
  const { dimension, start } = data;
  const branches = affineBranches(data, options);
  const mean = start.map((entry, i) => entry - origin[i]);
  const second = new Float64Array(dimension * dimension);
  addOuter(second, mean);
  const scratch: Scratch = {
    left: second.slice(),
    product: second.slice(),
    moved: mean.slice(),
    nextSecond: second.slice(),
    nextMean: mean.slice(),
  };
  const kept = momentsInEigenbasis(mean, second);
  let looked = 0;
  for (let t = 0; t <= steps; t++) {
    if (t > 0) {
      const possible = branches(t);
      const [{ step }] = possible;
      if (possible.length === 1 && (kept.current === step || staysLong(branches, t, steps, record))) {
        kept.advance(stepSizes[t - 1], step);
      } else {
        kept.leave();
        advance(mean, second, stepSizes[t - 1], possible, scratch);
      }
    }
    if (record !== undefined && record[looked] !== t) continue;
    looked++;
    kept.leave();
    if (!visit(t, mean, second)) return;
  }
}

/** The steps that may be taken at time t, with their probabilities; steps on one Hessian are one object. */
function affineBranches(
  data: QuadraticData,
  { schedule, settings, batch, origin }: MomentOptions,
): (t: number) => { probability: number; step: AffineStep }[] {
  const { dimension, objectives } = data;
  const centred = (name: ObjectiveName, weight: number): AffineStep => {
    const { hessian, minimizer: own, noise } = objectives[name];
    const matrix = hessian.map((entry) => weight * entry);
    const shift = matrixVector(
      matrix,
      origin.map((entry, i) => entry - own[i]),
    );
    return { matrix, shift, variance: (weight * noise) ** 2 / batch };
  };
  const state = schedule.init(settings);
  const known = new Map<string, AffineStep>();
  const affine = (choice: Choice): AffineStep => {
    const weights = weightsOf(choice, () => {
      throw new Error(`the schedule ${schedule.name} looks at gradients, and has no exact recursion`);
    });
    const objectives = gradientsOf(choice);
    const key = objectives.map((objective) => `${objective} ${weights[objective]}`).join();
    let step = known.get(key);
    if (step === undefined) {
      step = objectives.map((objective) => centred(objective, weights[objective])).reduce(added, still(dimension));
      if (known.size < mostKnown) known.set(key, step);
    }
    return step;
  };
  return (t) =>
    possibleOutcomes(schedule, state, t).map(({ probability, choice }) => ({ probability, step: affine(choice) }));
}

/** Affine steps that are kept for the next time; a schedule whose weights change with t would keep too many. */
const mostKnown = 16;

/** No step at all. */
function still(dimension: number): AffineStep {
  return { matrix: new Float64Array(dimension * dimension), shift: new Float64Array(dimension), variance: 0 };
}

/** The step along the sum of two gradients. */
function added(a: AffineStep, b: AffineStep): AffineStep {
  return {
    matrix: a.matrix.map((entry, i) => entry + b.matrix[i]),
    shift: a.shift.map((entry, i) => entry + b.shift[i]),
    variance: a.variance + b.variance,
  };
}

interface Scratch {
  readonly left: Float64Array;
  readonly product: Float64Array;
  readonly moved: Float64Array;
  readonly nextSecond: Float64Array;
  readonly nextMean: Float64Array;
}

/** Replaces E e and E eeᵀ by those after one step, which is one of the branches with its probability. */
function advance(
  mean: Float64Array,
  second: Float64Array,
  stepSize: number,
  branches: readonly { probability: number; step: AffineStep }[],
  { left, product, moved, nextSecond, nextMean }: Scratch,
): void {
  const dimension = mean.length;
  nextSecond.fill(0);
  nextMean.fill(0);
  for (const { probability, step } of branches) {
    for (let i = 0; i < left.length; i++) left[i] = -stepSize * step.matrix[i];
    for (let i = 0; i < dimension; i++) left[i * dimension + i] += 1;
    // With B = I − αA and b = −α shift: E = B m + b and S = B S Bᵀ + B m bᵀ + b mᵀBᵀ + b bᵀ + α² variance I.
    multiply(left, second, product, dimension);
    for (let i = 0; i < dimension; i++) {
      moved[i] = 0;
      for (let j = 0; j < dimension; j++) moved[i] += left[i * dimension + j] * mean[j];
    }
    for (let i = 0; i < dimension; i++) {
      const shiftI = -stepSize * step.shift[i];
      nextMean[i] += probability * (moved[i] + shiftI);
      for (let j = 0; j <= i; j++) {
        const shiftJ = -stepSize * step.shift[j];
        let sum = moved[i] * shiftJ + shiftI * moved[j] + shiftI * shiftJ;
        for (let k = 0; k < dimension; k++) sum += product[i * dimension + k] * left[j * dimension + k];
        if (i === j) sum += stepSize ** 2 * step.variance;
        nextSecond[i * dimension + j] += probability * sum;
      }
    }
  }
  mean.set(nextMean);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j <= i; j++) second[i * dimension + j] = second[j * dimension + i] = nextSecond[i * dimension + j];
  }
}

/** Writes the product of two square matrices (row-major). */
function multiply(a: Float64Array, b: Float64Array, product: Float64Array, dimension: number): void {
  product.fill(0);
  for (let i = 0; i < dimension; i++) {
    for (let k = 0; k < dimension; k++) {
      const factor = a[i * dimension + k];
      if (factor === 0) continue;
      for (let j = 0; j < dimension; j++) product[i * dimension + j] += factor * b[k * dimension + j];
    }
  }
}

function matrixVector(matrix: Float64Array, vector: Float64Array): Float64Array {
  const { length } = vector;
  return vector.map((_, i) => vector.reduce((sum, entry, j) => sum + matrix[i * length + j] * entry, 0));
}

function addOuter(matrix: Float64Array, vector: Float64Array): void {
  const { length } = vector;
  for (let i = 0; i < length; i++) for (let j = 0; j < length; j++) matrix[i * length + j] += vector[i] * vector[j];
}

/** tr(A S) of symmetric matrices. */
export function traceOfProduct(a: Float64Array, s: Float64Array): number {
  return a.reduce((sum, entry, i) => sum + entry * s[i], 0);
}
