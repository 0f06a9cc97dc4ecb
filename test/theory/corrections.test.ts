import { describe, expect, it } from 'vitest';
import { exactGaps } from '../../src/convex/simulate/exact-moments.js';
import { runTrajectory } from '../../src/convex/simulate/trajectory.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import type { Objective, ObjectivePair } from '../../src/convex/problem/problem.js';
import { alright } from '../../src/schedule/alright.js';
import { budget } from '../../src/schedule/budget.js';
import { choiceName } from '../../src/schedule/step.js';
import { maxright } from '../../src/schedule/maxright.js';
import { conflictLeast } from '../../src/theory/statement/conflict-least.js';
import { maxrightExact } from '../../src/theory/statement/maxright-exact.js';
import { mixStrong } from '../../src/theory/statement/mix-strong.js';
import { distance, problemSubject } from '../../src/theory/subject.js';
import { constantSteps } from '../../src/theory/described-run.js';

/** What docs/theory.md says of statements that do not hold more generally: the counterexamples. */
describe('the conditions of the statements are needed', () => {
  it('S.limit: Δ = 0 without a common minimiser where Δ is not attained', () => {
    const f_1 = (x: number, y: number): number => Math.max(-y, -1) + 2 * Math.max(0, Math.exp(-x) - y);
    const F = (x: number, y: number): number => (Math.abs(y) + f_1(x, y)) / 2;
    // Along argmin f_2, y = 0, the weighted sum falls to its minimum 0 and never reaches it …
    for (const x of [0, 10, 30]) expect(F(x, 0)).toBeCloseTo(Math.exp(-x), 14);
    expect(F(30, 0)).toBeGreaterThan(0);
    // … which is attained elsewhere, and is the minimum.
    expect(F(1, 0.5)).toBe(0);
    for (let i = 0; i < 500; i++) {
      const [x, y] = [((i * 37) % 100) / 10 - 3, ((i * 61) % 100) / 25 - 2];
      expect(F(x, y)).toBeGreaterThanOrEqual(-1e-15);
    }
  });

  it('X.strong: another comparator than the minimiser would stop the run', async () => {
    const at = (minimizer: number) => ({ hessian: [[1]], minimizer: [minimizer] });
    const file = { kind: 'quadratic', objectives: { dpo: at(0), sft: at(0) }, start: [1] };
    const problem = await parseProblem(file);
    const constants = { D0: 0, alpha: 0.5, T: 3, mu: 1, nu: 0 };
    const run = { lambda: 0.5, steps: 3 };
    const [gap] = exactGaps(problem.data as never, {
      schedule: alright,
      settings: run,
      stepSizes: constantSteps(0.5, 3),
      batch: 1,
      minimizer: Float64Array.of(0),
      record: [3],
    });
    // Started at u = 1 the bound against u is 0; the run goes to 0.125, at a squared distance of 0.77 from u.
    expect(mixStrong.value(constants)).toBe(0);
    expect(gap).toBeCloseTo(0.125 ** 2 / 2, 14);
    expect((1 - 0.125) ** 2).toBeGreaterThan(0.7);
  });

  it('S.conflict.least: a step that leaves the ball', async () => {
    const at = (minimizer: number) => ({ hessian: [[1]], minimizer: [minimizer] });
    const file = { kind: 'quadratic', objectives: { dpo: at(0), sft: at(10) }, radius: 1, start: [0] };
    const subject = problemSubject('interval', await parseProblem(file), 0.5);
    // DPO second: Δ = F(0) − F(1).
    const F = (x: number): number => (x ** 2 / 2 + (x - 10) ** 2 / 2) / 2;
    expect(F(0) - subject.weightedSum.value).toBeCloseTo(4.5, 10);
    expect(conflictLeast.value({ slope: 5, L: 1 })).toBe(12.5);
    const trials = conflictLeast.trials(subject, { steps: [], seeds: 1, seed: 0, rateSteps: [], rateSeeds: 0 });
    expect('reason' in trials).toBe(true);
  });

  it('M.exact at λ = 1: a tie steps on the objective of weight 0, away from θ°, and the bound holds', () => {
    const dpo = onLine(
      (x) => Math.max(0, x - 1, -x - 1),
      (x) => (x > 1 ? 1 : x < -1 ? -1 : 0),
    );
    const sft = onLine(
      (x) => -x,
      () => -1,
    );
    const pair: ObjectivePair = { dimension: 1, start: Float64Array.of(-3), radius: 10, objectives: { dpo, sft } };
    const steps = 40;
    const alpha = 2 / Math.sqrt(steps);
    const { values, points } = runTrajectory(
      pair,
      maxright,
      {
        schedule: { lambda: 1, steps, ideal: { dpo: 0, sft: -10 } },
        stepSizes: constantSteps(alpha, steps),
        batch: 1,
        values: 'full',
        gradientBatch: 'fresh',
        record: Array.from({ length: steps }, (_, t) => t),
        recordPoints: true,
      },
      0,
    );
    // θ° = −1 is the nearest minimiser; the run passes it and goes on to 1, where ⟨∇f_SFT, θ − θ°⟩ < 0.
    expect(Math.max(...points)).toBeGreaterThan(1);
    const mean = Array.from({ length: steps }, (_, t) => values[2 * t]).reduce((sum, value) => sum + value, 0) / steps;
    const D0 = distance(pair.start, Float64Array.of(-1));
    expect(mean).toBeLessThanOrEqual(maxrightExact.value({ w: 1, D0, alpha, T: steps, G: 1 }) * (1 + 1e-12));
  });

  it('B.first, B.second: along stochastic gradients every step can be on the first objective, and nothing is averaged', () => {
    // f_SFT = 0.6|x| by gradients ±1, the right way with probability 0.8; u = 0, D0 = G = 1, T = 4, α = ½, e = E = ½.
    const [steps, alpha, tolerance, right] = [4, 0.5, 0.5, 0.8];
    let never = 0;
    for (let draws = 0; draws < 2 ** steps; draws++) {
      const signs = Array.from({ length: steps }, (_, t) => ((draws >> t) & 1 ? 1 : -1));
      const sft = onLine(
        (x) => 0.6 * Math.abs(x),
        (x) => 0.6 * Math.sign(x),
      );
      const noisy: Objective = {
        ...sft,
        sampler: () => {
          let drawn = 0;
          return {
            draw: () => {
              drawn++;
            },
            value: (theta) => sft.value(theta),
            gradient: (theta, out) => {
              out[0] = signs[drawn - 1] * Math.sign(theta[0]);
              return sft.value(theta);
            },
          };
        },
      };
      const dpo = onLine(
        (x) => Math.abs(x - 1),
        (x) => Math.sign(x - 1),
      );
      const chosen: string[] = [];
      runTrajectory(
        { dimension: 1, start: Float64Array.of(1), radius: 10, objectives: { dpo, sft: noisy } },
        budget,
        {
          schedule: { lambda: 0.5, steps, tolerance, ideal: { dpo: NaN, sft: 0 } },
          ...{ stepSizes: constantSteps(alpha, steps), batch: 1, record: [steps] },
          ...{ values: 'full', gradientBatch: 'fresh' },
        },
        0,
        (_, choice) => void chosen.push(choiceName(choice)),
      );
      const probability = signs.reduce<number>((product, sign) => product * (sign > 0 ? right : 1 - right), 1);
      if (chosen.every((name) => name === 'sft')) never += probability;
    }
    // The first step must go wrong, and not both of the next two right.
    expect(never).toBeCloseTo((1 - right) * (1 - right ** 2), 12);
  });

  it('R.alright is no theorem: with μ = 0.001 the slope is −0.016 where the bound has −0.32', async () => {
    const mu = 1e-3;
    const at = (minimizer: number) => ({ hessian: [[mu]], minimizer: [minimizer] });
    const problem = await parseProblem({ kind: 'quadratic', objectives: { dpo: at(1), sft: at(-1) }, start: [0] });
    const gapAfter = (T: number): number =>
      exactGaps(problem.data as never, {
        schedule: alright,
        settings: { lambda: 0.5, steps: T },
        stepSizes: constantSteps(1 / Math.sqrt(T), T),
        batch: 1,
        minimizer: Float64Array.of(0),
        record: [T],
      })[0];
    const slope = Math.log(gapAfter(6400) / gapAfter(100)) / Math.log(64);
    expect(slope).toBeCloseTo(-0.016, 2);
    expect(slope).toBeGreaterThan(-0.5 + 1 / (1 + Math.log(100)));
  });
});

function onLine(value: (x: number) => number, slope: (x: number) => number): Objective {
  const gradient = (theta: Float64Array, out: Float64Array): number => {
    out[0] = slope(theta[0]);
    return value(theta[0]);
  };
  return {
    value: (theta) => value(theta[0]),
    gradient,
    hessian: (_theta, out) => {
      out.fill(0);
    },
    constants: { gradientBound: 1, smoothness: Infinity, strongConvexity: 0 },
    valueNoise: 0,
    exactValues: true,
    sampler: () => ({ draw: () => undefined, gradient, value: (theta) => value(theta[0]) }),
  };
}
