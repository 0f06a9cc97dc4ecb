import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { stream } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import { certifiedBound } from '../../../src/sdp/certified-bound.js';
import { openLoopPlan } from '../../../src/theory/worst-case/plan.js';
import { estimationProgramme, type EstimationProgramme } from '../../../src/theory/worst-case/programme.js';
import { replay } from '../../../src/theory/worst-case/replay.js';
import type { WorstCaseSettings } from '../../../src/theory/worst-case/settings.js';
import { solveEstimation } from '../../../src/theory/worst-case/solve-estimation.js';
import { worstCase, type WorstCaseResult } from '../../../src/theory/worst-case/worst-case.js';
import { evaluateWorstFunction } from '../../../src/theory/worst-case/worst-function.js';
import type { WorstProblem } from '../../../src/theory/worst-case/worst-problem.js';

/** Checks the enclosure and returns the result. */
function enclosed(settings: WorstCaseSettings, expected?: number): WorstCaseResult {
  const result = worstCase(settings);
  const { certificate } = result;
  expect(result.relativeGap).toBeLessThan(1e-5);
  expect(result.relativeGap).toBeGreaterThan(0);
  expect(certificate.replay.lead).toBeGreaterThan(certificate.replay.rounding);
  expect(certificate.replay.probability).toBeCloseTo(1, 12);
  if (expected !== undefined) {
    expect(result.worstCase).toBeLessThanOrEqual(expected);
    expect(result.dualBound).toBeGreaterThanOrEqual(expected);
  }
  return result;
}

describe('known values', () => {
  it.each([1, 2, 3, 5, 8])('subgradient method, best of N = %i steps: 1/√(N+1)', (steps) => {
    const { theory, kind } = enclosed({ schedule: 'subgradient', steps, iterate: 'best' }, 1 / Math.sqrt(steps + 1));
    expect(theory).toBeCloseTo(1 / Math.sqrt(steps + 1), 12);
    expect(kind).toBe('tight');
  });

  it.each([1, 2, 4, 6])('subgradient method, linear decay, last of N = %i steps: 1/√(N+1)', (steps) => {
    const stepSize = `(T - t + 1) / (T + 1)^1.5`;
    const value = 1 / Math.sqrt(steps + 1);
    const { theory, kind } = enclosed({ schedule: 'subgradient', steps, iterate: 'last', stepSize }, value);
    expect(theory).toBeCloseTo(value, 12);
    expect(kind).toBe('tight');
  });

  it.each([
    [1, 0.5],
    [2, 0.3],
    [3, 0],
    [3, 0.9],
    [3, 1],
  ])('ALRIGHT, mean of T = %i steps, λ = %f: 1/√T', (steps, lambda) => {
    const { theory, kind } = enclosed({ schedule: 'alright', steps, lambda }, 1 / Math.sqrt(steps));
    expect(theory).toBeCloseTo(1 / Math.sqrt(steps), 12);
    expect(kind).toBe('tight');
  });

  it('ALRIGHT, average of 3 steps, and Mix: 1/√T', () => {
    enclosed({ schedule: 'alright', steps: 3, lambda: 0.3, iterate: 'average' }, 1 / Math.sqrt(3));
    enclosed({ schedule: 'mix', steps: 4, lambda: 0.3 }, 1 / 2);
  });

  it('ALRIGHT, mean of 4 steps: 1/2', () => {
    enclosed({ schedule: 'alright', steps: 4, lambda: 0.3 }, 1 / 2);
  });

  it.each([1, 2, 5, 8])('gradient descent on smooth functions, N = %i steps of 1/L: LR²/(4N + 2)', (steps) => {
    const settings = {
      schedule: 'subgradient',
      class: 'smooth',
      smoothness: 2,
      stepSize: '0.5',
      iterate: 'last',
    } as const;
    const value = (2 * 9) / (4 * steps + 2);
    const { theory, kind } = enclosed({ ...settings, steps, distance: 3 }, value);
    expect(theory).toBeCloseTo(value, 10);
    expect(kind).toBe('tight');
  });

  it('scales with MR', () => {
    const stepSize = '(2 / 3) / sqrt(T)';
    const scaled = { schedule: 'mix', steps: 2, lambda: 0.2, lipschitz: 3, distance: 2, stepSize } as const;
    enclosed(scaled, 6 / Math.sqrt(2));
    const unit = enclosed({ schedule: 'mix', steps: 2, lambda: 0.2, iterate: 'last' });
    const large = enclosed({ ...scaled, iterate: 'last' });
    expect(large.worstCase / unit.worstCase).toBeCloseTo(6, 5);
  });
});

