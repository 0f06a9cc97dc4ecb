import type { Experiment } from '../src/experiment/experiment.js';
import { closedForm } from '../src/convex/generate/closed-form.js';
import { exactGaps } from '../src/convex/simulate/exact-moments.js';
import { alright } from '../src/schedule/alright.js';
import { alternating } from '../src/schedule/alternating.js';
import { constantSteps } from '../src/theory/described-run.js';
import { alternatingCycle } from '../src/theory/statement/alternating-cycle.js';
import { alternatingLast } from '../src/theory/statement/alternating-last.js';
import { problemSubject } from '../src/theory/subject.js';
import { problemOf } from './problems.js';

/** The gap of alternating stages against the number of cycles, at several horizons. */
export interface Alternation {
  readonly lambda: number;
  /** α = factor/√T. */
  readonly factor: number;
  readonly horizons: readonly {
    readonly steps: number;
    /** ALRIGHT's gap after as many steps. */
    readonly alright: number;
    readonly cycles: readonly {
      readonly cycles: number;
      readonly gap: number;
      /** C.last. */
      readonly bound: number;
      /** C.cycle. */
      readonly limitCycle: number;
    }[];
  }[];
}

/** Expectations are exact: the pair is quadratic, without noise, and no run leaves the ball. */
export const alternation: Experiment<Alternation> = {
  name: 'alternation',
  async run({ quick }) {
    const [lambda, factor] = [0.5, 1];
    const file = closedForm({ noise: 0, start: 0 });
    const free = problemSubject('free', await problemOf(file), lambda);
    const onBall = problemSubject('ball', await problemOf({ ...file, radius: 1 }), lambda);
    const { data } = free.problem ?? {};
    if (data?.kind !== 'quadratic') throw new Error('the closed-form pair is quadratic');
    const horizons = (quick ? [256, 1024] : [256, 4096, 65_536]).map((steps) => {
      const stepSizes = constantSteps(factor / Math.sqrt(steps), steps);
      const gapOf = (schedule: typeof alright | typeof alternating, own: object): number =>
        exactGaps(data, {
          schedule,
          settings: { lambda, steps, ...own },
          stepSizes,
          batch: 1,
          minimizer: free.weightedSum.minimizer,
          record: [steps],
        })[0];
      const counts = Array.from({ length: Math.log2(steps) }, (_, i) => 2 ** i);
      return {
        steps,
        alright: gapOf(alright, {}),
        cycles: counts.map((cycles) => {
          const run = { schedule: alternating.name, stepSizes, cycles };
          const [last, cycle] = [alternatingLast.applies(onBall, run), alternatingCycle.applies(free, run)];
          if ('reason' in last || 'reason' in cycle) throw new Error('a statement on cycles that is silent');
          return {
            cycles,
            gap: gapOf(alternating, { cycles }),
            bound: alternatingLast.value(last.at(steps) ?? {}),
            limitCycle: alternatingCycle.value(cycle.at(steps) ?? {}),
          };
        }),
      };
    });
    return { lambda, factor, horizons };
  },
};
