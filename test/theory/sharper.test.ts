import { describe, expect, it } from 'vitest';
import { minimizeChebyshev } from '../../src/convex/optimum/chebyshev.js';
import { idealPoint, minimizeWeightedSum } from '../../src/convex/optimum/weighted-sum.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import type { Objective } from '../../src/convex/problem/problem.js';
import type { Constants } from '../../src/theory/constants.js';
import { largestNormalLoss } from '../../src/theory/noisy-values.js';
import { theorems } from '../../src/theory/registry.js';
import { extentOf, selected } from '../../src/theory/verify/verify.js';
import { suite, subjectOf } from '../../src/theory/verify/suite.js';
import { constantsOf, worstOfWrongValues } from '../../src/theory/attack/wrong-values.js';
import { theory } from '../../src/theory/worst-case/theory.js';
import { worstCase } from '../../src/theory/worst-case/worst-case.js';
import { worstCaseQuestion, type WorstCaseSettings } from '../../src/theory/worst-case/settings.js';

type Known = Readonly<Record<keyof Constants, number>>;

/** The bounds that were proved before, from the constants of the sharper ones. */
const older: Readonly<Record<string, (c: Known) => number>> = {
  'A.last': ({ D0, alpha, T, G }) => D0 ** 2 / (2 * alpha * (T + 1)) + ((alpha * G ** 2) / 2) * (1 + harmonic(T)),
  'X.last': ({ D0, alpha, T, lambda, G_dpo, G_sft }) =>
    D0 ** 2 / (2 * alpha * (T + 1)) + ((alpha * (lambda * G_dpo + (1 - lambda) * G_sft) ** 2) / 2) * (1 + harmonic(T)),
  'M.stale': (c) => maxrightMean(c) + (c.w / c.m) * staleness(c),
  'M.noisy.fresh': (c) => maxrightMean(c) + (c.w / c.m) * (c.epsilon + staleness(c)),
  'M.noisy.expected': (c) => maxrightMean(c) + ((c.w / c.m) * c.epsilon * Math.sqrt(2 / Math.PI)) / largestNormalLoss,
  'M.weighted.stale': (c) => weightedMean(c) + wholeStaleness(c),
  'M.weighted.fresh': (c) => weightedMean(c) + c.epsilon + wholeStaleness(c),
  // Through Φ_μ, which lies up to μ log 2 above F_max.
  T: ({ D0, alpha, T, G, smoothing }) => D0 ** 2 / (2 * alpha * T) + (alpha * G ** 2) / 2 + Math.LN2 * smoothing,
  'A.smooth': ({ D0, alpha, T, L, sigma, nu }) =>
    2 * alpha * L < 1
      ? D0 ** 2 / (2 * alpha * (1 - 2 * alpha * L) * T) +
        (alpha * (2 * sigma ** 2 + nu ** 2)) / (2 * (1 - 2 * alpha * L))
      : Infinity,
  'A.strong': ({ D0, alpha, T, mu, sigma, nu }) =>
    (1 - alpha * mu) ** T * D0 ** 2 + (alpha * (2 * sigma ** 2 + nu ** 2)) / mu,
};

/** 1 + 1/2 + … + 1/n. */
const harmonic = (n: number): number => (n === 0 ? 0 : 1 / n + harmonic(n - 1));
const maxrightMean = ({ w, D0, alpha, T, G }: Known): number => w * (D0 ** 2 / (2 * alpha * T) + (alpha * G ** 2) / 2);
const staleness = ({ k, alpha, G, lambda, G_dpo, G_sft }: Known): number => {
  const [a, b] = [lambda * G_dpo, (1 - lambda) * G_sft];
  return (k - 1) * alpha * G * (Math.max(a, b) / 2 + Math.min(a, b) / k);
};

const largestSlope = ({ lambda, G_dpo, G_sft }: Known): number => Math.max(lambda * G_dpo, (1 - lambda) * G_sft);
const weightedMean = (c: Known): number => c.D0 ** 2 / (2 * c.alpha * c.T) + (c.alpha * largestSlope(c) ** 2) / 2;
const wholeStaleness = (c: Known): number =>
  (c.k - 1) * c.alpha * largestSlope(c) * (c.lambda * c.G_dpo + (1 - c.lambda) * c.G_sft);

