import type { Objective, ObjectivePair } from '../problem/problem.js';
import { stream } from '../../base/random-stream.js';
import type { Schedule } from '../../schedule/schedule.js';
import { runTrajectory, type RunSettings } from './trajectory.js';

/**
 * Whether a run depends on its seed: samples or observed values are noisy, or the schedule draws a step. Where they are
 * not, every run takes the same path, so that one tells whether a step is drawn on it.
 */
export function isRandom(problem: ObjectivePair, schedule: Schedule, settings: RunSettings, seed: number): boolean {
  const { dpo, sft } = problem.objectives;
  if ((settings.valueNoise ?? Math.max(dpo.valueNoise, sft.valueNoise)) > 0) return true;
  if (samplesAreDrawn(dpo, settings.batch) || samplesAreDrawn(sft, settings.batch)) return true;
  let drawn = false;
  const watched: Schedule = {
    ...schedule,
    distribution(state, step) {
      const outcomes = schedule.distribution(state, step);
      drawn ||= outcomes.some(({ probability }) => probability > 0 && probability < 1);
      return outcomes;
    },
  };
  runTrajectory(problem, watched, { ...settings, record: [], recordPoints: false }, seed);
  return drawn;
}

function samplesAreDrawn(objective: Objective, batch: number): boolean {
  let drawn = false;
  const { normal, integer } = stream(0, 'dpo-sample');
  const random = {
    normal: () => ((drawn = true), normal()),
    integer: (bound: number) => ((drawn = true), integer(bound)),
  };
  objective.sampler(random, batch).draw();
  return drawn;
}
