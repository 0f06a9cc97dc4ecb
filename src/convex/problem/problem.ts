import type { ObjectiveName } from '../../schedule/schedule.js';
import type { ProblemData } from './data.js';

/**
 * A value and a gradient at a point to more digits than doubles have: unevaluated sums high + low, with bounds on their
 * distance to the exact ones. Certificates rest on these.
 */
export interface PreciseEvaluation {
  readonly value: readonly [high: number, low: number];
  readonly valueError: number;
  readonly gradient: { readonly high: Float64Array; readonly low: Float64Array };
  /** In the Euclidean norm. */
  readonly gradientError: number;
}

/** A convex function on R^d with its derivatives. */
export interface ConvexFunction {
  /** The value at θ. */
  value(theta: Float64Array): number;
  /** Writes the gradient at θ (d entries) and returns the value. */
  gradient(theta: Float64Array, gradient: Float64Array): number;
  /** Writes the Hessian at θ (d × d, row-major). */
  hessian(theta: Float64Array, hessian: Float64Array): void;
  /** Value and gradient with bounds on their rounding; where absent, both are taken to be off by a few roundings. */
  evaluatePrecisely?(theta: Float64Array): PreciseEvaluation;
}

/** Whether convexity follows from rules, or was only not refuted on sampled chords. */
export type Convexity = 'proved' | 'sampled';

/** Constants of an objective over its domain, each with a proof in docs/theory.md; Infinity or 0 where none is known. */
export interface ObjectiveConstants {
  /** G: the square root of a bound on E‖stochastic gradient‖² over the domain. */
  readonly gradientBound: number;
  /** L: a Lipschitz constant of the gradient. */
  readonly smoothness: number;
  /** μ: a modulus of strong convexity. */
  readonly strongConvexity: number;
}

/** The random samples of one objective in one run: a new one is drawn at every step, used or not. */
export interface Sampler {
  /** Draws the sample of the next step. */
  draw(): void;
  /** Writes the stochastic gradient at θ for the drawn sample and returns the loss seen with it. */
  gradient(theta: Float64Array, gradient: Float64Array): number;
  /** The loss at θ for the drawn sample. */
  value(theta: Float64Array): number;
}

/** One of the two objectives of a problem. */
export interface Objective extends ConvexFunction {
  readonly constants: ObjectiveConstants;
  /** Standard deviation of the noise on the values that a schedule observes. */
  readonly valueNoise: number;
  /** Whether a sample's loss is the loss itself, or that of a minibatch. */
  readonly exactValues: boolean;
  /** The samples of one run, from a stream's uniform and normal numbers. */
  sampler(random: SamplerRandom, batch: number): Sampler;
}

/** What a sampler draws from. */
export interface SamplerRandom {
  readonly normal: () => number;
  readonly integer: (bound: number) => number;
}

/** Two convex objectives, their domain and a start: all that a run needs. */
export interface ObjectivePair {
  readonly dimension: number;
  readonly start: Float64Array;
  /** The domain is the ball ‖θ‖ ≤ radius; Infinity means all of R^d. */
  readonly radius: number;
  readonly objectives: Readonly<Record<ObjectiveName, Objective>>;
}

/** A pair of objectives as a problem file describes it. */
export interface Problem extends ObjectivePair {
  readonly data: ProblemData;
  /** Whether both objectives are proved to be convex. */
  readonly convexity: Convexity;
  /** Whether the statements about minima rest on convexity that was sampled, not proved. */
  readonly conditionalOnConvexity: boolean;
}
