import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import type { ObjectiveName } from '../../../src/schedule/schedule.js';
import { choiceName, drawnChoice, informed, observed } from '../../../src/schedule/step.js';
import { certifiedBound } from '../../../src/sdp/certified-bound.js';
import { maxrightPatterns, type MaxrightQuestion } from '../../../src/theory/worst-case/maxright-search.js';
import { maxrightPlan } from '../../../src/theory/worst-case/plan.js';
import { estimationProgramme } from '../../../src/theory/worst-case/programme.js';
import type { WorstCaseSettings } from '../../../src/theory/worst-case/settings.js';
import { solveEstimation } from '../../../src/theory/worst-case/solve-estimation.js';
import { worstCase, type WorstCaseResult } from '../../../src/theory/worst-case/worst-case.js';
import { evaluateWorstFunction } from '../../../src/theory/worst-case/worst-function.js';

const { maxright } = schedules;

function enclosed(settings: Partial<WorstCaseSettings> & { steps: number }, expected?: number): WorstCaseResult {
  const result = worstCase({ ...settings, schedule: 'maxright' });
  expect(result.relativeGap).toBeLessThan(1e-5);
  expect(result.relativeGap).toBeGreaterThan(0);
  if (expected !== undefined) {
    expect(result.worstCase).toBeLessThanOrEqual(expected);
    expect(result.dualBound).toBeGreaterThanOrEqual(expected);
  }
  return result;
}

function question(lambda: number, steps: number, period: number): MaxrightQuestion {
  return {
    schedule: maxright,
    initial: maxright.init({ lambda, steps, period, ideal: { dpo: 0, sft: 0 } }),
    lambda,
    stepSizes: new Float64Array(steps).fill(1 / Math.sqrt(steps)),
    iterate: 'last',
    functionClass: { kind: 'lipschitz', lipschitz: 1 },
    distance: 1,
    margin: 1e-8,
  };
}

describe('period 1', () => {
  it.each([
    [1, 0.3],
    [2, 0.5],
    [3, 0],
    [3, 0.3],
    [3, 0.8],
    [3, 1],
    [4, 0.5],
  ])('mean of F_max over T = %i points, λ = %f: max(λ, 1 − λ)/√T', (steps, lambda) => {
    const value = Math.max(lambda, 1 - lambda) / Math.sqrt(steps);
    const { theory, kind } = enclosed({ steps, lambda }, value);
    expect(theory).toBeCloseTo(value, 12);
    expect(kind).toBe('tight');
  });
});

describe('the average point', () => {
  // Coefficients of averages are where rounding residue once stood in for an entry of the programme.
  it.each([3, 5, 6])('of T = %i steps: max(λ, 1 − λ)/√T', (steps) => {
    enclosed({ steps, lambda: 0.3, iterate: 'average' }, 0.7 / Math.sqrt(steps));
  });
});

describe('stale records', () => {
  it('cost something, and no more than statement M allows', () => {
    const fresh = enclosed({ steps: 4, lambda: 0.3 });
    const stale = enclosed({ steps: 4, lambda: 0.3, period: 2 });
    const staler = enclosed({ steps: 4, lambda: 0.3, period: 4 });
    expect(stale.worstCase).toBeGreaterThan(fresh.dualBound + 0.01);
    expect(staler.worstCase).toBeGreaterThan(stale.dualBound + 0.01);
    expect(staler.kind).toBe('upper');
    expect(staler.worstCase).toBeLessThan(staler.theory ?? 0);
  });

  it.each([
    [2, 0.7],
    [4, 1.2875],
  ])('k = %i: the theory is the statement itself', (period, value) => {
    expect(worstCase({ schedule: 'maxright', steps: 4, lambda: 0.3, period }).theory).toBeCloseTo(value, 12);
  });

  it('with the horizon as period, longer ones change nothing', () => {
    const settings = { steps: 3, lambda: 0.4 };
    expect(enclosed({ ...settings, period: 7 }).worstCase).toBeCloseTo(
      enclosed({ ...settings, period: 3 }).worstCase,
      7,
    );
  });
});

