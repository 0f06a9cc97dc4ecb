import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { schedules, variantsOf } from '../../src/schedule/index.js';
import type { Gram, ObjectiveName, Pair, Schedule, ScheduleSettings } from '../../src/schedule/schedule.js';
import {
  choiceName,
  drawnChoice,
  evaluatedBefore,
  gradientsOf,
  informed,
  isOpenLoop,
  observed,
  takeChoice,
  weightsOf,
  type ChoiceName as Choice,
} from '../../src/schedule/step.js';

const settings = (more: Partial<ScheduleSettings> = {}): ScheduleSettings => ({
  lambda: 0.5,
  steps: 6,
  ideal: { dpo: 0, sft: 0 },
  ...more,
});

/** Runs a schedule against given values of each objective at each step, as a trainer would. */
function play(
  schedule: Schedule,
  given: ScheduleSettings,
  valueAt: (objective: ObjectiveName, step: number) => number,
  coins: readonly number[] = [],
): { choices: Choice[]; evaluated: number[]; draws: number } {
  let state = schedule.init(given);
  let draws = 0;
  const choices: Choice[] = [];
  const evaluated: number[] = [];
  for (let t = 1; t <= given.steps; t++) {
    // The state is what a checkpoint would hold: it must survive JSON between any two steps.
    state = JSON.parse(JSON.stringify(state));
    if (evaluatedBefore(schedule, state, t).length > 0) evaluated.push(t);
    state = informed(schedule, state, t, (objective) => valueAt(objective, t));
    const choice = drawnChoice(schedule, state, t, () => coins[draws++]);
    choices.push(choiceName(choice));
    for (const objective of gradientsOf(choice)) {
      state = observed(schedule, state, objective, valueAt(objective, t));
    }
  }
  return { choices, evaluated, draws };
}

describe.each(Object.entries(schedules))('%s', (name, schedule) => {
  it('is called by its own name', () => {
    expect(schedule.name).toBe(name);
  });

  it('has a label, a line on what a step works on, and one on each of its settings', () => {
    expect(schedule.label).toBeTruthy();
    expect(schedule.description).toBeTruthy();
    for (const field of Object.values(schedule.settings?.shape ?? {})) {
      expect((field as z.ZodType).meta()?.description).toBeTruthy();
    }
    for (const { settings: own } of variantsOf(schedule)) schedule.init(settings(own));
  });

  it('never changes the state it is given', () => {
    const state = deepFreeze(schedule.init(settings()));
    evaluatedBefore(schedule, state, 1);
    drawnChoice(schedule, state, 1, () => 0.3);
    observed(schedule, state, 'dpo', 2);
    observed(schedule, state, 'sft', 2);
  });

  it('chooses the same from the same state', () => {
    const state = schedule.init(settings());
    for (let t = 1; t <= 6; t++) {
      const weights = () =>
        weightsOf(
          drawnChoice(schedule, state, t, () => 0.3),
          () => ({ dpo: 2, sft: 1, inner: -0.5 }),
        );
      expect(weights()).toEqual(weights());
    }
  });
});

it.each(['mix', 'alright', 'maxright', 'alternating'])('%s refuses a λ outside [0, 1]', (name) => {
  for (const lambda of [-0.1, 1.1, NaN]) {
    expect(() => schedules[name].init(settings({ lambda }))).toThrow(/lambda.*\[0, 1\]/);
  }
});

describe('alright', () => {
  it('draws DPO where the coin falls below λ, one coin a step', () => {
    const coins = [0.1, 0.69, 0.7, 0.71, 0, 0.999];
    const { choices, draws } = play(schedules.alright, settings({ lambda: 0.7 }), () => 1, coins);
    expect(choices).toEqual(['dpo', 'dpo', 'sft', 'sft', 'dpo', 'sft']);
    expect(draws).toBe(6);
  });

  it('is a single-objective run at λ = 0 and λ = 1', () => {
    const coins = [0, 0.5, 0.999999, 0, 0.5, 0.2];
    expect(new Set(play(schedules.alright, settings({ lambda: 0 }), () => 1, coins).choices)).toEqual(new Set(['sft']));
    expect(new Set(play(schedules.alright, settings({ lambda: 1 }), () => 1, coins).choices)).toEqual(new Set(['dpo']));
  });
});