describe('the sharper bounds', () => {
  it('are never above the older ones on the suite', async () => {
    const compared = new Set<string>();
    for (const key of suite(false)) {
      const subject = await subjectOf(key);
      for (const id of Object.keys(older)) {
        const [theorem] = selected(theorems, [id]);
        const trials = theorem.trials(subject, extentOf(false, 0));
        if ('reason' in trials) continue;
        for (const { constants } of trials) {
          compared.add(id);
          const where = `${id} on ${key.problem} at λ = ${key.lambda}`;
          expect(theorem.value(constants), where).toBeLessThanOrEqual(older[id](constants as Known) * (1 + 1e-12));
        }
      }
    }
    expect([...compared].sort()).toEqual(Object.keys(older).sort());
  }, 240_000);

  const last = { iterate: 'last' } as const;
  const linear = '(T + 1 - t)/(T + 1)^1.5';
  it.each<[string, WorstCaseSettings]>([
    ['A.last, T = 2', { schedule: 'alright', steps: 2, lambda: 0.3, ...last }],
    ['A.last, T = 3', { schedule: 'alright', steps: 3, lambda: 0.3, ...last }],
    ['X.last, T = 4', { schedule: 'mix', steps: 4, ...last }],
    ['X.last, short steps', { schedule: 'mix', steps: 4, stepSize: '0.05', ...last }],
    ['X.last, medium steps', { schedule: 'mix', steps: 8, stepSize: '0.15', ...last }],
    ['X.last, long steps', { schedule: 'mix', steps: 4, stepSize: '2', ...last }],
    ['M.last', { schedule: 'maxright', steps: 3, lambda: 0.3, ...last }],
    ['M.last, short steps', { schedule: 'maxright', steps: 3, lambda: 0.3, stepSize: '0.1', ...last }],
    ['M.last.linear', { schedule: 'maxright', steps: 3, lambda: 0.7, stepSize: linear, ...last }],
    ['A.last.linear', { schedule: 'alright', steps: 3, lambda: 0.7, stepSize: linear, ...last }],
    ['M.weighted.last', { schedule: 'maxright', weightedSteps: true, steps: 3, lambda: 0.3, ...last }],
    ['M.weighted.last, short steps', { schedule: 'maxright', weightedSteps: true, steps: 3, stepSize: '0.1', ...last }],
    ['L.replay.last', { schedule: 'replay', split: [0, 3], steps: 3, lambda: 0.3, ...last }],
    ['X.last.steps', { schedule: 'mix', steps: 5, stepSize: '1/sqrt(t)', ...last }],
    ['X.last.steps, short', { schedule: 'mix', steps: 5, stepSize: '0.2/sqrt(t)', ...last }],
  ])('%s: the worst case, enclosed, meets the bound to 1e-6', (id, settings) => {
    const { worstCase: lower, dualBound, theory } = worstCase(settings);
    expect(theory).toBeGreaterThanOrEqual(lower);
    expect((theory ?? NaN) - lower).toBeLessThan(1e-6 * lower);
    expect(Math.abs(dualBound / (theory ?? NaN) - 1)).toBeLessThan(1e-6);
    // A thousandth less would be exceeded.
    expect(0.999 * (theory ?? NaN), id).toBeLessThan(lower);
  });

  it('says 0.727203 for the last point of Mix and ALRIGHT, T = 4, and 0.7 for stale records of MAXRIGHT', () => {
    // Where both objectives are the same, ALRIGHT is Mix: the worst pair of Mix is one of ALRIGHT's.
    for (const schedule of ['mix', 'alright']) {
      const said = theory(worstCaseQuestion({ schedule, steps: 4, ...last }));
      expect([said?.kind, said?.value.toFixed(6)]).toEqual(['tight', '0.727203']);
    }
    const stale = theory(worstCaseQuestion({ schedule: 'maxright', steps: 4, lambda: 0.3, period: 2 }));
    expect(stale).toEqual({ kind: 'upper', value: expect.closeTo(0.7, 12) as number });
  });

  it('bounds the loss of a wrong choice under Gaussian errors by max x P(N ≥ x)', () => {
    // P(N ≥ x) by Simpson's rule over [x, x + 10].
    const tail = (x: number): number => {
      const n = 2000;
      let sum = 0;
      for (let i = 0; i <= n; i++) {
        const at = x + (10 * i) / n;
        sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-(at ** 2) / 2);
      }
      return (sum * 10) / n / 3 / Math.sqrt(2 * Math.PI);
    };
    const largest = Math.max(...Array.from({ length: 400 }, (_, i) => (0.6 + i / 1000) * tail(0.6 + i / 1000)));
    expect(largestNormalLoss).toBeGreaterThan(largest);
    expect(largestNormalLoss).toBeLessThan(largest + 2e-6);
  });

  it('cannot do with less for an error in the optima: slopes a and b cost a/(a + b) of it', async () => {
    // λ = ½: w_i f_i = ½(a x) and ½(−b x) on the ball |x| ≤ 10.
    const [a, b, eta] = [1, 0.05, 0.2];
    const problem = await parseProblem({
      kind: 'expression',
      variables: ['x'],
      objectives: { dpo: `${a} * x`, sft: `-${b} * x` },
      radius: 10,
      start: [0],
    });
    const ideal = idealPoint(problem);
    const right = minimizeChebyshev(problem, 0.5, ideal);
    const told = { dpo: ideal.dpo.value - eta, sft: ideal.sft.value + eta };
    const { minimizer } = minimizeChebyshev(problem, 0.5, ideal, told);
    const gaps = [a * minimizer[0] - ideal.dpo.value, -b * minimizer[0] - ideal.sft.value];
    const error = (eta + eta) / 2;
    expect((Math.max(...gaps) / 2 - right.value) / error).toBeCloseTo(b / (a + b), 6);
    const other = { dpo: ideal.dpo.value + eta, sft: ideal.sft.value - eta };
    const moved = minimizeChebyshev(problem, 0.5, ideal, other).minimizer;
    const cost = Math.max(a * moved[0] - ideal.dpo.value, -b * moved[0] - ideal.sft.value) / 2 - right.value;
    expect(cost / error).toBeCloseTo(a / (a + b), 6);
  });
});

