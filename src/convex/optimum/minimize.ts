import type { ConvexFunction } from '../problem/problem.js';
import { certificate, type Curvature } from './certificate.js';
import { minimizeNewtonModel } from './newton-model.js';
import { eigenbasis, minimizeModel, ontoBall } from './quadratic-model.js';

/** A point, the value there, and a bound on how far that is above the minimum. */
export interface CertifiedMinimum {
  readonly minimizer: Float64Array;
  readonly value: number;
  /** value − minimum ≤ certificate, whatever the solver did. */
  readonly certificate: number;
}

/** What `minimize` needs to know. */
export interface MinimizeOptions {
  readonly start: Float64Array;
  /** Infinity for all of R^d. */
  readonly radius: number;
  /** 'quadratic' certifies with the Hessian itself, a number with that modulus of strong convexity. */
  readonly curvature: 'quadratic' | number;
}

/**
 * A certified minimiser of a convex function over a ball or R^d, by Newton's method whose quadratic models are
 * minimised exactly over the same ball, with backtracking. It goes on while the certificate improves, and returns the
 * point with the best certificate.
 */
export function minimize(f: ConvexFunction, { start, radius, curvature }: MinimizeOptions): CertifiedMinimum {
  const dimension = start.length;
  const [gradient, hessian] = [new Float64Array(dimension), new Float64Array(dimension * dimension)];
  let theta: Float64Array = Float64Array.from(ontoBall(start, radius));
  let value = f.gradient(theta, gradient);
  let best: CertifiedMinimum = { minimizer: theta, value, certificate: Infinity };
  let stalled = 0;
  f.hessian(theta, hessian);
  const known: Curvature =
    curvature === 'quadratic'
      ? { kind: 'quadratic', basis: eigenbasis(hessian, dimension) }
      : { kind: 'strongly-convex', modulus: curvature };
  for (let iteration = 0; iteration < 200; iteration++) {
    const bound = certificate(theta, gradient, radius, known);
    if (bound < best.certificate) {
      stalled = bound < best.certificate / 2 ? 0 : stalled + 1;
      best = { minimizer: theta, value, certificate: bound };
    } else stalled++;
    const scale = Number.EPSILON * Math.max(1, Math.abs(value));
    // A start that is good enough for its certificate still gets one step: callers compare the values of both objectives,
    // whose error is of first order in the point where the certificate's is of second.
    if ((iteration > 0 && bound <= 1000 * scale) || stalled >= 4) break;

    if (known.kind !== 'quadratic' && iteration > 0) f.hessian(theta, hessian);
    const target =
      known.kind === 'quadratic'
        ? minimizeModel(known.basis, theta, gradient, radius)
        : minimizeNewtonModel(hessian, theta, gradient, radius);
    let slope = 0;
    for (let i = 0; i < dimension; i++) slope += gradient[i] * (target[i] - theta[i]);
    let accepted = false;
    for (let step = 1; step > 1e-10 && !accepted; step /= 2) {
      const from = theta;
      const trial = step === 1 ? target : from.map((entry, i) => entry + step * (target[i] - entry));
      const reached = f.value(trial);
      // Near the optimum the decrease drowns in rounding: a full step is then judged by its certificate alone.
      if (reached <= value + 1e-4 * step * slope || (step === 1 && Math.abs(slope) <= 1e3 * scale)) {
        theta = trial;
        accepted = true;
      }
    }
    if (!accepted) break;
    value = f.gradient(theta, gradient);
  }
  // The value itself is rounded, which no bound from exact arithmetic sees.
  return { ...best, certificate: best.certificate + 2 * Number.EPSILON * Math.abs(best.value) };
}
