import { describe, expect, it } from 'vitest';
import { bootstrapped } from '../../src/base/bootstrap.js';
import { holm } from '../../src/base/holm.js';
import { pairedTest, studentTail } from '../../src/base/paired-test.js';
import { stream } from '../../src/base/random-stream.js';
import { estimate, mean } from '../../src/base/statistics.js';

describe('tails of Student’s distribution', () => {
  it('are those of its closed forms with 1, 2 and 4 degrees of freedom, and of tables', () => {
    for (const t of [0.01, 0.5, 1, 2, 7.5, 300]) {
      expect(studentTail(t, 1)).toBeCloseTo((2 / Math.PI) * Math.atan(1 / t), 13);
      const two = 1 - t / Math.sqrt(2 + t * t);
      expect(Math.abs(studentTail(t, 2) - two)).toBeLessThan(1e-13);
      const s = t / Math.sqrt(4 + t * t);
      expect(Math.abs(studentTail(t, 4) - (1 - s * (1.5 - (s * s) / 2)))).toBeLessThan(1e-13);
    }
    // The two-sided 5 %, 1 % and 0.1 % points with 7 degrees of freedom.
    for (const [t, p] of [
      [2.364624251592785, 0.05],
      [3.499483297350493, 0.01],
      [5.407882520861725, 0.001],
    ]) {
      expect(studentTail(t, 7) / p).toBeCloseTo(1, 9);
    }
    // Far out 1 − CDF would be 0: P ~ 2·c·ν^{ν/2}/ν · t^{−ν}, here with ν = 7 and t = 1e6.
    const leading = ((2 * 16 * 7 ** 4) / (7 * 5 * Math.PI * Math.sqrt(7))) * 1e-42;
    expect(studentTail(1e6, 7) / leading).toBeCloseTo(1, 9);
    expect(studentTail(-2, 7)).toBe(studentTail(2, 7));
  });
});

describe('a paired test', () => {
  it('is Student’s, decides as its interval does, and says nothing without seeds or spread', () => {
    const random = stream(3, 'paired');
    for (let i = 0; i < 50; i++) {
      const differences = Array.from({ length: 5 }, () => random.normal() + 1);
      const { mean: found, pValue } = pairedTest(differences);
      const { ci95 } = estimate(differences);
      expect(found).toBe(mean(differences));
      expect(pValue < 0.05).toBe(ci95 !== null && (ci95[0] > 0 || ci95[1] < 0));
    }
    expect(pairedTest([1]).pValue).toBe(1);
    expect(pairedTest([0.4, 0.4, 0.4]).pValue).toBe(1);
    expect(pairedTest([NaN, 1, 2]).pValue).toBe(1);
    // Eight times all of 48 pairs right, against one half: the spread is at least what one pair makes.
    const { t, pValue } = pairedTest(new Array<number>(8).fill(1), { threshold: 0.5, resolution: 1 / 48 });
    expect(t).toBeCloseTo(0.5 * 48 * Math.sqrt(8), 10);
    expect(pValue).toBeGreaterThan(0);
  });
});

describe('Holm’s correction', () => {
  it('compares the k-th smallest with α/(m − k + 1), ends at the first that is larger, counts what is tested elsewhere', () => {
    const p = [0.01, 0.04, 0.03, 0.005];
    expect(holm(p)).toEqual([
      { level: 0.05 / 3, rejected: true },
      { level: 0.05 / 2, rejected: false },
      { level: 0.05 / 2, rejected: false },
      { level: 0.05 / 4, rejected: true },
    ]);
    expect(holm(p, { further: 7 }).map(({ rejected }) => rejected)).toEqual([false, false, false, false]);
    expect(holm([])).toEqual([]);
    for (const [i, { level, rejected }] of holm(p).entries()) expect(p[i] <= level).toBe(rejected);
  });
});

describe('the bootstrap interval', () => {
  it('stays in the range of the samples, is reproducible, and holds the mean of skewed data about as often as it says', () => {
    expect(bootstrapped([3]).ci95).toBeNull();
    const losses = [0.001, 0.002, 0.9, 0.003, 0.001];
    const { ci95 } = bootstrapped(losses);
    expect(ci95?.[0]).toBeGreaterThanOrEqual(0.001);
    expect(ci95?.[1]).toBeLessThanOrEqual(0.9);
    expect(estimate(losses).ci95?.[0]).toBeLessThan(0);
    expect(bootstrapped(losses)).toEqual(bootstrapped([...losses]));

    const random = stream(1, 'coverage');
    const rounds = 400;
    let held = 0;
    for (let i = 0; i < rounds; i++) {
      const [low, high] = bootstrapped(Array.from({ length: 8 }, () => random.normal())).ci95 ?? [NaN, NaN];
      if (low <= 0 && 0 <= high) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.92);
    expect(held / rounds).toBeLessThan(0.99);
  });
});