describe('where no closed form is known', () => {
  it('the last point of ALRIGHT meets statement A', () => {
    const { theory, kind } = enclosed({ schedule: 'alright', steps: 2, lambda: 0.4, iterate: 'last' }, 0.90863221);
    expect(kind).toBe('tight');
    expect(theory).toBeCloseTo(0.90863221, 8);
  });

  it('Sequential keeps a gap that ALRIGHT and Mix lose', () => {
    const gap = (schedule: 'sequential' | 'mix', steps: number): number =>
      enclosed({ schedule, steps, lambda: 0.5, iterate: 'average' }).worstCase;
    expect(gap('mix', 16) / gap('mix', 8)).toBeCloseTo(Math.SQRT1_2, 6);
    expect(gap('sequential', 16) / gap('sequential', 8)).toBeGreaterThan(0.9);
  });

  it.each(['alright', 'mix', 'sequential'] as const)('%s on smooth functions', (schedule) => {
    for (const iterate of ['mean', 'last'] as const) {
      const { kind, theory } = enclosed({ schedule, steps: 2, lambda: 0.3, class: 'smooth', iterate });
      // The last point of Mix is that of gradient descent on F_λ.
      if (schedule === 'mix' && iterate === 'last') expect(theory).toBeCloseTo(1 / (4 * Math.SQRT1_2 * 2 + 2), 12);
      else expect(kind).toBeNull();
    }
  });

  it('a larger bound on the gradients at the comparator makes the worst case on smooth functions larger', () => {
    const at = (gradientAtOptimum: number): WorstCaseResult =>
      enclosed({ schedule: 'alright', steps: 2, lambda: 0.3, class: 'smooth', gradientAtOptimum });
    expect(at(0.5).worstCase).toBeGreaterThan(at(0).dualBound);
    expect(at(1).worstCase).toBeGreaterThan(at(0.5).dualBound);
  });
});

describe('the recovered problem', () => {
  const inspected: WorstCaseSettings[] = [
    { schedule: 'alright', steps: 3, lambda: 0.3, iterate: 'last' },
    { schedule: 'sequential', steps: 4, lambda: 0.7, iterate: 'last' },
    { schedule: 'alright', steps: 2, lambda: 0.6, class: 'smooth' },
  ];

  it.each(inspected)('belongs to the class and has its minimiser at the comparator: %o', (settings) => {
    const { certificate } = worstCase(settings);
    const { problem } = certificate;
    expect(Math.hypot(...problem.start.map((x, i) => x - problem.comparator[i]))).toBeLessThanOrEqual(1);
    for (const f of Object.values(problem.objectives)) {
      if (f.kind !== 'piecewise-linear') continue;
      for (const { gradient } of f.pieces) expect(Math.hypot(...gradient)).toBeLessThanOrEqual(1);
    }
    const { normal } = stream(0, 'around');
    const lambda = settings.lambda ?? 0.5;
    const weighted = (at: Float64Array): number =>
      lambda * evaluateWorstFunction(problem.objectives.dpo, at).value +
      (1 - lambda) * evaluateWorstFunction(problem.objectives.sft, at).value;
    const optimum = weighted(Float64Array.from(problem.comparator));
    for (const scale of [1e-3, 0.1, 1, 10]) {
      for (let trial = 0; trial < 30; trial++) {
        const at = Float64Array.from(problem.comparator, (x) => x + scale * normal());
        expect(weighted(at)).toBeGreaterThan(optimum - 1e-12 * (1 + scale));
      }
    }
  });

  it('gives less when the schedule is run with other step sizes or from elsewhere', () => {
    const settings = { lambda: 0.3, steps: 3 };
    const { certificate, worstCase: value } = worstCase({ schedule: 'alright', ...settings });
    const run = (problem: WorstProblem, stepSizes: Float64Array): number =>
      replay(problem, schedules.alright, settings, stepSizes, 'mean', 'weighted').value;
    expect(run(certificate.problem, certificate.stepSizes)).toBeCloseTo(value, 9);
    const shorter = certificate.stepSizes.map((size) => size / 2);
    expect(run(certificate.problem, shorter)).not.toBeCloseTo(value, 3);
    const nearer = { ...certificate.problem, start: certificate.problem.start.map((x) => x / 2) };
    expect(run(nearer, certificate.stepSizes)).toBeLessThan(value);
  });
});

