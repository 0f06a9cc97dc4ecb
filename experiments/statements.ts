import { checks, type Checked } from '../src/experiment/checks.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { logSpaced } from '../src/experiment/spacing.js';

/** Every statement measured on problems of the suite of `forgetting verify`. */
export interface Statements {
  readonly steps: readonly number[];
  readonly seeds: number;
  readonly checks: readonly Checked[];
}

/** Of every kind: with and without a ball, with and without noise, and the worst function. */
const subjects: readonly { readonly problem: string; readonly lambda: number; readonly only?: readonly string[] }[] = [
  { problem: 'shared-batch', lambda: 0.5 },
  { problem: 'log-linear-five', lambda: 0.25 },
  { problem: 'logistic-line', lambda: 0.25 },
  { problem: 'closed-form-ball', lambda: 0.25 },
  { problem: 'plane-ball', lambda: 0.5 },
  { problem: 'ten-ball', lambda: 0.75 },
  { problem: 'ten-noisy-values', lambda: 0.25 },
  { problem: 'closed-form', lambda: 0.25 },
  { problem: 'plane-free', lambda: 0.5 },
  { problem: 'ten-free', lambda: 0.75 },
  { problem: 'max-of-10-coordinates', lambda: 0.25 },
  { problem: 'max-of-100-coordinates', lambda: 0.25 },
  // W speaks of one T for each number of coordinates.
  ...[3, 11, 200].map((n) => ({ problem: `max-of-${n}-coordinates`, lambda: 0.25, only: ['W'] })),
];

/** The statements; of P only what is not the same number twice to many digits. */
const ids = ['S.limit', 'S.finite', 'A', 'M', 'X', 'Q', 'W', 'P.certificate'];

export const statements: Experiment<Statements> = {
  name: 'statements',
  async run(context) {
    const { quick, seed } = context;
    const steps = quick ? [10, 100] : logSpaced(10, 3162, 2);
    const seeds = quick ? 5 : 10;
    const extent = { steps, seeds, seed, rateSteps: [], rateSeeds: 0 };
    // The pair with the shared minibatch takes 20,000 steps, whatever the extent.
    const taken = subjects.filter(({ problem }) => !quick || problem !== 'shared-batch');
    const found = await Promise.all(taken.map(({ only = ids, ...key }) => checks(context, key, only, extent)));
    return { steps, seeds, checks: found.flat() };
  },
};
