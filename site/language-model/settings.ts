import { paper, type ScheduleKey } from '../../src/schedule/key.js';
import type { BackendName } from '../../src/engine/names.js';
import { synthetic } from '../../src/study/preset/synthetic.js';
import { pretraining } from '../../src/study/synthetic/pretraining.js';

/** Everything that decides a session's numbers, but for the last digits, which differ between backends. */
export interface SessionSettings {
  /** Two schedules, side by side from one start. */
  readonly schedules: readonly [ScheduleKey, ScheduleKey];
  readonly lambda: number;
  /** The share of preferences that contradict what SFT teaches. */
  readonly conflict: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Steps of the pre-training on the language at large. */
  readonly pretrainingSteps: number;
  /** The examples of each objective that are trained on and evaluated. */
  readonly examples: number;
  readonly backend: BackendName;
}

/** The settings that the page begins with. */
export const defaults: SessionSettings = {
  schedules: [paper.sftThenDpo, paper.alright],
  // At these every schedule ends with a lower F_λ than it began with, and prefers the lively reply, as λ asks, but for
  // Sequential with SFT last, which forgets preferences at all of them: on ten times the rate Sequential has forgotten how
  // to speak.
  lambda: 0.75,
  conflict: 1,
  steps: 160,
  learningRate: 0.3 * synthetic.training.learningRate,
  seed: 0,
  pretrainingSteps: pretraining.steps,
  examples: synthetic.scale.sftExamples,
  backend: 'auto',
};
