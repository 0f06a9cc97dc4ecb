import { expect, test } from 'vitest';
import { schedules } from '../../../src/schedule/index.js';
import { replay } from '../../../src/theory/worst-case/replay.js';
import { worstCase } from '../../../src/theory/worst-case/worst-case.js';

test.each([
  ['mix', 3, 1 / Math.sqrt(3)],
  ['maxright', 2, 0.5 / Math.SQRT2],
] as const)('%s: M = 1e-6 and R = 1e9 give 1000 times what 1 and 1 do', (schedule, steps, atOne) => {
  for (const [lipschitz, distance] of [
    [1e-6, 1e9],
    [1e12, 1e-7],
    [3, 5],
  ]) {
    const { worstCase: lower, dualBound, theory } = worstCase({ schedule, steps, lipschitz, distance });
    const scale = lipschitz * distance;
    expect(lower / scale).toBeCloseTo(atOne, 6);
    expect(dualBound / scale).toBeCloseTo(atOne, 6);
    expect((theory ?? NaN) / scale).toBeCloseTo(atOne, 12);
  }
});

test('the smooth class scales with LR²; the recovered functions, in the user’s units, replay to the same bytes', () => {
  const given = { schedule: 'mix', steps: 2, class: 'smooth' } as const;
  const one = worstCase({ ...given, smoothness: 1, distance: 1, gradientAtOptimum: 1, stepSize: '0.1' });
  const far = worstCase({ ...given, smoothness: 1e-8, distance: 1e7, gradientAtOptimum: 0.1, stepSize: '1e7' });
  expect(far.worstCase / 1e6).toBeCloseTo(one.worstCase, 6);
  expect(far.dualBound / 1e6).toBeCloseTo(one.dualBound, 6);
  const { problem, stepSizes, replay: run } = far.certificate;
  expect(stepSizes).toEqual(Float64Array.of(1e7, 1e7));
  expect(replay(problem, schedules.mix, { lambda: 0.5, steps: 2 }, stepSizes, 'mean', 'weighted')).toEqual(run);
});
