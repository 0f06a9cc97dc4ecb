import { Matrix, solve } from 'ml-matrix';
import { inner } from '../base/vector.js';
import type { QuadraticData } from '../convex/problem/data.js';
import { evaluatePrecisely, weightedFunction } from '../convex/optimum/weighted-function.js';
import { eigenbasis, fromEigenbasis, toEigenbasis, type Eigenbasis } from '../convex/optimum/quadratic-model.js';
import { gapAt } from '../remedy/judge.js';
import { isReason } from '../remedy/limit.js';
import type { Setup } from '../remedy/setup.js';
import { freeQuadratics } from './free-quadratics.js';
import type { Constants } from './constants.js';
import { computed, type Measurement } from './measurement.js';
import { setupOf } from './remedy-setup.js';
import { bothOrders } from './sequential-limit.js';
import { notFreeQuadratic } from './smooth-constants.js';
import type { Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';

/** The gap of the point that a move m leads to from the end of stage one. */
export const gapOfMove = '(q_m - 2*w_2*q_md + w_2^2*q_s)/2';

/** Two stages on quadratics on R^d with single minimisers. */
export interface QuadraticStages {
  readonly setup: Setup;
  readonly w_1: number;
  readonly w_2: number;
  /** d = θ_2* − θ_1*. */
  readonly d: Float64Array;
  /** A_λ, A_1 and A_2, as functions of a vector. */
  readonly weighted: (vector: Float64Array) => Float64Array;
  readonly first: (vector: Float64Array) => Float64Array;
  readonly second: (vector: Float64Array) => Float64Array;
  /** A_2 in its eigenbasis. */
  readonly basis: Eigenbasis;
  /** A_λ⁻¹ of a vector. */
  readonly unweighted: (vector: Float64Array) => Float64Array;
}

/** The stages of a subject in each order, or why there are none. */
export function quadraticStages(subject: Subject): readonly QuadraticStages[] | NotApplicable {
  const data = freeQuadratics(subject);
  if (data === undefined) return notFreeQuadratic;
  const { dpo, sft } = subject.bounds;
  if (!(dpo.strongConvexity > 0 && sft.strongConvexity > 0)) return { reason: 'an objective has several minimisers' };
  const stages: QuadraticStages[] = [];
  for (const { order } of bothOrders) {
    const setup = setupOf(subject, order);
    if (isReason(setup)) return setup;
    stages.push(stagesOfSetup(setup, data));
  }
  return stages;
}

function stagesOfSetup(setup: Setup, { dimension, objectives }: QuadraticData): QuadraticStages {
  const { first, second, weightOfFirst: w_1, weightOfSecond: w_2 } = setup;
  const [one, two] = [objectives[first], objectives[second]];
  const both = one.hessian.map((entry, i) => w_1 * entry + w_2 * two.hessian[i]);
  const times = (matrix: Float64Array) => (vector: Float64Array) =>
    Float64Array.from({ length: dimension }, (_, i) =>
      inner(matrix.subarray(i * dimension, (i + 1) * dimension), vector),
    );
  const weighted = new Matrix(
    Array.from({ length: dimension }, (_, i) => Array.from(both.subarray(i * dimension, (i + 1) * dimension))),
  );
  return {
    setup,
    w_1,
    w_2,
    d: two.minimizer.map((entry, i) => entry - one.minimizer[i]),
    weighted: times(both),
    first: times(one.hessian),
    second: times(two.hessian),
    basis: eigenbasis(two.hessian, dimension),
    unweighted: (vector) => Float64Array.from(solve(weighted, Matrix.columnVector(Array.from(vector))).to1DArray()),
  };
}

/** The constants of the gap of a move. */
export function moveConstants({ w_2, d, weighted, second, unweighted }: QuadraticStages, m: Float64Array): Constants {
  const pull = second(d);
  return { w_2, q_m: inner(m, weighted(m)), q_md: inner(m, pull), q_s: inner(pull, unweighted(pull)) };
}

/** A move in the eigenbasis of A_2: every coordinate of d times a factor that depends on the eigenvalue. */
export function filtered({ basis, d }: QuadraticStages, factor: (value: number, k: number) => number): Float64Array {
  const coordinates = toEigenbasis(basis, d);
  return fromEigenbasis(
    basis,
    coordinates.map((entry, k) => entry * factor(basis.values[k], k)),
  );
}

/** The gap at a point, and its rounding. */
export function measuredGap(stages: QuadraticStages, at: Float64Array): Measurement {
  const { d, second } = stages;
  return computed(gapAt(stages.setup, at), 1e-9 * Math.max(1, inner(d, second(d))));
}

/** One trial for each order, or several. */
export function quadraticTrials(
  subject: Subject,
  trialsOf: (stages: QuadraticStages) => readonly Trial[],
): readonly Trial[] | NotApplicable {
  const stages = quadraticStages(subject);
  if (isReason(stages)) return stages;
  return stages.flatMap((each) =>
    trialsOf(each).map((trial) => ({
      ...trial,
      variant: trial.variant === undefined ? each.setup.order : `${each.setup.order}, ${trial.variant}`,
    })),
  );
}

/** The constants of the gap of the average with the weights of F_λ. */
export function differenceOfHessians({ w_1, w_2, d, first, second, unweighted }: QuadraticStages): Constants {
  const two = second(d);
  const apart = first(d).map((entry, i) => entry - two[i]);
  return { w_1, w_2, q_c: inner(apart, unweighted(apart)) };
}

/** The constants of what min F_λ is above both optima: (w_1A_1)(w_1A_1 + w_2A_2)⁻¹(w_2A_2) is symmetric. */
export function parallelSum({ w_1, w_2, d, first, second, unweighted }: QuadraticStages): Constants {
  return { w_1, w_2, q_p: inner(first(d), unweighted(second(d))) };
}

/** F_λ at a point above the weighted optima of both objectives, and its rounding. */
export function excessOverIdeal({ setup, d, second }: QuadraticStages, at: Float64Array): Measurement {
  const { problem, lambda, optima } = setup;
  const [high, low] = evaluatePrecisely(weightedFunction(problem, lambda), at).value;
  const { dpo, sft } = optima.ideal;
  const excess = high - lambda * dpo.value - (1 - lambda) * sft.value + low;
  return computed(excess, 1e-9 * Math.max(1, inner(d, second(d))));
}
