import type { Objective, ObjectivePair, Sampler, SamplerRandom } from '../convex/problem/problem.js';
import { runTrajectory, type RunSettings, type Trajectory } from '../convex/simulate/trajectory.js';
import { schedules } from '../schedule/index.js';
import type { ProblemStages } from './setup.js';

/** Changes the stochastic gradients of stage two in one run, which begins at a point. */
export interface StageTwoChange {
  /** Draws what the change at the next step needs. */
  draw?(): void;
  /** Changes the stochastic gradient at θ. */
  change(theta: Float64Array, gradient: Float64Array): void;
}

/** What a remedy makes of stage two in one run, once it is known where that begins. */
export type ChangeFrom = (stageOne: Float64Array) => StageTwoChange;

/** What a change of stage two may draw from, in one run. */
export interface BeginningRun {
  readonly seed: number;
  readonly batch: number;
  /** The random numbers of the objective's own samples, drawn again in the same order. */
  readonly again: SamplerRandom;
}

/**
 * Sequential's run of a seed whose stage two has other gradients.
 * @param changes each called before the run, with random numbers of its own, and then where its stage two begins; they
 *   change the gradient one after the other
 */
export function changedRun(
  { problem, second }: ProblemStages,
  changes: readonly ((run: BeginningRun) => ChangeFrom)[],
  settings: RunSettings,
  seed: number,
): Trajectory {
  const changed: ObjectivePair = {
    ...{ dimension: problem.dimension, start: problem.start, radius: problem.radius },
    objectives: { ...problem.objectives, [second]: changedObjective(problem.objectives[second], seed, changes) },
  };
  return runTrajectory(changed, schedules.sequential, settings, seed);
}

/** An objective whose samples have other gradients from the first on that is asked for, which is where stage two begins. */
function changedObjective(
  objective: Objective,
  seed: number,
  changes: readonly ((run: BeginningRun) => ChangeFrom)[],
): Objective {
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
      let integers: number[] = [];
      const read = changes.map(() => 0);
      const integer = (bound: number): number => {
        const drawn = random.integer(bound);
        integers.push(drawn);
        return drawn;
      };
      const sampler = objective.sampler({ normal: () => random.normal(), integer }, batch);
      const begun = changes.map((begin, i) =>
        begin({ seed, batch, again: { normal: () => random.normal(), integer: () => integers[read[i]++] } }),
      );
      let under: StageTwoChange[] | undefined;
      return {
        draw() {
          integers = [];
          read.fill(0);
          sampler.draw();
        },
        gradient(theta, gradient) {
          const loss = sampler.gradient(theta, gradient);
          under ??= begun.map((from) => from(Float64Array.from(theta)));
          for (const one of under) {
            one.draw?.();
            one.change(theta, gradient);
          }
          return loss;
        },
        value: (theta) => sampler.value(theta),
      };
    },
  };
}
