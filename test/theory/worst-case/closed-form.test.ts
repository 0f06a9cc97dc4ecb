import { describe, expect, it } from 'vitest';
import { schedules } from '../../../src/schedule/index.js';
import { closedFormProblem, closedFormWorstCase } from '../../../src/theory/worst-case/closed-form.js';
import { replay } from '../../../src/theory/worst-case/replay.js';

describe('statement W', () => {
  it.each([1, 2, 3, 10, 50, 200])('attains the bounds of A and M for T = %i', (steps) => {
    for (const lambda of [0, 0.3, 1]) {
      for (const iterate of ['mean', 'average'] as const) {
        const settings = { steps, lambda, iterate, lipschitz: 2, distance: 3 };
        const alright = closedFormWorstCase({ schedule: 'alright', ...settings });
        expect(Math.abs(alright.worstCase / (6 / Math.sqrt(steps)) - 1)).toBeLessThan(1e-8);
        expect(alright.certificate.replay.value / (6 / Math.sqrt(steps))).toBeCloseTo(1, 13);
        const maxright = closedFormWorstCase({ schedule: 'maxright', ...settings });
        const weight = Math.max(lambda, 1 - lambda);
        expect(maxright.certificate.replay.value / ((6 * weight) / Math.sqrt(steps))).toBeCloseTo(1, 13);
        expect(maxright.theory).toBeCloseTo((6 * weight) / Math.sqrt(steps), 12);
      }
    }
  });

  it('is one function for every coin: the whole tree of draws gives the same', () => {
    const problem = closedFormProblem(6, 1, 1);
    const stepSizes = new Float64Array(6).fill(1 / Math.sqrt(6));
    const { value, probability } = replay(
      problem,
      schedules.alright,
      { lambda: 0.3, steps: 6 },
      stepSizes,
      'mean',
      'weighted',
    );
    expect(value).toBeCloseTo(1 / Math.sqrt(6), 14);
    expect(probability).toBeCloseTo(1, 14);
  });

  it('fails with one coordinate too few: the last step comes back to a touched one', () => {
    const problem = closedFormProblem(5, 1, 1);
    const stepSizes = new Float64Array(7).fill(1 / Math.sqrt(7));
    const { value } = replay(problem, schedules.alright, { lambda: 0.3, steps: 7 }, stepSizes, 'mean', 'weighted');
    expect(value).toBeLessThan(1 / Math.sqrt(5) - 0.05);
  });

  it('refuses settings of which it does not speak', () => {
    const refused = (settings: object, message: string): void => {
      expect(() => closedFormWorstCase({ schedule: 'alright', steps: 3, ...settings })).toThrow(message);
    };
    refused({ schedule: 'mix' }, 'schedule: got "mix"');
    refused({ schedule: 'maxright', period: 2 }, 'period: got 2');
    refused({ iterate: 'last' }, 'iterate: got "last"');
    refused({ class: 'smooth' }, 'class: got "smooth"');
    refused({ stepSize: '1' }, 'step-size: got "1"');
  });
});