describe('the recovered problem', () => {
  it.each([
    { steps: 3, lambda: 0.3, period: 2 },
    { steps: 3, lambda: 0.5, period: 3, iterate: 'last' },
    { steps: 3, lambda: 0.6, iterate: 'best' },
    { steps: 2, lambda: 0.3, class: 'smooth' },
    { steps: 1, lambda: 0.3, class: 'smooth' },
  ] as const)('has its minimiser at θ°, and the optima MAXRIGHT is told: %o', (settings) => {
    const { certificate } = enclosed(settings);
    const { problem } = certificate;
    const { dpo, sft } = problem.objectives;
    const ideal = problem.ideal ?? { dpo: NaN, sft: NaN };
    const weightedGaps = (at: Float64Array): [number, number] => [
      settings.lambda * (evaluateWorstFunction(dpo, at).value - ideal.dpo),
      (1 - settings.lambda) * (evaluateWorstFunction(sft, at).value - ideal.sft),
    ];
    const [atDpo, atSft] = weightedGaps(Float64Array.from(problem.comparator));
    expect(atDpo).toBeCloseTo(atSft, 9);
    const { normal } = stream(0, 'around');
    for (const scale of [1e-3, 0.1, 1, 100]) {
      for (let trial = 0; trial < 50; trial++) {
        const at = Float64Array.from(problem.comparator, (x) => x + scale * normal());
        expect(Math.max(...weightedGaps(at))).toBeGreaterThan(atDpo - 1e-9 * (1 + scale));
        expect(Math.min(...weightedGaps(at))).toBeGreaterThan(-1e-9);
      }
    }
    // Both optima are attained: one on either side, far along the last coordinate.
    for (const [objective, side] of [
      [dpo, -1],
      [sft, 1],
    ] as const) {
      const far = Float64Array.from(problem.comparator);
      far[far.length - 1] = side * 1e8;
      const value = evaluateWorstFunction(objective, far).value;
      const optimum = objective === dpo ? ideal.dpo : ideal.sft;
      if (objective.kind === 'piecewise-linear') expect(value).toBeCloseTo(optimum, 6);
    }
  });
});

describe('the patterns', () => {
  it('contain what the schedule itself does on random values, whatever they are', () => {
    for (const period of [1, 2, 3]) {
      const { uniform } = stream(period, 'values');
      const known = new Set([...maxrightPatterns(question(0.3, 5, period))].map(({ choices }) => choices.join()));
      const met = new Set<string>();
      for (let trial = 0; trial < 3000; trial++) {
        let state = maxright.init({ lambda: 0.3, steps: 5, period, ideal: { dpo: 0, sft: 0 } });
        const choices: ObjectiveName[] = [];
        for (let t = 1; t <= 5; t++) {
          const values = { dpo: uniform() / 0.3, sft: uniform() / 0.7 };
          state = informed(maxright, state, t, (objective) => values[objective]);
          const choice = choiceName(drawnChoice(maxright, state, t, uniform)) as ObjectiveName;
          choices.push(choice);
          state = observed(maxright, state, choice, values[choice]);
        }
        met.add(choices.join());
      }
      // Random values meet every pattern: none is listed that cannot happen, none is missing.
      expect([...met].sort()).toEqual([...known].sort());
    }
  });
});

describe('what would be wrong shows', () => {
  const asked = question(0.3, 3, 1);
  const bound = (choices: ObjectiveName[], larger: ObjectiveName[], selections: boolean): number => {
    const plan = maxrightPlan(maxright, asked.initial, 0.3, asked.stepSizes, 'last', choices, larger);
    const estimation = estimationProgramme(
      selections ? plan : { ...plan, selections: [] },
      0.3,
      asked.functionClass,
      1,
      { kind: 'open' },
      1e-8,
    );
    return certifiedBound(estimation, solveEstimation(estimation).multipliers).bound;
  };

  it('without the selection rule, the last point is worse', () => {
    const patterns = [...maxrightPatterns(asked)];
    const worst = (selections: boolean): number =>
      Math.max(...patterns.map(({ choices, larger }) => bound([...choices], [...larger], selections)));
    expect(worst(true)).toBeCloseTo(enclosed({ steps: 3, lambda: 0.3, iterate: 'last' }).dualBound, 5);
    expect(worst(false)).toBeGreaterThan(worst(true) + 0.05);
  });
});
