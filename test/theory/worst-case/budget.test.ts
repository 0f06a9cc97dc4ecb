import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { worstCase } from '../../../src/theory/worst-case/worst-case.js';
import type { WorstCaseSettings } from '../../../src/theory/worst-case/settings.js';

const budget = (settings: Partial<WorstCaseSettings> & { steps: number }) =>
  worstCase({ ...settings, schedule: 'budget' });

describe('a budget', () => {
  it.each([
    { steps: 1 },
    { steps: 2, iterate: 'average' },
    { steps: 3, lambda: 0.2 },
    { steps: 3, forgetAtMost: 0.1, order: 'dpo-sft' },
  ] as const)('%j: MR/√T, enclosed, which is statement B', (settings) => {
    const { worstCase: lower, dualBound, theory, kind, relativeGap } = budget(settings);
    const value = 1 / Math.sqrt(settings.steps);
    expect(theory).toBeCloseTo(value, 11);
    expect(kind).toBe('tight');
    expect(relativeGap).toBeLessThan(1e-6);
    expect(lower).toBeLessThanOrEqual(value * (1 + 1e-12));
    expect(dualBound).toBeGreaterThanOrEqual(value * (1 - 1e-12));
  });

  it('answers in the units of the question', () => {
    const { worstCase: lower, theory } = budget({ steps: 2, lipschitz: 5, distance: 3, forgetAtMost: 2 });
    expect(theory).toBeCloseTo(15 / Math.SQRT2, 9);
    expect(lower / (theory ?? NaN)).toBeGreaterThan(1 - 1e-6);
  });

  it('without the tolerance that statement B needs all steps can be on the first objective, and more is lost', () => {
    const { worstCase: lower, theory, relativeGap, certificate } = budget({ steps: 2, tolerance: 0.1 });
    expect(theory).toBeNull();
    expect(relativeGap).toBeLessThan(1e-6);
    expect(lower).toBeGreaterThan(1 / Math.SQRT2 + 0.1);
    expect(new Set(certificate.choices)).toEqual(new Set(['sft']));
  });

  it.each([
    [{ steps: 2, iterate: 'last' }, 'mean or average'],
    [{ steps: 2, class: 'smooth' }, 'lipschitz under a budget'],
    [{ steps: 9 }, 'at most 8'],
    [{ steps: 2, forgetAtMost: -1 }, 'a number ≥ 0'],
  ] as const)('%j is refused', (settings, expected) => {
    expect(() => budget(settings)).toThrow(InputError);
    expect(() => budget(settings)).toThrow(expected);
  });
});

describe('replay', () => {
  it('without a stage one is ALRIGHT, and the bounds are attained', () => {
    const mean = worstCase({ schedule: 'replay', steps: 3, lambda: 0.3, split: [0, 3] });
    expect(mean).toMatchObject({ kind: 'tight' });
    expect(mean.worstCase / (mean.theory ?? NaN)).toBeGreaterThan(1 - 1e-6);
    const last = worstCase({ schedule: 'replay', steps: 2, lambda: 0.3, split: [0, 2], iterate: 'last' });
    expect(last).toMatchObject({ kind: 'tight' });
    expect(last.theory?.toFixed(6)).toBe('0.908632');
    expect(last.worstCase / (last.theory ?? NaN)).toBeGreaterThan(1 - 1e-6);
  });

  it('after a stage one pays for how far that can lead away', () => {
    const {
      worstCase: lower,
      theory,
      kind,
    } = worstCase({ schedule: 'replay', steps: 3, split: [1, 2], iterate: 'last' });
    expect(kind).toBe('upper');
    expect(lower).toBeLessThan(theory ?? NaN);
  });
});