it("MAXRIGHT's θ° is ALRIGHT's limit at another λ, by the multiplier at θ°", async () => {
  const problem = await parseProblem({
    kind: 'quadratic',
    objectives: {
      dpo: {
        hessian: [
          [2, 0.5],
          [0.5, 1],
        ],
        minimizer: [1, 0],
      },
      sft: {
        hessian: [
          [1, -0.3],
          [-0.3, 3],
        ],
        minimizer: [-1, 1],
      },
    },
    start: [0, 0],
  });
  const lambda = 0.3;
  const { minimizer } = minimizeChebyshev(problem, lambda, idealPoint(problem));
  const gradientOf = (objective: Objective): Float64Array => {
    const out = new Float64Array(2);
    objective.gradient(minimizer, out);
    return out;
  };
  const { dpo, sft } = problem.objectives;
  const [a, b] = [gradientOf(dpo).map((g) => lambda * g), gradientOf(sft).map((g) => (1 - lambda) * g)];
  // p a + (1 − p) b = 0: opposite vectors.
  const p = Math.hypot(...b) / (Math.hypot(...a) + Math.hypot(...b));
  expect(Math.hypot(...a.map((entry, i) => p * entry + (1 - p) * b[i]))).toBeLessThan(1e-7);
  const other = (p * lambda) / (p * lambda + (1 - p) * (1 - lambda));
  expect(Math.abs(other - lambda)).toBeGreaterThan(0.05);
  const limit = minimizeWeightedSum(problem, other).minimizer;
  expect(Math.hypot(...limit.map((entry, i) => entry - minimizer[i]))).toBeLessThan(1e-7);
});

describe('M.noisy.fresh: values that are wrong by at most ε', () => {
  // Whether the bound needs ε or (w/m)ε is open; these are exact worst cases over all pairs of functions.
  it.each([
    { steps: 2, lambda: 0.3, alpha: 1.2, epsilon: 0.6 },
    { steps: 2, lambda: 0.1, alpha: 100, epsilon: 0.9 },
    { steps: 2, lambda: 0.01, alpha: 30, epsilon: 0.97 },
    { steps: 3, lambda: 0.1, alpha: 10, epsilon: 0.55 },
    { steps: 3, lambda: 0.3, alpha: 1.1, epsilon: 0.8 },
  ])('$steps steps, λ = $lambda, α = $alpha, ε = $epsilon: errors cost, and no more than ε', (question) => {
    const { lambda, steps, alpha, epsilon } = question;
    const value = worstOfWrongValues(question, 'sft')?.value ?? NaN;
    const w = 1 - lambda;
    const cost = value - w * (1 / (2 * alpha * steps) + alpha / 2);
    expect(cost).toBeGreaterThan(0.3 * epsilon);
    expect(cost).toBeLessThanOrEqual(epsilon);
    const [fresh] = selected(theorems, ['M.noisy.fresh']);
    expect(value).toBeLessThanOrEqual(fresh.value(constantsOf(question)));
  });
});
