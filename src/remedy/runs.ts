import type { Objective, ObjectivePair, Sampler, SamplerRandom } from '../convex/problem/problem.js';
import { checkConverged } from '../convex/simulate/converged.js';
import { runTrajectories } from '../convex/simulate/trajectories.js';
import { runTrajectory, type RunSettings, type Trajectory } from '../convex/simulate/trajectory.js';
import { schedules } from '../schedule/index.js';
import type { Pair } from '../schedule/schedule.js';
import { once, type Setup } from './setup.js';

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

/** Changes the stochastic gradients of stage two in one run, which begins at a point. */
export interface StageTwoChange {
  /** Draws what the change at the next step needs. */
  draw?(): void;
  /** Changes the stochastic gradient at θ. */
  change(theta: Float64Array, gradient: Float64Array): void;
}

/** What a remedy makes of stage two in one run, once it is known where that begins. */
export type ChangeFrom = (stageOne: Float64Array) => StageTwoChange;

/**
 * What Sequential's runs hand over whose stage two has other gradients.
 * @param begin called before every run, with random numbers of that run, and then where its stage two begins
 */
export function changedOutputs(setup: Setup, begin: (run: BeginningRun) => ChangeFrom): Pair[] {
  const { problem, second, order, split } = setup;
  const settings = runSettings(setup, { order, split });
  return seedsOf(setup).map((seed) => {
    const changed: ObjectivePair = {
      ...{ dimension: problem.dimension, start: problem.start, radius: problem.radius },
      objectives: { ...problem.objectives, [second]: changedObjective(problem.objectives[second], seed, begin) },
    };
    const run: Trajectory = runTrajectory(changed, schedules.sequential, settings, seed);
    checkConverged(run, settings, seed);
    const [dpo, sft] = run.values;
    return { dpo, sft };
  });
}

/** What a change of stage two may draw from, in one run. */
export interface BeginningRun {
  readonly seed: number;
  readonly batch: number;
  /** The random numbers of the objective's own samples, drawn again in the same order. */
  readonly again: SamplerRandom;
}

/** An objective whose samples have other gradients from the first on that is asked for, which is where stage two begins. */
function changedObjective(objective: Objective, seed: number, begin: (run: BeginningRun) => ChangeFrom): Objective {
  return {
    value: (theta) => objective.value(theta),
    gradient: (theta, gradient) => objective.gradient(theta, gradient),
    hessian: (theta, hessian) => {
      objective.hessian(theta, hessian);
    },
    get constants() {
      return objective.constants;
    },
    valueNoise: objective.valueNoise,
    exactValues: objective.exactValues,
    sampler(random, batch): Sampler {
      let [integers, at]: [number[], number] = [[], 0];
      const integer = (bound: number): number => {
        const drawn = random.integer(bound);
        integers.push(drawn);
        return drawn;
      };
      const sampler = objective.sampler({ normal: () => random.normal(), integer }, batch);
      const from = begin({ seed, batch, again: { normal: () => random.normal(), integer: () => integers[at++] } });
      let change: StageTwoChange | undefined;
      return {
        draw() {
          [integers, at] = [[], 0];
          sampler.draw();
        },
        gradient(theta, gradient) {
          const loss = sampler.gradient(theta, gradient);
          change ??= from(Float64Array.from(theta));
          change.draw?.();
          change.change(theta, gradient);
          return loss;
        },
        value: (theta) => sampler.value(theta),
      };
    },
  };
}
