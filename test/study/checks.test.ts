import { expect, test } from 'vitest';
import { mean } from '../../src/base/statistics.js';
import { checksOf, type OptimumSummary } from '../../src/study/checks.js';

test('a run that does not fall has a dash where its share would be', () => {
  const still: OptimumSummary = {
    name: 'sft-optimum',
    objective: 'sft',
    alone: true,
    ...{ start: 1, optimum: 1, reduction: 0, withinRun: NaN },
    ...{ heldOutStart: 1, heldOutBest: 1, heldOutEnd: 1, heldOutAccuracy: 0.5 },
  };
  const [first] = checksOf({}, [still], []);
  expect([first.passed, first.measured]).toEqual([false, '–']);
});

test('DPO alone that prefers 0.9 of the held-out pairs passes the check of 90 %, whatever the mean loses in doubles', () => {
  const passes = (accuracies: readonly number[]): boolean | undefined => {
    const heldOutAccuracy = mean(accuracies);
    const alone: OptimumSummary = {
      name: 'dpo-alone-sft-dpo',
      objective: 'dpo',
      alone: true,
      ...{ start: 1, optimum: 0.1, reduction: 0.9, withinRun: 1 },
      ...{ heldOutStart: 1, heldOutBest: 0.1, heldOutEnd: 0.1, heldOutAccuracy },
    };
    return checksOf({ conflict: 1 }, [alone], []).find(({ statement }) => statement.includes('90 %'))?.passed;
  };
  expect(mean([0.95, 0.875, 0.95, 0.825])).toBeLessThan(0.9);
  expect(passes([0.95, 0.875, 0.95, 0.825])).toBe(true);
  expect(passes([0.95, 0.875, 0.95, 0.8])).toBe(false);
});
