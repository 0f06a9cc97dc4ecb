import type { Objective, SamplerRandom } from '../../convex/problem/problem.js';
import type { ObjectiveBounds } from '../objective-bounds.js';
import { subjectOfPair, type Subject } from '../subject.js';

/** Slope of both objectives along x, and the radius of the domain. */
const [slope, radius] = [0.3, 10];

/**
 * The pair on which MAXRIGHT with one minibatch for choice and gradient is biased (statement M):
 * f = 0.3 x ± y on the ball ‖(x, y)‖ ≤ 10, a minibatch seeing (0.3 + ξ) x ± y with ξ = ±1, each with probability ½.
 *
 * F_max at λ = ½ has its minimiser at (−10, 0), where the run starts. The expected maximum of the sampled weighted
 * gaps, which the shared minibatch minimises, has it at the origin.
 */
export function sharedBatchPair(): Subject {
  const optimum = -radius * Math.hypot(slope, 1);
  const minimizerOf = (sign: number): Float64Array =>
    Float64Array.of((-radius * slope) / Math.hypot(slope, 1), (-sign * radius) / Math.hypot(slope, 1));
  const start = Float64Array.of(-radius, 0);
  const chebyshev = { minimizer: start, value: (slope * start[0] - optimum) / 2, certificate: 1e-14 };
  const bounds: ObjectiveBounds = {
    gradientBound: Math.sqrt(slope ** 2 + 1 + 1),
    smoothness: 0,
    strongConvexity: 0,
    noise: undefined,
    valueError: radius,
    valueDeviation: 0,
  };
  return subjectOfPair({
    name: 'shared-batch',
    pair: { dimension: 2, start, radius, objectives: { dpo: tilted(1), sft: tilted(-1) } },
    lambda: 0.5,
    ideal: {
      dpo: { minimizer: minimizerOf(1), value: optimum, certificate: 1e-14 },
      sft: { minimizer: minimizerOf(-1), value: optimum, certificate: 1e-14 },
    },
    weightedSum: { minimizer: start, value: slope * start[0], certificate: 0 },
    chebyshev,
    bounds: { dpo: bounds, sft: bounds },
    form: { kind: 'tilted', slope },
  });
}

/** 0.3 x + sign · y, sampled with the coin ξ. */
function tilted(sign: number): Objective {
  const at = (slopeX: number, theta: Float64Array): number => slopeX * theta[0] + sign * theta[1];
  const write = (slopeX: number, theta: Float64Array, out: Float64Array): number => {
    [out[0], out[1]] = [slopeX, sign];
    return at(slopeX, theta);
  };
  return {
    value: (theta) => at(slope, theta),
    gradient: (theta, out) => write(slope, theta, out),
    hessian: (_theta, out) => {
      out.fill(0);
    },
    constants: { gradientBound: Math.sqrt(slope ** 2 + 2), smoothness: 0, strongConvexity: 0 },
    valueNoise: 0,
    exactValues: false,
    sampler(random: SamplerRandom) {
      let tilt = slope;
      return {
        draw() {
          tilt = slope + (random.integer(2) === 0 ? -1 : 1);
        },
        gradient: (theta, out) => write(tilt, theta, out),
        value: (theta) => at(tilt, theta),
      };
    },
  };
}
