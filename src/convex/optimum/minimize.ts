import type { ConvexFunction } from '../problem/problem.js';
import type { CertifiedMinimum, MinimizeOptions } from './minimum.js';
import { minimizeBundle } from './bundle.js';
import { certificate, certified } from './certificate.js';
import { minimizeNewtonModel } from './newton-model.js';
import { ontoBall } from './quadratic-model.js';
import { evaluatePrecisely } from './weighted-function.js';

/**
 * A certified minimiser of a convex function over a ball or R^d, by Newton's method whose quadratic models are
 * minimised exactly over the same ball, with backtracking. It goes on while the certificate or the value improves, and
 * returns the point with the best certificate. Functions that may have kinks go on with a bundle method where that one is
 * not small.
 */
export function minimize(
  f: ConvexFunction,
  { start, radius, modulus, nonsmooth = false }: MinimizeOptions,
): CertifiedMinimum {
  const dimension = start.length;
  const [gradient, hessian] = [new Float64Array(dimension), new Float64Array(dimension * dimension)];
  const known = { kind: 'strongly-convex', modulus } as const;
  let theta: Float64Array = Float64Array.from(ontoBall(start, radius));
  let value = f.gradient(theta, gradient);
  let best = { minimizer: theta, bound: Infinity };
  let lowest = value;
  let stalled = 0;
  for (let iteration = 0; iteration < 200; iteration++) {
    // What rounding adds is left out here: it would hide the progress of the last steps.
    const asIfExact = {
      value: [value, 0],
      valueError: 0,
      gradient: { high: gradient, low: zeros(dimension) },
      gradientError: 0,
    } as const;
    const { bound } = certificate(theta, asIfExact, radius, known);
    const scale = Number.EPSILON * Math.max(1, Math.abs(value));
    const progress = bound < best.bound / 2 || value < lowest - 1e-6 * Math.abs(lowest);
    stalled = progress ? 0 : stalled + 1;
    lowest = Math.min(lowest, value);
    if (bound < best.bound) best = { minimizer: theta, bound };
    // A start that is good enough for its certificate still gets one step: callers compare the values of both objectives,
    // whose error is of first order in the point where the certificate's is of second.
    if ((iteration > 0 && bound <= 1000 * scale) || stalled >= 4) break;

    f.hessian(theta, hessian);
    const target = minimizeNewtonModel(hessian, theta, gradient, radius);
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
  const evaluation = evaluatePrecisely(f, best.minimizer);
  const bound = certificate(best.minimizer, evaluation, radius, known);
  const smooth = { minimizer: best.minimizer, ...certified(evaluation, bound) };
  return nonsmooth && bound.bound > smallBound * Math.max(1, Math.abs(value)) ? better(smooth, atKinks()) : smooth;

  /** Where Newton's method ends at a kink, subgradients from all sides of it may certify a better point. */
  function atKinks(): CertifiedMinimum {
    const found = minimizeBundle(f, { start: best.minimizer, radius, modulus });
    return { minimizer: found.minimizer, ...certified(evaluatePrecisely(f, found.minimizer), found.bound) };
  }
}

/** Certificates that are no reason to look for kinks, relative to the value. */
const smallBound = 1e-11;

function better(a: CertifiedMinimum, b: CertifiedMinimum): CertifiedMinimum {
  return b.certificate < a.certificate ? b : a;
}

function zeros(dimension: number): Float64Array {
  return new Float64Array(dimension);
}