describe('sequential', () => {
  it('works through its stages in both orders and any split', () => {
    const run = (more: Partial<ScheduleSettings>): Choice[] =>
      play(schedules.sequential, settings(more), () => 1).choices;
    expect(run({})).toEqual(['sft', 'sft', 'sft', 'dpo', 'dpo', 'dpo']);
    expect(run({ order: 'dpo-sft', split: [2, 4] })).toEqual(['dpo', 'dpo', 'sft', 'sft', 'sft', 'sft']);
    expect(run({ split: [0, 6] })).toEqual(Array(6).fill('dpo'));
    expect(run({ steps: 5 })).toEqual(['sft', 'sft', 'sft', 'dpo', 'dpo']);
  });

  it('refuses a split that does not sum to the steps', () => {
    expect(() => schedules.sequential.init(settings({ split: [2, 3] }))).toThrow('split: got [2,3]');
    expect(() => schedules.sequential.init(settings({ split: [-1, 7] }))).toThrow('split');
    expect(() => schedules.sequential.init(settings({ split: [2.5, 3.5] }))).toThrow('split');
  });
});

describe('alternating', () => {
  const run = (more: Partial<ScheduleSettings>): string =>
    play(schedules.alternating, settings(more), () => 1).choices.join(' ');

  it('goes through its cycles, whose stages have the shares of the weights', () => {
    expect(run({ steps: 8, cycles: 2, lambda: 0.25 })).toBe('sft sft sft dpo sft sft sft dpo');
    expect(run({ steps: 8, cycles: 2, lambda: 0.25, order: 'dpo-sft' })).toBe('dpo sft sft sft dpo sft sft sft');
    expect(run({ steps: 6, cycles: 1 })).toBe(play(schedules.sequential, settings(), () => 1).choices.join(' '));
    // Cycles of 2, 3 and 2 steps; half of three rounds up.
    expect(run({ steps: 7, cycles: 3 })).toBe('sft dpo sft dpo sft sft dpo');
    expect(run({ steps: 4, cycles: 2, lambda: 1 })).toBe('dpo dpo dpo dpo');
  });

  it('refuses more cycles than steps', () => {
    expect(() => schedules.alternating.init(settings({ cycles: 7 }))).toThrow(
      'cycles: got 7, expected at most the 6 steps',
    );
    expect(() => schedules.alternating.init(settings({ cycles: 0 }))).toThrow('cycles: got 0');
  });
});

describe('a step', () => {
  const place = (gradients: Readonly<Record<ObjectiveName, number[]>>) => {
    const theta = Float64Array.of(1, 1);
    const taken: ObjectiveName[] = [];
    return {
      taken,
      theta,
      stepSize: 0.5,
      gradient: (objective: ObjectiveName, into: Float64Array) => {
        taken.push(objective);
        into.set(gradients[objective]);
        return 7;
      },
      gradients: { dpo: new Float64Array(2), sft: new Float64Array(2) },
    };
  };

  it('goes along weights that depend on the inner products of the gradients', () => {
    const seen: Gram[] = [];
    // MGDA: the shortest convex combination of (3, 0) and (0, 1) is 0.1 (3, 0) + 0.9 (0, 1).
    const shortest: Schedule<null> = {
      name: 'shortest',
      init: () => null,
      distribution: () => [{ choice: { weigh }, probability: 1 }],
    };
    function weigh(gram: Gram): Pair {
      seen.push(gram);
      const dpo = (gram.sft - gram.inner) / (gram.dpo + gram.sft - 2 * gram.inner);
      return { dpo, sft: 1 - dpo };
    }
    const at = place({ dpo: [3, 0], sft: [0, 1] });
    const choice = drawnChoice(shortest, null, 1, () => 0);
    expect(takeChoice(shortest, null, choice, at)).toBeNull();
    expect(seen).toEqual([{ dpo: 9, sft: 1, inner: 0 }]);
    expect([...at.theta]).toEqual([expect.closeTo(1 - 0.5 * 0.3, 14), expect.closeTo(1 - 0.5 * 0.9, 14)]);
    expect(isOpenLoop(shortest, null, 1)).toBe(false);
  });

  it('takes no gradient of weight 0, unless the choice says so', () => {
    const { alright, mix } = schedules;
    const of = (schedule: Schedule, lambda: number): ObjectiveName[] => {
      const state = schedule.init(settings({ lambda }));
      const at = place({ dpo: [1, 0], sft: [0, 1] });
      takeChoice(
        schedule,
        state,
        drawnChoice(schedule, state, 1, () => 0),
        at,
      );
      return at.taken;
    };
    expect(of(alright, 1)).toEqual(['dpo']);
    expect(of(mix, 1)).toEqual(['dpo', 'sft']);
  });

  it('of MAXRIGHT with weighted steps goes along w_i g_i', () => {
    const { maxright } = schedules;
    let state = maxright.init(settings({ lambda: 0.2, weightedSteps: true }));
    state = informed(maxright, state, 1, (objective) => (objective === 'dpo' ? 9 : 1));
    const at = place({ dpo: [1, 0], sft: [0, 1] });
    takeChoice(
      maxright,
      state,
      drawnChoice(maxright, state, 1, () => 0),
      at,
    );
    expect([...at.theta]).toEqual([1 - 0.5 * 0.2, 1]);
  });

  it('refuses a distribution that is none', () => {
    const of = (...probabilities: number[]): Schedule<null> => ({
      name: 'odd',
      init: () => null,
      distribution: () => probabilities.map((probability) => ({ choice: { dpo: 1, sft: 0 }, probability })),
    });
    expect(() => drawnChoice(of(0.5, 0.4), null, 3, () => 0)).toThrow(
      'schedule odd: step 3: sum of probabilities: got 0.9',
    );
    expect(() => drawnChoice(of(1.5, -0.5), null, 1, () => 0)).toThrow('probability: got -0.5');
    expect(() => drawnChoice(of(), null, 1, () => 0)).toThrow('sum of probabilities: got 0');
  });
});

