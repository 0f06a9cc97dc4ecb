import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import type { Schedule } from '../../../src/schedule/schedule.js';
import type { TrainingState } from '../../../src/llm/train/checkpoint.js';
import { requireFitting } from '../../../src/llm/train/fitting.js';
import type { Training } from '../../../src/llm/train/training.js';

const scheduleSettings = { lambda: 0.5, steps: 10, ideal: { dpo: 0, sft: 0 }, budget: 0.1, share: 't/T' };

/** Of a training run what a checkpoint is compared with: 7 SFT examples and 5 pairs. */
function runOf(schedule: Schedule): Training {
  const data = { sft: Array.from({ length: 7 }), preferences: Array.from({ length: 5 }) };
  return { schedule, scheduleSettings, data } as unknown as Training;
}

/** A checkpoint's state after its third step, through JSON as in a file. */
function stateOf(schedule: Schedule, change: object = {}): TrainingState {
  const state = {
    ...{ step: 3, schedule: schedule.init(scheduleSettings), lastChoice: 'sft', updates: 3, stopped: null },
    cursors: { sft: { epoch: 0, position: 6 }, dpo: { epoch: 1, position: 1 } },
    coin: stream(1, 'choice').state(),
    ...change,
  };
  return JSON.parse(JSON.stringify(state)) as TrainingState;
}

describe('a checkpoint is gone on with', () => {
  it.each(Object.values<Schedule>(schedules))('as it was written, under $name', (schedule) => {
    expect(() => {
      requireFitting(stateOf(schedule), 'c', runOf(schedule), 3);
    }).not.toThrow();
  });

  const maxright: Schedule = schedules.maxright;
  const own = schedules.maxright.init(scheduleSettings) as object;
  it.each([
    ['further than the run', { step: 11 }, 'c: step: got 11, expected at most 10'],
    ['other steps than its log', { step: 4 }, 'c: step: got 4, expected 3, the steps in steps.jsonl'],
    [
      'a cursor behind the data',
      { cursors: { sft: { epoch: 0, position: 1e9 }, dpo: { epoch: 0, position: 0 } } },
      'c: cursors.sft: got 1000000000, expected below 7',
    ],
    ['no state of a schedule', { schedule: null }, 'c: schedule: got null, expected a state of the schedule maxright'],
    ['an empty one', { schedule: {} }, 'c: schedule: got {}'],
    ['an array', { schedule: [] }, 'c: schedule: got []'],
    ['gaps that are none', { schedule: { ...own, weightedGap: null } }, 'c: schedule: got {'],
    ['gaps that are no numbers', { schedule: { ...own, weightedGap: { dpo: 'x', sft: 1 } } }, 'c: schedule: got {'],
  ])('but not with %s', (_, change, message) => {
    expect(() => {
      requireFitting(stateOf(maxright, change), 'c', runOf(maxright), 3);
    }).toThrow(message);
  });
});
