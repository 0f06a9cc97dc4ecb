import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { draw, epochOrder, firstCursor, type Cursor } from '../../../src/llm/data/cursor.js';
import { adamw, type AdamwSettings } from '../../../src/llm/train/adamw.js';
import type { TrainingState } from '../../../src/llm/train/checkpoint.js';
import { takeStep, type StepOutcome, type StepSettings } from '../../../src/llm/train/step.js';
import { stream } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import type { ScheduleSettings } from '../../../src/schedule/schedule.js';

beforeAll(async () => {
  await openBackend('cpu');
});

interface RunOptions {
  readonly uniform?: readonly number[];
  readonly parts?: number;
  readonly adamw?: AdamwSettings;
}

/**
 * A run on one weight x with f_SFT = |x − 1| + 1 and f_DPO = |x + 1|, from x = 0.25: the slopes are −1 and 1 between
 * the two, so every AdamW step without memory of the other objective is a step of the learning rate.
 */
async function run(
  name: string,
  settings: ScheduleSettings,
  options: Partial<StepSettings> & RunOptions = {},
): Promise<{ outcomes: StepOutcome[]; states: TrainingState[]; x: number[]; draws: string[]; tosses: number }> {
  const schedule = schedules[name];
  const weight = tf.tidy(() => tf.variable(tf.scalar(0.25)));
  const trainable = new Map<string, tf.Variable>([['x', weight]]);
  const optimiser = adamw(trainable, options.adamw ?? { beta1: 0, beta2: 0 });
  const orders = { sft: epochOrder(5, 0, 'sft', false), dpo: epochOrder(3, 0, 'dpo', false) };
  const draws: string[] = [];
  const parts = options.parts ?? 1;
  let tosses = 0;
  const coin = stream(0, 'test-coin');
  const scripted = {
    ...coin,
    uniform: () => (options.uniform === undefined ? coin.uniform() : options.uniform[tosses++]),
  };
  const stepSettings: StepSettings = {
    trainable,
    schedule,
    minibatch: (objective, cursor: Cursor) => {
      const drawn = draw(cursor, parts, orders[objective]);
      draws.push(`${objective} ${drawn.indices.join()}`);
      const value = (): tf.Scalar =>
        tf.tidy(() => {
          const f = objective === 'sft' ? tf.add(tf.abs(tf.sub(weight, 1)), 1) : tf.abs(tf.add(weight, 1));
          return tf.div<tf.Scalar>(f, parts);
        });
      return { parts: drawn.indices.map(() => value), cursor: drawn.cursor };
    },
    learningRate: () => 0.125,
    maximumNorm: 1e9,
    resetOptimizer: false,
    ...options,
  };
  let state: TrainingState = {
    step: 0,
    schedule: schedule.init(settings),
    lastChoice: null,
    cursors: { sft: firstCursor, dpo: firstCursor },
    coin: coin.state(),
    updates: 0,
    stopped: null,
  };
  const [outcomes, states, x]: [StepOutcome[], TrainingState[], number[]] = [[], [], []];
  while (state.step < settings.steps) {
    const taken = await takeStep(state, optimiser, scripted, stepSettings);
    state = taken.state;
    outcomes.push(taken.outcome);
    states.push(state);
    x.push((await weight.data())[0]);
  }
  optimiser.dispose();
  weight.dispose();
  return { outcomes, states, x, draws, tosses };
}

const choices = ({ outcomes }: { outcomes: StepOutcome[] }): string => outcomes.map(({ choice }) => choice).join(' ');

