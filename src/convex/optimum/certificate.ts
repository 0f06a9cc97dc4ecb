import { normBound, PreciseSum, productAbove, sumError, up } from '../matrix/precise-sum.js';
import { verifiedFactor, type KnownMatrix, type VerifiedFactor } from '../matrix/verified-factor.js';
import type { PreciseEvaluation } from '../problem/problem.js';

/** What is known of a function's curvature everywhere, for a certificate. */
export type KnownCurvature =
  /**
   * F is the quadratic with this Hessian. `suboptimality` gives F(θ) − min F on R^d in exact arithmetic where the
   * Hessian is singular, undefined where that is out of reach.
   */
  | {
      readonly kind: 'quadratic';
      readonly hessian: KnownMatrix;
      readonly suboptimality: (theta: Float64Array) => number | undefined;
    }
  /** F is μ-strongly convex; μ = 0 says no more than convex. */
  | { readonly kind: 'strongly-convex'; readonly modulus: number };

/** A bound on F(θ) − min F; where it is Infinity, why. */
export interface Bound {
  readonly bound: number;
  readonly reason?: string;
}

/**
 * A bound on F(θ) − min F over the ball ‖·‖ ≤ radius (Infinity: all of R^d), from value and gradient at a θ in the ball.
 *
 * It trusts no solver, only convexity and the curvature named, and holds in exact arithmetic: every sum is enlarged by a
 * bound on its rounding. With a multiplier ν ≥ 0 of the ball, the residual r = g + νθ and H the curvature, for any
 * δ ≥ 0 for which H + (ν + δ)I is positive definite,
 *   F(θ) − min F ≤ ½ν(R² − ‖θ‖²) + ½ rᵀ(H + (ν + δ)I)⁻¹r + ½δ(R + ‖θ‖)²;
 * for a merely convex function also the Frank–Wolfe gap ⟨g, θ⟩ + R‖g‖. On R^d ν = δ = 0, and a singular quadratic is
 * bounded in rational arithmetic. Proved in docs/theory.md, statement P.
 */
export function certificate(
  theta: Float64Array,
  evaluation: PreciseEvaluation,
  radius: number,
  curvature: KnownCurvature,
): Bound {
  if (!Number.isFinite(evaluation.valueError) || !Number.isFinite(evaluation.gradientError)) {
    return { bound: Infinity, reason: 'no bound on the rounding of value and gradient at the minimiser is known' };
  }
  return curvature.kind === 'quadratic'
    ? quadraticBound(theta, evaluation, radius, curvature)
    : convexBound(theta, evaluation, radius, curvature.modulus);
}

/** The multiplier of the ball at θ, approximately: that for which g + νθ is orthogonal to θ, where that is not negative. */
export function multiplier(theta: Float64Array, { gradient }: PreciseEvaluation, radius: number): number {
  if (radius === Infinity) return 0;
  const [inner, squares] = [new PreciseSum(), new PreciseSum()];
  for (let i = 0; i < theta.length; i++) {
    inner.addProduct(gradient.high[i], theta[i]);
    squares.addProduct(theta[i], theta[i]);
  }
  return squares.value > 0 ? Math.max(0, -inner.value / squares.value) : 0;
}

/** g + νθ in twice the precision of doubles, with a bound on the norm of its error. */
export function residual(
  theta: Float64Array,
  { gradient, gradientError }: PreciseEvaluation,
  nu: number,
): { high: Float64Array; low: Float64Array; error: number } {
  const [high, low, errors] = [theta.slice(), theta.slice(), theta.slice()];
  for (let i = 0; i < theta.length; i++) {
    const sum = new PreciseSum();
    sum.add(gradient.high[i]);
    sum.add(gradient.low[i]);
    sum.addProduct(nu, theta[i]);
    [high[i], low[i]] = sum.parts;
    errors[i] = sum.error;
  }
  return { high, low, error: (gradientError + normBound(errors)) * (1 + 4 * Number.EPSILON) };
}

/** ½ν(R² − ‖θ‖²), rounded up; negative for a θ that rounding put outside. */
function boundaryTerm(theta: Float64Array, nu: number, radius: number): number {
  if (nu === 0) return 0;
  const sum = new PreciseSum();
  sum.addProduct(radius, radius);
  for (const entry of theta) sum.addProduct(-entry, entry);
  const room = sum.upper;
  return room > 0 ? productAbove(nu / 2, room) : up((nu / 2) * room);
}

function convexBound(theta: Float64Array, evaluation: PreciseEvaluation, radius: number, modulus: number): Bound {
  const { gradient, gradientError } = evaluation;
  const slope = normBound(gradient.high, gradient.low) + gradientError;
  if (radius === Infinity) {
    if (modulus > 0) return { bound: productAbove(slope, up(slope / (2 * modulus))) };
    return slope === 0 ? { bound: 0 } : { bound: Infinity, reason: 'not known to be strongly convex, and no ball' };
  }
  const norm = normBound(theta);
  const frankWolfe = new PreciseSum();
  for (let i = 0; i < theta.length; i++) {
    frankWolfe.addProduct(gradient.high[i], theta[i]);
    frankWolfe.addProduct(gradient.low[i], theta[i]);
  }
  frankWolfe.addProduct(radius, normBound(gradient.high, gradient.low));
  frankWolfe.add(0, productAbove(gradientError, up(radius + norm)));

  const nu = multiplier(theta, evaluation, radius);
  const r = residual(theta, evaluation, nu);
  const size = normBound(r.high, r.low) + r.error;
  const reach = radius + norm;
  // The δ that balances what it costs and what it saves.
  const delta = Math.max(0, size / reach - modulus - nu);
  const curved = modulus + nu + delta;
  const bend = size === 0 ? 0 : productAbove(size, up(size / (2 * curved))) + shiftCost(delta, reach);
  return { bound: up(Math.max(0, Math.min(frankWolfe.upper, up(boundaryTerm(theta, nu, radius) + bend)))) };
}

