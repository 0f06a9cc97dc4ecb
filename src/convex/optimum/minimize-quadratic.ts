import { verifiedFactor } from '../matrix/verified-factor.js';
import type { QuadraticData } from '../problem/data.js';
import type { ConvexFunction, PreciseEvaluation } from '../problem/problem.js';
import { certificate, certified, multiplier, residual, type KnownCurvature } from './certificate.js';
import type { CertifiedMinimum } from './minimum.js';
import { eigenbasis, minimizeModel, ontoBall } from './quadratic-model.js';
import { evaluatePrecisely } from './weighted-function.js';
import { exactSuboptimality, weightedHessian } from './weighted-quadratic.js';

/** The curvature of F_λ of a pair of quadratics, for its certificate. */
export function quadraticCurvature(
  data: QuadraticData,
  lambda: number,
): Extract<KnownCurvature, { kind: 'quadratic' }> {
  return {
    kind: 'quadratic',
    hessian: weightedHessian(data, lambda),
    suboptimality: (theta) => exactSuboptimality(data, lambda, theta),
  };
}

/**
 * A certified minimiser of F_λ of a pair of quadratics, over the ball or R^d: the minimiser in an eigenbasis, then
 * polished with gradients in twice the precision of doubles, so that condition numbers up to 1e16 are solved to what the
 * entries of θ, as doubles, allow.
 * @param f F_λ
 */
export function minimizeQuadratic(
  data: QuadraticData,
  lambda: number,
  f: ConvexFunction,
  start: Float64Array,
): CertifiedMinimum {
  const { dimension, radius } = data;
  const curvature = quadraticCurvature(data, lambda);
  const at = (minimizer: Float64Array): { evaluation: PreciseEvaluation; minimum: CertifiedMinimum } => {
    const evaluation = evaluatePrecisely(f, minimizer);
    return {
      evaluation,
      minimum: { minimizer, ...certified(evaluation, certificate(minimizer, evaluation, radius, curvature)) },
    };
  };
  // Of one objective alone the minimiser is in the file.
  if (lambda === 0 || lambda === 1) {
    const { minimizer } = data.objectives[lambda === 0 ? 'sft' : 'dpo'];
    if (Math.hypot(...minimizer) <= radius) {
      const { minimum } = at(Float64Array.from(minimizer));
      if (minimum.certificate === 0) return minimum;
    }
  }
  const basis = eigenbasis(curvature.hessian.high, dimension);
  const gradient = new Float64Array(dimension);
  let theta: Float64Array = Float64Array.from(ontoBall(start, radius));
  for (let pass = 0; pass < 2; pass++) {
    f.gradient(theta, gradient);
    theta = minimizeModel(basis, theta, gradient, radius);
  }
  let reached = at(theta);
  let best = reached.minimum;
  for (
    let pass = 0;
    pass < 4 && best.certificate > Number.EPSILON * Math.abs(best.value) && best.certificate > 0;
    pass++
  ) {
    const polished = polish(theta, reached.evaluation, radius, curvature);
    if (polished === undefined) break;
    theta = polished;
    reached = at(theta);
    const improved = reached.minimum.certificate < best.certificate;
    const halved = reached.minimum.certificate < best.certificate / 2;
    if (improved) best = reached.minimum;
    if (!halved) break;
  }
  return best;
}

/**
 * One step of Newton's method on the conditions for a minimum, g + νθ = 0 and, with ν > 0, ‖θ‖ = R. Where the Hessian is
 * singular it is shifted by as little as can be factored: a proximal step, which leaves flat directions alone.
 */
function polish(
  theta: Float64Array,
  evaluation: PreciseEvaluation,
  radius: number,
  { hessian }: Extract<KnownCurvature, { kind: 'quadratic' }>,
): Float64Array | undefined {
  const nu = multiplier(theta, evaluation, radius);
  const r = residual(theta, evaluation, nu);
  let trace = 0;
  for (let i = 0; i < theta.length; i++) trace += Math.abs(hessian.high[i * theta.length + i]);
  let factor = verifiedFactor(hessian, nu);
  for (let shift = 1e-22 * trace; factor === undefined && shift <= 1e-9 * trace && shift > 0; shift *= 1e3) {
    factor = verifiedFactor(hessian, nu + shift);
  }
  if (factor === undefined) return undefined;
  const step = factor.solve(r);
  let change = 0;
  const along = factor.solve({ high: theta, low: new Float64Array(theta.length) });
  if (nu > 0) {
    let [squares, inner] = [-radius * radius, 0];
    for (let i = 0; i < theta.length; i++) {
      squares += (theta[i] - step[i]) ** 2;
      inner += (theta[i] - step[i]) * along[i];
    }
    if (inner !== 0) change = squares / (2 * inner);
  }
  const next = theta.map((entry, i) => entry - step[i] - change * along[i]);
  return next.every(Number.isFinite) ? Float64Array.from(ontoBall(next, radius)) : undefined;
}
