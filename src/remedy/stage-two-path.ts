import { InputError } from '../base/input-error.js';
import type { Pair } from '../schedule/schedule.js';
import { once, type Setup } from './setup.js';

/** The noiseless path of stage two from the end of stage one, under the step sizes of the setup. */
export interface StageTwoPath {
  /** Both objective values after 0 … T_2 steps, alternating, f_DPO first. */
  readonly values: Float64Array;
  /** The point after so many steps. */
  pointAfter(steps: number): Float64Array;
}

/** The path of a setup, computed once. Throws an InputError where it diverges. */
export function stageTwoPath(setup: Setup): StageTwoPath {
  return once(setup, 'path of stage two', () => {
    const { problem, second, first, split, stepSizes, stageOne } = setup;
    const { dimension, radius, objectives } = problem;
    const [begin, length] = split;
    // Points every so many steps, from which those between are computed again.
    const stride = Math.max(1, Math.ceil(Math.sqrt(length)));
    const kept: Float64Array[] = [];
    const gradient = new Float64Array(dimension);
    const values = new Float64Array(2 * (length + 1));
    const [offset, otherOffset] = second === 'dpo' ? [0, 1] : [1, 0];
    const theta = Float64Array.from(stageOne);
    for (let s = 0; s <= length; s++) {
      if (s % stride === 0) kept.push(theta.slice());
      values[2 * s + otherOffset] = objectives[first].value(theta);
      values[2 * s + offset] = step(theta, s);
      if (!Number.isFinite(values[2 * s]) || !Number.isFinite(values[2 * s + 1])) {
        throw new InputError('step-size', stepSizes[begin + s], 'smaller steps: the noiseless stage two diverges');
      }
    }
    return {
      values,
      pointAfter(steps) {
        const from = Math.floor(steps / stride);
        const point = Float64Array.from(kept[from]);
        for (let s = from * stride; s < steps; s++) step(point, s);
        return point;
      },
    };

    /** Takes step s + 1 of stage two, unless that is beyond the last; returns the value before it. */
    function step(point: Float64Array, s: number): number {
      const value = objectives[second].gradient(point, gradient);
      if (s >= length) return value;
      const size = stepSizes[begin + s];
      let squares = 0;
      for (let i = 0; i < dimension; i++) {
        point[i] -= size * gradient[i];
        squares += point[i] * point[i];
      }
      const norm = Math.sqrt(squares);
      if (norm > radius) for (let i = 0; i < dimension; i++) point[i] *= radius / norm;
      return value;
    }
  });
}

/** The number of steps after which the path has the least F_λ, the first of several. */
export function bestCheckpoint(setup: Setup): number {
  const { values } = stageTwoPath(setup);
  const weighted = ({ dpo, sft }: Pair): number => setup.lambda * dpo + (1 - setup.lambda) * sft;
  let [best, least] = [0, Infinity];
  for (let s = 0; s < values.length / 2; s++) {
    const value = weighted({ dpo: values[2 * s], sft: values[2 * s + 1] });
    if (value < least) [best, least] = [s, value];
  }
  return best;
}