function quadraticBound(
  theta: Float64Array,
  evaluation: PreciseEvaluation,
  radius: number,
  { hessian, suboptimality }: Extract<KnownCurvature, { kind: 'quadratic' }>,
): Bound {
  const nu = multiplier(theta, evaluation, radius);
  const r = residual(theta, evaluation, nu);
  const factor = verifiedFactor(hessian, nu);
  const boundary = boundaryTerm(theta, nu, radius);
  const curved = factor === undefined ? Infinity : halfInverseForm(hessian, nu, factor, r);
  if (radius === Infinity) {
    if (curved < Infinity) return { bound: Math.max(0, curved) };
    const bound = suboptimality(theta);
    if (bound !== undefined && bound < Infinity) return { bound };
    const reason =
      bound === undefined
        ? 'the Hessian of F_λ is singular to rounding and too large to be eliminated exactly'
        : 'F_λ has no minimum: its Hessian is indefinite';
    return { bound: Infinity, reason };
  }
  let best = up(boundary + curved);
  // What is left where the Hessian is flat, or indefinite by rounding: a shift δ that makes it definite, and its cost.
  const reach = radius + normBound(theta);
  let trace = 0;
  for (let i = 0; i < theta.length; i++) trace += Math.abs(hessian.high[i * theta.length + i]);
  let delta = Math.max((normBound(r.high, r.low) + r.error) / reach, 1e-28 * trace, Number.MIN_VALUE * 2 ** 60);
  for (; shiftCost(delta, reach) < best; delta *= 16) {
    const shifted = verifiedFactor(hessian, nu + delta);
    if (shifted === undefined) continue;
    const least = leastShift(delta, shifted);
    const form = halfInverseForm(hessian, nu + least.delta, least.factor, r);
    best = Math.min(best, up(boundary + up(form + shiftCost(least.delta, reach))));
    break;
  }
  return best < Infinity
    ? { bound: Math.max(0, best) }
    : { bound: Infinity, reason: 'numbers too large for doubles to certify' };

  /** Of a shift that was enough after a sixteenth of it was not, about the smallest part that is enough too. */
  function leastShift(delta: number, factor: VerifiedFactor): { delta: number; factor: VerifiedFactor } {
    for (const share of [8, 4, 2, 1.25]) {
      const smaller = delta > 1e-24 * trace ? verifiedFactor(hessian, nu + delta / share) : undefined;
      if (smaller !== undefined) return { delta: delta / share, factor: smaller };
    }
    return { delta, factor };
  }
}

/** ½δ · reach², rounded up. */
function shiftCost(delta: number, reach: number): number {
  return productAbove(delta / 2, productAbove(reach, reach));
}

/**
 * ½ rᵀM⁻¹r, rounded up, M = H + shift · I: with x ≈ M⁻¹r and ρ = r − Mx it is ½ xᵀ(r + ρ) + ½ ρᵀM⁻¹ρ.
 */
function halfInverseForm(
  { dimension, high, low, error }: KnownMatrix,
  shift: number,
  factor: VerifiedFactor,
  r: { high: Float64Array; low: Float64Array; error: number },
): number {
  const x = factor.solve(r);
  const [rest, restLow, errors] = [x.slice(), x.slice(), x.slice()];
  const form = new PreciseSum();
  for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
    const sum = new PreciseSum();
    sum.add(r.high[i]);
    sum.add(r.low[i]);
    for (let j = 0; j < dimension; j++) {
      sum.addProduct(-high[row + j], x[j]);
      if (low[row + j] !== 0) sum.addProduct(-low[row + j], x[j]);
    }
    sum.addProduct(-shift, x[i]);
    [rest[i], restLow[i]] = sum.parts;
    errors[i] = sum.error;
    form.addProduct(x[i], r.high[i]);
    form.addProduct(x[i], r.low[i]);
    form.addProduct(x[i], rest[i]);
    form.addProduct(x[i], restLow[i]);
  }
  const size = normBound(x);
  const unsure = (r.error + normBound(errors) + error * size) * (1 + 4 * Number.EPSILON);
  const left = normBound(rest, restLow) + unsure;
  const exact = up(form.upper / 2 + productAbove(size, unsure));
  return up(exact + productAbove(left, up(left / (2 * factor.leastEigenvalue))));
}

/** value − min F, certified, for the double nearest to F(θ): what its rounding adds to the bound. */
export function certified(
  evaluation: PreciseEvaluation,
  { bound, reason }: Bound,
): { value: number; certificate: number; reason?: string } {
  const [high, low] = evaluation.value;
  const value = high + low;
  const rounding = sumError(high, low, value);
  const total = new PreciseSum();
  total.add(bound);
  // Both ways, so that the minimum is within the certificate of the value even where that was rounded down.
  total.add(Math.abs(rounding), evaluation.valueError);
  const certificate = Math.max(0, total.upper);
  if (Number.isFinite(certificate)) return { value, certificate: certificate === 0 ? 0 : certificate };
  return { value, certificate: Infinity, reason: reason ?? 'the value is too large for doubles' };
}
