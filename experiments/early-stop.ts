import { closedForm } from '../src/convex/generate/closed-form.js';
import { quadratic } from '../src/convex/generate/quadratic.js';
import type { Problem } from '../src/convex/problem/problem.js';
import { stageTwoGaps } from '../src/experiment/early-stop.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { logSpaced } from '../src/experiment/spacing.js';
import { logLinearPair, problemOf, unlikePair } from './problems.js';

/** The gap along stage two of several pairs. */
export interface EarlyStop {
  readonly lambda: number;
  readonly steps: number;
  readonly pairs: readonly StoppedPair[];
}

/** Stage two of one pair; gaps are parts of that of Sequential's limit. */
export interface StoppedPair {
  readonly name: string;
  readonly stepSize: number;
  readonly points: readonly { readonly step: number; readonly part: number }[];
  /** The checkpoint with the least gap, and the first and last step around it up to which at most 0.05 more is left. */
  readonly best: { readonly step: number; readonly part: number; readonly from: number; readonly until: number };
}

/** How much more of Sequential's gap than at the best checkpoint still counts as near it. */
export const near = 0.05;

export const earlyStop: Experiment<EarlyStop> = {
  name: 'early-stop',
  async run(context) {
    const { seed, quick } = context;
    const [lambda, steps] = [0.5, quick ? 1000 : 10_000];
    const quadraticOf = (more: number): Promise<Problem> =>
      problemOf(quadratic({ dimension: 4, noise: 0, seed: seed + more }));
    const subjects = [
      { name: 'quadratics on R', problem: await problemOf(closedForm({ noise: 0 })), stepSize: 0.02 },
      { name: 'quadratics on R^4, a', problem: await quadraticOf(0), stepSize: 0.02 },
      { name: 'quadratics on R^4, b', problem: await quadraticOf(1), stepSize: 0.02 },
      { name: 'log-linear on R^4', problem: await unlikePair(seed), stepSize: 0.5 },
      { name: 'log-linear on R^10', problem: await logLinearPair(seed), stepSize: 0.2 },
    ];
    const shown = [0, ...logSpaced(1, steps, 24)];
    const pairs = await Promise.all(
      subjects.map(async ({ name, problem, stepSize }): Promise<StoppedPair> => {
        const { parts } = await stageTwoGaps(context, { data: problem.data, lambda, steps, stepSize });
        const best = parts.indexOf(Math.min(...parts));
        const isNear = (part: number): boolean => part <= parts[best] + near;
        const reach = [...parts.slice(best), Infinity].findIndex((part) => !isNear(part));
        return {
          ...{ name, stepSize },
          points: shown.map((step) => ({ step, part: parts[step] })),
          best: {
            step: best,
            part: parts[best],
            from: parts.slice(0, best).findLastIndex((part) => !isNear(part)) + 1,
            until: best + reach - 1,
          },
        };
      }),
    );
    return { lambda, steps, pairs };
  },
};
