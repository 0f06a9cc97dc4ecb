import { expect, it } from 'vitest';
import { stream } from '../../src/base/random-stream.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { runTrajectory, type RunSettings } from '../../src/convex/simulate/trajectory.js';
import { weightsOfAverse } from '../../src/schedule/cagrad.js';
import { schedules } from '../../src/schedule/index.js';
import { weightsOfShortest } from '../../src/schedule/mgda.js';
import { weightsOfProjected } from '../../src/schedule/pcgrad.js';
import { gramOf, observed, possibleOutcomes } from '../../src/schedule/step.js';
import { planeFile } from '../problems.js';

const { normal, uniform } = stream(0, 'test-gradient-combination');
const pairs = Array.from({ length: 50 }, () => ({
  dpo: Float64Array.from({ length: 3 }, normal),
  sft: Float64Array.from({ length: 3 }, normal),
  lambda: uniform(),
}));
const sum = (a: number, p: Float64Array, b: number, q: Float64Array): Float64Array =>
  p.map((entry, i) => a * entry + b * q[i]);
const inner = (p: Float64Array, q: Float64Array): number => p.reduce((total, entry, i) => total + entry * q[i], 0);
const norm = (p: Float64Array): number => Math.sqrt(inner(p, p));
const shares = Array.from({ length: 2001 }, (_, i) => i / 2000);

it('MGDA steps along the shortest convex combination', () => {
  for (const { dpo, sft } of pairs) {
    const weights = weightsOfShortest(gramOf(dpo, sft));
    expect(weights.dpo + weights.sft).toBeCloseTo(1, 14);
    const found = norm(sum(weights.dpo, dpo, weights.sft, sft));
    const least = Math.min(...shares.map((share) => norm(sum(share, dpo, 1 - share, sft))));
    expect(found).toBeLessThanOrEqual(least + 1e-12);
  }
  expect(weightsOfShortest({ dpo: 1, sft: 1, inner: 1 })).toEqual({ dpo: 0.5, sft: 0.5 });
});

it('PCGrad takes from each gradient what opposes the other, and leaves gradients that agree', () => {
  for (const { dpo, sft, lambda } of pairs) {
    const [p, q] = [dpo.map((entry) => lambda * entry), sft.map((entry) => (1 - lambda) * entry)];
    const without = (a: Float64Array, b: Float64Array) => sum(1, a, Math.min(0, inner(a, b)) / -inner(b, b), b);
    const expected = sum(1, without(p, q), 1, without(q, p));
    const weights = weightsOfProjected(gramOf(dpo, sft), lambda);
    const found = sum(weights.dpo, dpo, weights.sft, sft);
    expect(norm(sum(1, found, -1, expected))).toBeLessThan(1e-12 * norm(expected) + 1e-14);
  }
});

it('CAGrad solves its dual, stays within c‖∇F_λ‖ of ∇F_λ and stops only where that is zero', () => {
  for (const { dpo, sft, lambda } of pairs) {
    const [p, q] = [dpo.map((entry) => lambda * entry), sft.map((entry) => (1 - lambda) * entry)];
    const total = sum(1, p, 1, q);
    for (const c of [0, 0.5, 0.9]) {
      const weights = weightsOfAverse(gramOf(dpo, sft), lambda, c);
      const step = sum(weights.dpo, dpo, weights.sft, sft);
      const away = norm(sum(1, step, -1, total));
      expect(away).toBeLessThanOrEqual(c * norm(total) * (1 + 1e-9));
      expect(norm(step)).toBeGreaterThanOrEqual((1 - c) * norm(total) * (1 - 1e-9));
      // max over such steps of min(⟨p, d⟩, ⟨q, d⟩) is the dual's minimum over v.
      const dual = Math.min(
        ...shares.map((v) => {
          const mixed = sum(v, p, 1 - v, q);
          return inner(mixed, total) + c * norm(total) * norm(mixed);
        }),
      );
      if (c > 0) expect(Math.min(inner(p, step), inner(q, step))).toBeCloseTo(dual, 4);
    }
  }
});

it('replay, annealed shares and smooth Tchebycheff draw with their probabilities', () => {
  const told = { lambda: 0.3, steps: 10, ideal: { dpo: 1, sft: 2 } };
  const share = (name: string, own: object, step: number, values?: { dpo: number; sft: number }): number => {
    const schedule = schedules[name];
    let state = schedule.init({ ...told, ...own });
    if (values !== undefined) state = observed(schedule, state, 'dpo', values.dpo);
    if (values !== undefined) state = observed(schedule, state, 'sft', values.sft);
    const onDpo = possibleOutcomes(schedule, state, step).filter(({ choice }) => 'dpo' in choice && choice.dpo > 0);
    return onDpo.reduce((total, { probability }) => total + probability, 0);
  };
  expect(share('replay', {}, 5)).toBe(0);
  expect(share('replay', {}, 6)).toBeCloseTo(0.3, 15);
  expect(share('replay', { replay: 0.1, order: 'dpo-sft' }, 6)).toBeCloseTo(0.1, 15);
  expect(share('annealed', { share: '(t - 1)/T' }, 4)).toBeCloseTo(0.3, 15);
  expect(share('annealed', { share: 't > T/2' }, 5)).toBe(0);
  expect(() => schedules.annealed.init({ ...told, share: '2t/T' })).toThrow(
    /share.*\[0, 1\]; at t = 6 of 10 it is 1.2/,
  );
  const [a, b] = [Math.exp((0.3 * 4) / 0.5), Math.exp((0.7 * 1) / 0.5)];
  expect(share('smooth-tchebycheff', { smoothing: 0.5 }, 1, { dpo: 5, sft: 3 })).toBeCloseTo(a / (a + b), 14);
});

it('the budget hands over the average of the points at its steps on the second objective', async () => {
  const problem = await parseProblem(planeFile({ noise: 0 }));
  const steps = 300;
  const settings: RunSettings = {
    schedule: { lambda: 0.5, steps, ideal: { dpo: 0, sft: 0 }, forgetAtMost: 0.1 },
    stepSizes: new Float64Array(steps).fill(0.02),
    ...{ batch: 1, values: 'full', gradientBatch: 'shared', recordPoints: true },
    record: Array.from({ length: steps + 1 }, (_, t) => t),
  };
  const onDpo: number[] = [];
  const run = runTrajectory(problem, schedules.budget, settings, 0, (step, choice) => {
    if ('dpo' in choice && choice.dpo === 1) onDpo.push(step);
  });
  expect(onDpo.length).toBeGreaterThan(10);
  expect(onDpo.length).toBeLessThan(steps);
  // A step t is taken at θ_{t−1}, where SFT has lost no more than δ.
  for (const t of onDpo) expect(run.values[2 * (t - 1) + 1]).toBeLessThanOrEqual(0.1);
  const average = new Float64Array(2);
  for (const t of onDpo) for (let i = 0; i < 2; i++) average[i] += run.points[2 * (t - 1) + i] / onDpo.length;
  expect(run.averageValues[2 * steps]).toBeCloseTo(problem.objectives.dpo.value(average), 12);
  expect(run.averageValues[2 * steps + 1]).toBeLessThanOrEqual(0.1);
});
