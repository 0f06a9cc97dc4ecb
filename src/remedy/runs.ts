import { checkConverged } from '../convex/simulate/converged.js';
import { runTrajectories } from '../convex/simulate/trajectories.js';
import type { RunSettings } from '../convex/simulate/trajectory.js';
import { schedules } from '../schedule/index.js';
import type { Pair } from '../schedule/schedule.js';
import { once, type Setup } from './setup.js';
import { changedRun, type BeginningRun, type ChangeFrom } from './stage-two-change.js';

/** How runs of a setup go under a schedule's own settings. */
export function runSettings(setup: Setup, own: Readonly<Record<string, unknown>> = {}): RunSettings {
  const { lambda, steps, stepSizes, batch, optima } = setup;
  return {
    schedule: { lambda, steps, ideal: optima.values.ideal, ...own },
    ...{ stepSizes, batch, values: 'minibatch', gradientBatch: 'shared', record: [steps] },
  };
}

/** The seeds of a setup. */
export function seedsOf({ seed, seeds }: Setup): number[] {
  return Array.from({ length: seeds }, (_, i) => seed + i);
}

/** What runs of a schedule hand over: their last points, or the averages that the schedule says. */
export function scheduleOutputs(
  setup: Setup,
  schedule: string,
  own: Readonly<Record<string, unknown>> = {},
  output: 'last' | 'average' = 'last',
): Pair[] {
  const settings = runSettings(setup, own);
  const runs = runTrajectories(setup.problem, [{ schedule: schedules[schedule], settings }], seedsOf(setup));
  return runs.map(([run], i) => {
    checkConverged(run, settings, setup.seed + i);
    const [dpo, sft] = output === 'last' ? run.values : run.averageValues;
    return { dpo, sft };
  });
}

/** Sequential's runs, with every point that outputs are made from: of θ where the stages meet, and where both have ended. */
export function sequentialEnds(setup: Setup): { readonly stageOne: Float64Array; readonly stageTwo: Float64Array }[] {
  return once(setup, 'sequential ends', () => {
    const { order, split, steps, problem } = setup;
    const { dimension } = problem;
    const settings: RunSettings = {
      ...runSettings(setup, { order, split }),
      record: split[1] === 0 ? [steps] : [split[0], steps],
      recordPoints: true,
    };
    const runs = runTrajectories(problem, [{ schedule: schedules.sequential, settings }], seedsOf(setup));
    return runs.map(([run], i) => {
      checkConverged(run, settings, setup.seed + i);
      const { points } = run;
      return { stageOne: points.slice(0, dimension), stageTwo: points.slice(points.length - dimension) };
    });
  });
}

/** Both objective values at a point. */
export function valuesOf({ problem: { objectives } }: Setup, theta: Float64Array): Pair {
  return { dpo: objectives.dpo.value(theta), sft: objectives.sft.value(theta) };
}

/**
 * What Sequential's runs hand over whose stage two has other gradients.
 * @param begin called before every run, with random numbers of that run, and then where its stage two begins
 */
export function changedOutputs(setup: Setup, begin: (run: BeginningRun) => ChangeFrom): Pair[] {
  const { order, split } = setup;
  const settings = runSettings(setup, { order, split });
  return seedsOf(setup).map((seed) => {
    const run = changedRun(setup, [begin], settings, seed);
    checkConverged(run, settings, seed);
    const [dpo, sft] = run.values;
    return { dpo, sft };
  });
}
