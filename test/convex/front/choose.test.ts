import { describe, expect, it } from 'vitest';
import { chooseOnFront, type Budget } from '../../../src/convex/front/choose.js';
import { enclosedFront } from '../../../src/convex/front/enclosed-front.js';
import { reachedAt } from '../../../src/convex/front/support.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { stream } from '../../../src/base/random-stream.js';
import { closedFormFile, planeFile } from '../../problems.js';

async function choose(file: ProblemFile, budget: Budget, error = 1e-3) {
  const problem = await parseProblem(file);
  const front = enclosedFront(problem, { error });
  const chosen = chooseOnFront(front, budget);
  return { problem, ...chosen.choice, front: chosen.front };
}

/** An enclosure of one objective. */
function enclosedValue(value: number | { lower: number; upper: number }): { lower: number; upper: number } {
  return typeof value === 'number' ? { lower: value, upper: value } : value;
}

describe('the choice on a front', () => {
  it('encloses the constrained minimum and its λ of the closed-form pair, whichever objective is limited', async () => {
    const ulps = 4 * Number.EPSILON;
    for (const limit of [1e-6, 0.1, 0.5, 1.999]) {
      const least = (Math.SQRT2 - Math.sqrt(limit)) ** 2;
      // At θ = −1 + √(2 s) the slopes are θ − 1 and θ + 1.
      const share = Math.sqrt(limit / 2);
      for (const [budget, of, lambda] of [
        [{ sftAtMost: limit }, 'dpo', share],
        [{ forgetAtMost: limit }, 'dpo', share],
        [{ dpoAtMost: limit }, 'sft', 1 - share],
      ] as const) {
        const choice = await choose(closedFormFile(), budget);
        const { lower, upper } = enclosedValue(choice[of]);
        expect(lower).toBeLessThanOrEqual(least * (1 + ulps));
        expect(upper).toBeGreaterThanOrEqual(least * (1 - ulps));
        expect(upper - lower).toBeLessThan(1e-5);
        expect(choice.lambda[0]).toBeLessThanOrEqual(lambda + ulps);
        expect(choice.lambda[1]).toBeGreaterThanOrEqual(lambda - ulps);
        expect(Math.abs((choice.exchangeRate * (lambda - 1)) / lambda - 1)).toBeLessThan(5e-3);
        const [dpo, sft] = reachedAt(choice.problem, choice.minimizer);
        expect(of === 'dpo' ? sft : dpo).toBeLessThanOrEqual(limit);
        expect(of === 'dpo' ? dpo : sft).toBe(upper);
      }
    }
  });

  it('takes the end that needs λ = 0, and the whole interval of λ at a corner', async () => {
    const kink: ProblemFile = {
      kind: 'expression',
      variables: ['x'],
      objectives: { dpo: '(x-3)^2/2', sft: 'max(0,abs(x)-1)' },
      radius: 5,
      start: [-4],
    };
    const { dpo, lambda } = await choose(kink, { forgetAtMost: 0 });
    const { lower, upper } = enclosedValue(dpo);
    expect(lower).toBeLessThanOrEqual(2);
    expect(upper).toBeGreaterThanOrEqual(2);
    expect(upper - lower).toBeLessThan(1e-6);
    expect(lambda[0]).toBe(0);
    expect(lambda[1]).toBeGreaterThanOrEqual(1 / 3);
    expect(lambda[1]).toBeLessThan(0.34);
  });

  it('holds every λ where the front is a single point, whose budget is known to rounding alone', async () => {
    const variables = Array.from({ length: 11 }, (_, i) => `x${i}`);
    const dpo = `max(${variables.join(',')})`;
    const start = variables.map(() => 0);
    const file: ProblemFile = { kind: 'expression', variables, objectives: { dpo, sft: dpo }, radius: 1, start };
    const front = enclosedFront(await parseProblem(file), { error: 1e-3 });
    for (const budget of [{ forgetAtMost: 0 }, { sftAtMost: front.inner[0][1] }, { dpoAtMost: front.inner[0][0] }]) {
      expect(chooseOnFront(front, budget).choice.lambda).toEqual([0, 1]);
    }
  });

  it('is never beaten by random θ within the budget', async () => {
    for (const file of [planeFile(), planeFile({ radius: 0.8 })]) {
      const { problem, dpo, front } = await choose(file, { forgetAtMost: 0.2 });
      const limit = front.supports[front.supports.length - 1].point.value + 0.2;
      const { lower, upper } = enclosedValue(dpo);
      expect(upper - lower).toBeLessThan(1e-5);
      const random = stream(0, 'choice');
      let best = Infinity;
      for (let trial = 0; trial < 20_000; trial++) {
        const theta = Float64Array.of(2 * random.normal(), random.normal());
        if (Math.hypot(...theta) > problem.radius) continue;
        const { dpo, sft } = problem.objectives;
        if (sft.value(theta) <= limit) best = Math.min(best, dpo.value(theta));
      }
      expect(best).toBeGreaterThanOrEqual(lower);
      expect(best).toBeLessThan(upper + 0.1);
    }
  });

  it('refuses budgets outside the range of the front and says what that is', async () => {
    const front = enclosedFront(await parseProblem(closedFormFile()), { error: 0.1 });
    const refused: readonly [Budget, string][] = [
      [{ forgetAtMost: -1 }, 'forget-at-most: got -1, expected a number in the range of the front, [0, 2]'],
      [{ forgetAtMost: 2.1 }, '[0, 2]'],
      [{ sftAtMost: -0.1 }, '[0, 2]'],
      [{ sftAtMost: NaN }, '[0, 2]'],
      [{ dpoAtMost: 2.5 }, 'dpo-at-most: got 2.5'],
    ];
    for (const [budget, message] of refused) expect(() => chooseOnFront(front, budget)).toThrow(message);
  });
});