describe('a training step under each schedule', () => {
  it('sequential takes one objective after the other, and only its examples', async () => {
    const result = await run('sequential', { lambda: 0.5, steps: 4, order: 'dpo-sft', split: [1, 3] });
    expect(choices(result)).toBe('dpo sft sft sft');
    expect(result.draws).toEqual(['dpo 0', 'sft 0', 'sft 1', 'sft 2']);
    expect(result.outcomes.map(({ loss }) => loss)).toEqual([1.25, 1.875, 1.75, 1.625]);
    expect(result.states[3].cursors).toEqual({ sft: { epoch: 0, position: 3 }, dpo: { epoch: 0, position: 1 } });
  });

  it('mix takes both, weighs them, and its cursors wrap each at its own length', async () => {
    const result = await run('mix', { lambda: 0.25, steps: 4 });
    expect(choices(result)).toBe('mix mix mix mix');
    // λ f_DPO + (1 − λ) f_SFT = 0.25 · 1.25 + 0.75 · 1.75; the slope −0.5 sends x up by the learning rate.
    expect(result.outcomes[0].loss).toBe(1.625);
    expect(result.outcomes[0].gradientNorm).toBe(0.5);
    expect(result.x[0]).toBeCloseTo(0.375, 6);
    expect(result.states[3].cursors).toEqual({ sft: { epoch: 0, position: 4 }, dpo: { epoch: 1, position: 1 } });
  });

  it('alright draws one coin a step, DPO where it falls below λ, and advances the drawn cursor only', async () => {
    const uniform = [0.3, 0.29, 0.9, 0];
    const result = await run('alright', { lambda: 0.3, steps: 4 }, { uniform, parts: 2 });
    expect(choices(result)).toBe('sft dpo sft dpo');
    expect(result.tosses).toBe(4);
    expect(result.draws).toEqual(['sft 0,1', 'dpo 0,1', 'sft 2,3', 'dpo 2,0']);
  });

  it('maxright compares weighted gaps, on unweighted losses, and passes over what it does not choose', async () => {
    const settings = { lambda: 0.5, steps: 6, period: 3, ideal: { sft: 1, dpo: 0.75 } };
    const result = await run('maxright', settings);
    // Step 1 at x = 0.25 evaluates: ½(1.75 − 1) = 0.375 against ½(1.25 − 0.75) = 0.25: SFT. x = 0.375.
    // Step 2: 0.375 against 0.25: SFT; its record becomes ½(1.625 − 1) = 0.3125. x = 0.5.
    // Step 3: 0.3125 against 0.25: SFT; record ½(1.5 − 1) = 0.25. x = 0.625.
    // Step 4 evaluates: ½(1.375 − 1) = 0.1875 against ½(1.625 − 0.75) = 0.4375: DPO. x = 0.5.
    // Step 5: 0.1875 against 0.4375: DPO; record ½(1.5 − 0.75) = 0.375. x = 0.375. Step 6: DPO again. x = 0.25.
    expect(choices(result)).toBe('sft sft sft dpo dpo dpo');
    expect(result.outcomes.map(({ loss }) => loss)).toEqual([1.75, 1.625, 1.5, 1.625, 1.5, 1.375]);
    expect(result.outcomes.map(({ gradientNorm }) => gradientNorm)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(result.states[0].schedule).toMatchObject({ weightedGap: { sft: 0.375, dpo: 0.25 } });
    expect(result.states[2].schedule).toMatchObject({ weightedGap: { sft: 0.25, dpo: 0.25 } });
    expect(result.states[3].schedule).toMatchObject({ weightedGap: { sft: 0.1875, dpo: 0.4375 } });
    expect(result.outcomes.map(({ values }) => Object.keys(values).sort().join())).toEqual([
      'dpo,sft',
      'sft',
      'sft',
      'dpo,sft',
      'dpo',
      'dpo',
    ]);
    expect(result.states[5].cursors).toEqual({ sft: { epoch: 1, position: 1 }, dpo: { epoch: 2, position: 0 } });
  });

  it('maxright gives ties to SFT', async () => {
    const tie = { lambda: 0.5, steps: 1, period: 1, ideal: { sft: 1.75, dpo: 1.25 } };
    expect(choices(await run('maxright', tie))).toBe('sft');
  });

  it('carries the moments over the switch of a sequential run, unless they are to be reset', async () => {
    const settings = { lambda: 0.5, steps: 2, split: [1, 1] as const };
    const published = { adamw: { beta1: 0.9, beta2: 0.95 } };
    const carried = await run('sequential', settings, published);
    const reset = await run('sequential', settings, { ...published, resetOptimizer: true });
    // Gradients −1, 1. Carried: m̂ = (0.9 · −0.1 + 0.1) / 0.19 = 1 / 19, v̂ = 1; reset: m̂ = 1. x goes down from 0.375.
    expect(carried.x[1]).toBeCloseTo(0.375 - 0.125 / 19, 6);
    expect(reset.x[1]).toBeCloseTo(0.25, 6);
    expect(carried.states[1].updates).toBe(2);
    expect(reset.states[1].updates).toBe(1);
  });

  it('clips the gradient before the step', async () => {
    const { outcomes, x } = await run(
      'sft',
      { lambda: 0.5, steps: 1 },
      { maximumNorm: 0.5, adamw: { beta1: 0, beta2: 0, epsilon: 1 } },
    );
    // The gradient −1 becomes −0.5; with ε = 1 the step is 0.125 · 0.5 / (0.5 + 1).
    expect(outcomes[0].gradientNorm).toBe(1);
    expect(x[0]).toBeCloseTo(0.25 + 0.125 / 3, 6);
  });

  it('adds up the parts of a step before it is taken', async () => {
    const one = await run('mix', { lambda: 0.25, steps: 3 }, { parts: 1 });
    const four = await run('mix', { lambda: 0.25, steps: 3 }, { parts: 4 });
    expect(four.x).toEqual(one.x);
    expect(four.outcomes.map(({ loss }) => loss)).toEqual(one.outcomes.map(({ loss }) => loss));
  });

  it('refuses a loss that is not finite, before the weight changes', async () => {
    const minibatch = (): never => ({ parts: [() => tf.scalar(NaN)], cursor: firstCursor }) as never;
    await expect(run('sft', { lambda: 0.5, steps: 1 }, { minibatch })).rejects.toThrow(
      /step 1: sft: got NaN, expected a finite/,
    );
  });
});

describe('the order of examples', () => {
  const pass = (seed: number, epoch: number, shuffle = true): number[] => [
    ...epochOrder(20, seed, 'sft', shuffle)(epoch),
  ];

  it('is a permutation of its own for every pass, objective and seed, the same each time', () => {
    expect([...pass(1, 0)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(pass(1, 0)).toEqual(pass(1, 0));
    const others = [pass(1, 1), pass(2, 0), [...epochOrder(20, 1, 'dpo', true)(0)]];
    for (const other of others) expect(other).not.toEqual(pass(1, 0));
  });

  it('is file order without shuffling', () => {
    expect(pass(1, 3, false)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('goes on into the next pass within a batch, each example once a pass', () => {
    const order = epochOrder(5, 0, 'sft', true);
    const first = draw(firstCursor, 3, order);
    const second = draw(first.cursor, 4, order);
    expect([...first.indices, ...second.indices]).toEqual([...order(0), ...Array.from(order(1)).slice(0, 2)]);
    expect(second.cursor).toEqual({ epoch: 1, position: 2 });
  });
});
