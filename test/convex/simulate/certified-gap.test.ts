import { expect, test } from 'vitest';
import { CheckFailed } from '../../../src/base/check-failed.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { certifiedGap, gapWarnings } from '../../../src/convex/simulate/certified-gap.js';
import { runEnsemble } from '../../../src/convex/simulate/ensemble.js';
import { ensembleMeasures, type Optima } from '../../../src/convex/simulate/measures.js';
import { certifiedOptima, givenIdeal } from '../../../src/convex/simulate/optima.js';
import { stepSizes } from '../../../src/schedule/step-size.js';

const far = (distance: number, curvature = 1) => ({
  kind: 'quadratic',
  objectives: {
    dpo: { hessian: [[1, 0], [0, curvature]], minimizer: [0, distance] }, // prettier-ignore
    sft: { hessian: [[1, 0], [0, curvature]], minimizer: [0, distance] }, // prettier-ignore
  },
  start: [0, 0],
});

async function measured(file: unknown, schedule: string, steps: number, stepSize: string, lambda = 0.5) {
  const problem = await parseProblem(file);
  const optima = certifiedOptima(problem, lambda).values;
  const settings = {
    schedule: { lambda, steps, ideal: optima.ideal },
    stepSizes: stepSizes(stepSize, steps),
    batch: 1,
    values: 'minibatch',
    gradientBatch: 'shared',
    record: [steps],
  } as const;
  const trajectories = await runEnsemble({ problem, schedule, settings, seed: 0, seeds: 1 });
  return { measures: ensembleMeasures(trajectories, 0, optima), optima };
}

test('one step of 1e15 along an eigenvalue of 1e-15 reaches a minimiser 1e9 away: a gap of zero', async () => {
  const { measures, optima } = await measured(far(1e9, 1e-15), 'mix', 1, '1e15');
  expect(measures.gap.mean).toBeGreaterThanOrEqual(0);
  expect(measures.gap.mean).toBeLessThan(1e-20);
  expect(gapWarnings(measures, optima)).toEqual([]);
});

test.each([1e13, 1e40])('an optimum %d from the start is no divergence', async (distance) => {
  const { measures } = await measured(far(distance), 'mix', 3, '1');
  expect(measures.gap.mean).toBe(0);
});

test.each([
  // |x| from 1 by steps of ½ lands on the kink, where the subgradient is 0.
  ['dpo', 'abs(x)', '(x-1)^2', 1, [1, 5], '0.5', 0, 0],
  // The derivative of cbrt(x)^4 below 0 is no NaN.
  ['dpo', 'cbrt(x)^4', '(x+1)^2', 1, [1, 500], '0.3/sqrt(t)', 0, 1e-3],
  ['alright', 'abs(x+0.3)', 'abs(x-1)+0.1*x^2', 0.95, [2, 3000], '0.17/sqrt(t)', 0, 0.01],
] as const)('%s on %s and %s', async (schedule, dpo, sft, lambda, [start, steps], stepSize, least, most) => {
  const file = { kind: 'expression', variables: ['x'], objectives: { dpo, sft }, radius: 5, start: [start] };
  const { measures, optima } = await measured(file, schedule, steps, stepSize, lambda);
  expect(measures.gap.mean).toBeGreaterThanOrEqual(least);
  expect(measures.gap.mean).toBeLessThanOrEqual(most);
  expect(optima.certificates?.weightedSum).toBeLessThan(1e-13);
});

const optima = (weightedSum: number): Optima => ({
  lambda: 0.5,
  ideal: { dpo: 0, sft: 0 },
  weightedSum: 0,
  chebyshev: 0,
  certificates: { dpo: 0, sft: 0, weightedSum, chebyshev: 0, rounding: 1e-15 },
});

test('a gap below zero by less than its certificate is zero, by more an error', () => {
  const at = (mean: number, certificate: number) => certifiedGap('gap', { mean, ci95: null }, optima(certificate)).mean;
  expect(at(-1e-16, 2e-16)).toBe(0);
  expect(at(-1e-16, 0)).toBe(0);
  expect(at(-0.1, 0.2)).toBe(0);
  expect(at(0.1, 0.2)).toBe(0.1);
  // An interval stays around the mean that is given.
  const around = { mean: -0.1, ci95: [-0.3, 0.1] as const };
  const { mean, ci95 } = certifiedGap('gap', around, optima(0.2));
  expect([mean, ...(ci95 ?? [])]).toEqual([0, expect.closeTo(-0.2, 15), expect.closeTo(0.2, 15)]);
  expect(() => at(-0.1146, 5e-15)).toThrow(CheckFailed);
  expect(() => at(-0.1146, 5e-15)).toThrow('gap -0.1146 lies below minus its certificate, 5e-15');
  // Without certificates nothing is claimed.
  const bare: Optima = { lambda: 0.5, ideal: { dpo: 0, sft: 0 }, weightedSum: 0, chebyshev: 0 };
  expect(certifiedGap('gap', { mean: -1, ci95: null }, bare).mean).toBe(-1);
});

test('a line says where a certificate is not small beside its gap', () => {
  const one = { mean: 1, ci95: null };
  const lines = (gap: number, certificate: number): string[] => {
    const measures = { averageGap: one, maxGap: one, averageMaxGap: one, dpo: one, sft: one, idealDistance: one };
    return gapWarnings({ ...measures, gap: { mean: gap, ci95: null } }, optima(certificate));
  };
  expect(lines(0.1, 1e-4)).toEqual([]);
  expect(lines(1e-15, 2e-15)).toEqual([]);
  expect(lines(0.1, 0.05)).toEqual(['gap 0.1 is not large beside the certificate of min F_λ, 0.05']);
  expect(lines(0.1, 4.7)).toEqual(['gap 0.1 is zero within the certificate of min F_λ, 4.7']);
  expect(lines(0.1, Infinity)).toEqual(['min F_λ is not certified: gap may be too small by any amount']);
});

test('optimal values that the user gives are taken, unless the certificates contradict them', async () => {
  const problem = await parseProblem(far(1));
  const ideal = givenIdeal(problem, { dpo: 0, sft: 0 });
  expect(ideal.sft).toMatchObject({ value: 0, certificate: 0 });
  expect(() => givenIdeal(problem, { dpo: 0, sft: 0.1 })).toThrow('optimum: got 0.1, expected at most 0 for sft');
  expect(() => givenIdeal(problem, { dpo: -0.1, sft: 0 })).toThrow('optimum: got -0.1, expected at least 0 for dpo');
});
