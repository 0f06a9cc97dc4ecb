import { createProblem } from '../src/convex/problem/create.js';
import { problemData } from '../src/convex/problem/data.js';
import { checkProblemFile, type ProblemFile } from '../src/convex/problem/format.js';
import { logLinear, type LogLinearOptions } from '../src/convex/generate/log-linear.js';
import { quadratic, type QuadraticOptions } from '../src/convex/generate/quadratic.js';
import type { Problem } from '../src/convex/problem/problem.js';

/** The noisy strongly convex pair on R^10 of the experiments whose limits are to be met exactly. */
export function quadraticPair(seed: number, options: Pick<QuadraticOptions, 'radius'> = {}): Promise<Problem> {
  const start = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const condition = { dpo: 5, sft: 3 };
  return problemOf(
    quadratic({ dimension: 10, condition, angle: 150, distance: 2, noise: 0.3, start, seed, ...options }),
  );
}

/** The log-linear SFT and DPO pair of the experiments; options override its defaults. */
export function logLinearPair(seed: number, options: LogLinearOptions = {}): Promise<Problem> {
  return problemOf(logLinear({ seed, ...options }));
}

/**
 * A log-linear pair in R⁴ whose features vary most in other directions in the preferences than in the demonstrations, so
 * that the Hessians neither commute nor are diagonal: with alike ones all remedies look alike.
 */
export function unlikePair(seed: number): Promise<Problem> {
  const [dimension, condition] = [4, 5];
  const file = logLinear({ dimension, seed, sharpness: 2, conflict: 0.5, radius: 20, examples: 100, beta: 0.5 });
  const scaled = (features: readonly number[]): number[] =>
    features.map((entry, k) => entry * condition ** (-k / (dimension - 1)));
  /** Reflected along (1, 1, 1, 1). */
  const reflected = (features: readonly number[]): number[] => {
    const mean = features.reduce((sum, entry) => sum + entry, 0) / dimension;
    return features.map((entry) => entry - 2 * mean);
  };
  if (file.kind !== 'log-linear') throw new TypeError('expected a log-linear pair');
  return problemOf({
    ...file,
    sft: file.sft.map(({ candidates, target }) => ({
      candidates: candidates.map((row) => reflected(scaled(row))),
      target,
    })),
    dpo: file.dpo.map(({ chosen, rejected }) => ({ chosen: scaled(chosen), rejected: scaled(rejected) })),
  });
}

/** The problem of a problem file, its shape checked. */
export function problemOf(file: ProblemFile): Promise<Problem> {
  return createProblem(problemData(checkProblemFile(file)));
}
