import { createHash, type Hash } from 'node:crypto';
import { stream } from '../../../src/base/random-stream.js';
import { coinOf } from '../../../src/schedule/coin.js';
import { schedules } from '../../../src/schedule/index.js';
import { bothObjectives, type ObjectiveName, type ScheduleSettings } from '../../../src/schedule/schedule.js';
import {
  choiceName,
  drawnChoice,
  drawnFor,
  evaluatedBefore,
  gradientsOf,
  observed,
  weightsOf,
  type ChoiceName,
} from '../../../src/schedule/step.js';

/** The schedules that the Python port has. */
export const ported = Object.keys(schedules).filter((name) =>
  ['alright', 'maxright', 'sequential', 'mix', 'replay', 'annealed', 'budget', 'smooth-tchebycheff'].includes(name),
);

/** A schedule under random settings. */
export interface Case {
  readonly schedule: string;
  readonly settings: ScheduleSettings;
  readonly seed: number;
}

/**
 * The case of an index: everything about it is drawn in this order from the stream "schedule-case" of the index, as
 * python/test_forgetting_schedules.py does too.
 */
export function randomCase(index: number, names: readonly string[]): Case {
  const { uniform, integer } = stream(index, 'schedule-case');
  const schedule = names[integer(names.length)];
  const lambda = [0, 1, uniform(), uniform()][integer(4)];
  const steps = 1 + integer(40);
  const seed = [integer(10), integer(2 ** 53)][integer(2)];
  const order = (['sft-dpo', 'dpo-sft'] as const)[integer(2)];
  const [first, splits] = [integer(steps + 1), integer(2)];
  const ideal = { dpo: uniform(), sft: uniform() };
  const period = 1 + integer(6);
  const weightedSteps = integer(2) === 1;
  const [replay, replays] = [uniform(), integer(2)];
  const [forgetAtMost, tolerance] = [uniform() / 2, (uniform() / 8) * integer(2)];
  const smoothing = 0.01 + uniform();
  const [begin, end] = [uniform(), uniform()];
  const own: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    maxright: { period, weightedSteps, ideal },
    sequential: { order, ...(splits === 1 && { split: [first, steps - first] }) },
    replay: { order, ...(splits === 1 && { split: [first, steps - first] }), ...(replays === 1 && { replay }) },
    annealed: { share: `${begin} + (${end} - ${begin})*t/T` },
    budget: { order, forgetAtMost, tolerance, ideal },
    'smooth-tchebycheff': { smoothing, ideal },
  };
  return { schedule, settings: { lambda, steps, ...own[schedule] }, seed };
}

/** The values that a case's objectives have, one after the other as they are told. */
export function valuesOf(index: number): () => number {
  const { integer } = stream(index, 'schedule-values');
  // Thousandths, so that gaps tie now and then.
  return () => integer(2000) / 1000;
}

/** Plays a case step by step; what each step works on goes to the hash: both weights, gradients and draws. */
export function choicesOf({ schedule: name, settings, seed }: Case, value: () => number, hash?: Hash): ChoiceName[] {
  const schedule = schedules[name];
  const coin = coinOf({ schedule, seed });
  const tell = (objective: ObjectiveName): void => {
    state = observed(schedule, state, objective, value());
  };
  let state = schedule.init(settings);
  const bytes = Buffer.alloc(17);
  return Array.from({ length: settings.steps }, (_, i) => {
    const step = i + 1;
    evaluatedBefore(schedule, state, step).forEach(tell);
    const choice = drawnChoice(schedule, state, step, coin.uniform);
    const { dpo, sft } = weightsOf(choice, () => ({ dpo: 0, sft: 0, inner: 0 }));
    const [gradients, draws] = [gradientsOf(choice), drawnFor(schedule, state, step, choice)];
    bytes.writeDoubleLE(dpo, 0);
    bytes.writeDoubleLE(sft, 8);
    bytes[16] = maskOf(gradients) + 4 * maskOf(draws);
    hash?.update(bytes);
    if (schedule.observe !== undefined) gradients.forEach(tell);
    return choiceName(choice);
  });
}

/** A number that says which objectives there are: 1 for DPO, 2 for SFT. */
function maskOf(objectives: readonly ObjectiveName[]): number {
  return bothObjectives.reduce((mask, objective, i) => mask + (objectives.includes(objective) ? 2 ** i : 0), 0);
}

/** The digests of the choices of many cases, one for every so many of them. */
export function digestsOf(count: number, block: number, names: readonly string[]): string[] {
  return Array.from({ length: count / block }, (_, b) => {
    const hash = createHash('sha256');
    for (let i = b * block; i < (b + 1) * block; i++) choicesOf(randomCase(i, names), valuesOf(i), hash);
    return hash.digest('hex').slice(0, 16);
  });
}
