import { describe, expect, it } from 'vitest';
import { moments } from '../../../src/base/statistics.js';
import { constantSteps } from '../../../src/theory/described-run.js';
import { exactGap } from '../../../src/theory/exact-measure.js';
import { freeQuadratics } from '../../../src/theory/free-quadratics.js';
import { gapSecondMoment } from '../../../src/theory/gap-second-moment.js';
import { ensemble } from '../../../src/theory/measure.js';
import { sampled } from '../../../src/theory/measurement.js';
import { subjectOf } from '../../../src/theory/verify/suite.js';
import { rateSlope } from '../../../src/theory/verify/rate.js';
import { falseAlarm, holds } from '../../../src/theory/verify/verdict.js';
import { stream } from '../../../src/base/random-stream.js';

const measurement = { mean: 1, standardError: 0.1, degrees: 1e6, error: 0 };

describe('a verdict', () => {
  it('is one-sided at the level asked for', () => {
    // The normal quantile of 0.999 is 3.0902.
    expect(holds('upper', measurement, 1 - 0.309, 0.001)).toBe(true);
    expect(holds('upper', measurement, 1 - 0.31, 0.001)).toBe(false);
    expect(holds('lower', measurement, 1 + 0.309, 0.001)).toBe(true);
    expect(holds('lower', measurement, 1 + 0.31, 0.001)).toBe(false);
  });

  it('is two-sided where equality is claimed', () => {
    // The normal quantile of 0.9995 is 3.2905.
    for (const sign of [-1, 1]) {
      expect(holds('exact', measurement, 1 + sign * 0.329, 0.001)).toBe(true);
      expect(holds('exact', measurement, 1 + sign * 0.33, 0.001)).toBe(false);
    }
  });

  it('gives computed numbers no more than their rounding', () => {
    const computed = { mean: 1, standardError: 0, degrees: Infinity, error: 1e-12 };
    expect(holds('upper', computed, 1 - 1e-13, falseAlarm)).toBe(true);
    expect(holds('upper', computed, 1 - 1e-11, falseAlarm)).toBe(false);
  });

  it('never passes what is not a number', () => {
    expect(holds('upper', { ...measurement, mean: NaN }, Infinity, 0.001)).toBe(false);
  });

  it('calls a true bound broken as rarely as it says, on skewed samples too', () => {
    const { uniform } = stream(1, 'verdict-test');
    let alarms = 0;
    const trials = 4000;
    for (let trial = 0; trial < trials; trial++) {
      // Exponential samples of mean 1.
      const samples = Array.from({ length: 12 }, () => -Math.log(1 - uniform()));
      if (!holds('upper', sampled(samples), 1, 0.01)) alarms++;
    }
    // At most 1 in 100, and 40 ± 6.3 if it were so.
    expect(alarms).toBeLessThan(60);
  });
});

describe('a two-sided verdict on a skewed gap', () => {
  /** The share of fair samples, of 60 squares of normal numbers, that a rule rejects, and of those that lie too low. */
  const rejected = (level: number, secondMoment: number | undefined): { all: number; low: number } => {
    const { normal } = stream(4, 'skewed');
    let [all, low] = [0, 0];
    const trials = 20_000;
    for (let trial = 0; trial < trials; trial++) {
      const samples = Array.from({ length: 60 }, () => normal() ** 2);
      const found = { ...sampled(samples), ...(secondMoment === undefined ? {} : { secondMoment }) };
      if (holds('exact', found, 1, level)) continue;
      all++;
      if (found.mean < 1) low++;
    }
    return { all: all / trials, low: low / trials };
  };

  it('rejects fair samples no more often than stated', () => {
    // E (χ²_1)² = 3.
    const { all } = rejected(0.01, 3);
    expect(all).toBeLessThan(0.01);
    expect(rejected(0.002, 3).all).toBeLessThan(0.002);
  });

  it("is needed: Student's lower tail rejects many times more", () => {
    expect(rejected(0.002, undefined).low).toBeGreaterThan(0.005);
  });

  it('still sees a mean that is half of what is claimed', () => {
    const samples = Array.from({ length: 2000 }, (_, i) => 0.5 + (i % 2) / 10);
    expect(holds('exact', { ...sampled(samples), secondMoment: 3 }, 1.1, 1e-6)).toBe(false);
  });

  it('knows the second moment of a gap exactly', async () => {
    const subject = await subjectOf({ problem: 'plane-free', lambda: 0.5 });
    const data = freeQuadratics(subject);
    if (data === undefined) throw new Error('plane-free is quadratic');
    for (const schedule of ['alright', 'mix', 'sequential']) {
      const run = { schedule, stepSizes: constantSteps(0.05, 6) };
      const gaps = ensemble(subject, run, { steps: [], seeds: 4000, seed: 0, rateSteps: [], rateSeeds: 0 }).map(
        ({ values }) => (values[0] + values[1]) / 2 - subject.weightedSum.value,
      );
      const { mean, standardError } = moments(gaps.map((gap) => gap ** 2));
      expect(Math.abs(mean - gapSecondMoment(subject, data, run))).toBeLessThan(5 * standardError);
      expect(exactGap(subject, data, run).mean ** 2).toBeLessThan(gapSecondMoment(subject, data, run));
    }
  });
});

describe('the slope of a rate', () => {
  it('is the exponent of a power law', () => {
    const { mean, standardError } = rateSlope(
      [1e2, 1e3, 1e4, 1e5].map((steps) => ({ steps, mean: 3 * steps ** -0.5, standardError: 0, count: Infinity })),
    );
    expect(mean).toBeCloseTo(-0.5, 12);
    expect(standardError).toBeLessThan(1e-12);
  });

  it('covers the exponent as often as its interval says', () => {
    const { normal } = stream(2, 'rate-test');
    let covered = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const points = [1e2, 1e3, 1e4].map((steps) => ({
        steps,
        mean: 1 + 0.05 * normal(),
        standardError: 0.05,
        count: 1e6,
      }));
      if (holds('exact', rateSlope(points), 0, 0.05)) covered++;
    }
    expect(covered).toBeGreaterThan(920);
    expect(covered).toBeLessThan(980);
  });
});