describe('mix', () => {
  it('steps on the weighted sum', () => {
    expect(play(schedules.mix, settings(), () => 1).choices).toEqual(Array(6).fill('mix'));
    const [{ choice }] = schedules.mix.distribution(schedules.mix.init(settings({ lambda: 0.25 })), 1);
    expect(weightsOf(choice, () => ({ dpo: 0, sft: 0, inner: 0 }))).toMatchObject({ dpo: 0.25, sft: 0.75 });
  });
});

describe('maxright', () => {
  it('chooses the larger weighted gap, ties to SFT', () => {
    const values = { dpo: [3, 1, 2, 2, 5, 0], sft: [1, 2, 2, 3, 4, 0] };
    const { choices, evaluated } = play(schedules.maxright, settings(), (objective, t) => values[objective][t - 1]);
    expect(choices).toEqual(['dpo', 'sft', 'sft', 'sft', 'dpo', 'sft']);
    expect(evaluated).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('measures gaps from the ideal point and weighs them by λ and 1 − λ', () => {
    // λ (f_DPO − f_DPO*) = 0.2 (6 − 1) = 1; (1 − λ)(f_SFT − f_SFT*) = 0.8 (v − 2) exceeds it for v > 3.25.
    const given = settings({ lambda: 0.2, steps: 1, ideal: { dpo: 1, sft: 2 } });
    const choice = (sft: number): Choice =>
      play(schedules.maxright, given, (objective) => (objective === 'dpo' ? 6 : sft)).choices[0];
    expect(choice(3.24)).toBe('dpo');
    expect(choice(3.26)).toBe('sft');
  });

  it('with period 3, refreshes the chosen record by its own step and lets the other go stale', () => {
    const values = { dpo: [4, 1, 9, 0, 0, 0], sft: [2, 9, 3, 5, 0.5, 0.25] };
    // t = 1: both told, 4 > 2: DPO, record 4. t = 2: still 4 against the stale 2: DPO, record 1 after the step.
    // t = 3: 1 against the stale 2 (the true 9 and 3 are not seen): SFT, record 3. t = 4: both told, 0 < 5: SFT.
    // t = 5: stale 0 against 5: SFT, record 0.5. t = 6: 0 against 0.5: SFT.
    const { choices, evaluated } = play(
      schedules.maxright,
      settings({ period: 3 }),
      (objective, t) => values[objective][t - 1],
    );
    expect(choices).toEqual(['dpo', 'dpo', 'sft', 'sft', 'sft', 'sft']);
    expect(evaluated).toEqual([1, 4]);
  });

  it('refuses to run without the optima, or with a period of 0', () => {
    expect(() => schedules.maxright.init({ lambda: 0.5, steps: 3 })).toThrow(/ideal.*optima/);
    expect(() => schedules.maxright.init(settings({ period: 0 }))).toThrow('period: got 0');
    expect(() => schedules.maxright.init(settings({ ideal: { dpo: NaN, sft: 0 } }))).toThrow('ideal.dpo');
  });
});

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