describe('what would be wrong shows', () => {
  const stepSizes = new Float64Array(3).fill(1 / Math.sqrt(3));
  const { mix } = schedules;
  const plan = openLoopPlan(mix, mix.init({ lambda: 0.3, steps: 3 }), 0.3, stepSizes, 'mean');
  const right = estimationProgramme(
    plan,
    0.3,
    { kind: 'lipschitz', lipschitz: 1 },
    1,
    { kind: 'weighted', lambda: 0.3 },
    1e-8,
  );
  const boundOf = (estimation: EstimationProgramme): number =>
    certifiedBound(estimation, solveEstimation(estimation).multipliers).bound;
  const without = (left: number): EstimationProgramme => ({
    ...right,
    programme: { ...right.programme, constraints: right.programme.constraints.filter((_, k) => k !== left) },
    trueBounds: right.trueBounds.filter((_, k) => k !== left),
    essential: right.essential.filter((_, k) => k !== left),
  });

  it('leaving out a constraint that binds raises the bound', () => {
    const value = boundOf(right);
    expect(value).toBeCloseTo(1 / Math.sqrt(3), 7);
    const { multipliers } = solveEstimation(right);
    const binding = [...multipliers.keys()].filter((k) => multipliers[k] > 0.05);
    expect(binding.length).toBeGreaterThan(4);
    for (const k of binding) expect(boundOf(without(k))).toBeGreaterThan(value + 1e-3);
  });

  it('an interpolation constraint with its sign turned changes the value', () => {
    const { multipliers } = solveEstimation(right);
    const turned = right.programme.constraints.map((constraint, k) =>
      multipliers[k] > 0.05 && constraint.free.values.length > 0
        ? { ...constraint, matrix: { ...constraint.matrix, values: constraint.matrix.values.map((v) => -v) } }
        : constraint,
    );
    const wrong = { ...right, programme: { ...right.programme, constraints: turned } };
    expect(Math.abs(solveEstimation(wrong).primalObjective - 1 / Math.sqrt(3))).toBeGreaterThan(1e-3);
  });

  it('a certified bound holds for any multipliers, however wrong', () => {
    const { multipliers } = solveEstimation(right);
    const { normal } = stream(0, 'multipliers');
    for (const noise of [1e-12, 1e-9, 1e-6, 1e-3, 0.1]) {
      for (let trial = 0; trial < 10; trial++) {
        const { bound, shift } = certifiedBound(
          right,
          multipliers.map((y) => y + noise * normal()),
        );
        expect(bound).toBeGreaterThan(1 / Math.sqrt(3));
        expect(bound).toBeLessThan(1 / Math.sqrt(3) + 1e-7 + 1000 * noise);
        expect(shift).toBeGreaterThan(0);
      }
    }
    // Negative multipliers are no use, and are not used.
    expect(
      certifiedBound(
        right,
        multipliers.map((y) => -y),
      ).bound,
    ).toBeGreaterThan(1 / Math.sqrt(3));
  });

  it('a shift that is not accounted for would be caught: the bound includes it', () => {
    const { multipliers } = solveEstimation(right);
    // Without the multiplier of the distance, the dual matrix is far from positive semidefinite.
    const { shift, shiftCost, bound } = certifiedBound(
      right,
      multipliers.map((y, k) => (k === 0 ? 0 : y)),
    );
    expect(shift).toBeGreaterThan(0.01);
    expect(shiftCost).toBeGreaterThanOrEqual(shift * right.programme.order);
    expect(bound).toBeGreaterThan(1 / Math.sqrt(3));
  });
});

describe('constraint generation', () => {
  it('finds the same worst case with fewer constraints, and a bound for all of them', () => {
    const stepSizes = new Float64Array(3).fill(1 / Math.sqrt(3));
    const { alright } = schedules;
    const plan = openLoopPlan(alright, alright.init({ lambda: 0.3, steps: 3 }), 0.3, stepSizes, 'last');
    const estimation = estimationProgramme(
      plan,
      0.3,
      { kind: 'lipschitz', lipschitz: 1 },
      1,
      { kind: 'weighted', lambda: 0.3 },
      1e-8,
    );
    const whole = solveEstimation(estimation);
    const part = solveEstimation(estimation, { takeAllUpTo: 0 });
    expect(whole.constraintsUsed).toBe(512);
    expect(part.constraintsUsed).toBeLessThan(350);
    expect(part.primalObjective).toBeCloseTo(whole.primalObjective, 6);
    for (const { multipliers } of [whole, part]) {
      const { bound } = certifiedBound(estimation, multipliers);
      expect(bound).toBeGreaterThan(whole.primalObjective);
      expect(bound / whole.primalObjective).toBeCloseTo(1, 6);
    }
  });
});

describe('bad settings', () => {
  it.each([
    [{ schedule: 'mix', steps: 2.5 }, 'steps: got 2.5'],
    [{ schedule: 'mix', steps: 2, lambda: -0.1 }, 'lambda: got -0.1'],
    [{ schedule: 'mix', steps: 2, lambda: NaN }, 'lambda: got NaN'],
    [{ schedule: 'mix', steps: 2, distance: 0 }, 'distance: got 0'],
    [{ schedule: 'mix', steps: 2, lipschitz: -1 }, 'lipschitz: got -1'],
    [{ schedule: 'mix', steps: 2, class: 'smooth', smoothness: Infinity }, 'smoothness: got Infinity'],
    [{ schedule: 'mix', steps: 2, class: 'smooth', gradientAtOptimum: -1 }, 'gradient-at-optimum: got -1'],
    [{ schedule: 'mix', steps: 2, stepSize: 'process.exit()' }, 'step-size: got "process.exit()"'],
    [{ schedule: 'mix', steps: 2, stepSize: '0' }, 'step-size: got "0"'],
    [{ schedule: 'sequential', steps: 4, split: [1, 2] }, 'split: got [1,2]'],
    [{ schedule: 'maxright', steps: 2, period: 0 }, 'period: got 0'],
    [{ schedule: 'maxright', steps: 30 }, 'steps: got 30, expected fewer'],
    [{ schedule: 'subgradient', steps: 5000 }, 'steps: got 5000, expected fewer'],
  ] as const)('%o is refused', (settings, message) => {
    expect(() => worstCase(settings)).toThrow(InputError);
    expect(() => worstCase(settings)).toThrow(message);
  });
});
