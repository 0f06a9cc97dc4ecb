import { expect, test } from 'vitest';
import { minimizeChebyshev } from '../../../src/convex/optimum/chebyshev.js';
import { idealPoint } from '../../../src/convex/optimum/weighted-sum.js';
import { logLinear, type LogLinearOptions } from '../../../src/convex/generate/log-linear.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';

async function minimizers(options: LogLinearOptions) {
  const problem = await parseProblem(logLinear(options));
  const ideal = idealPoint(problem);
  return { problem, ideal, dpo: ideal.dpo.minimizer, sft: ideal.sft.minimizer };
}

const cosine = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, entry, i) => sum + entry * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));

test('with many examples the minimisers have the asked cosine and sharpness', async () => {
  for (const conflict of [-1, -0.5, 0, 0.5, 1]) {
    const { dpo, sft } = await minimizers({ dimension: 3, examples: 8000, conflict, sharpness: 1.5, radius: 10 });
    // Standard errors are about 0.03 per coordinate.
    expect(Math.abs(cosine(dpo, sft) + conflict)).toBeLessThan(0.08);
    expect(Math.abs(Math.hypot(...sft) - 1.5)).toBeLessThan(0.12);
    expect(Math.abs(Math.hypot(...dpo) - 1.5)).toBeLessThan(0.12);
  }
});

test('the distance from the ideal point to the front grows with conflict', async () => {
  for (const seed of [0, 1]) {
    const gaps: number[] = [];
    for (const conflict of [-1, -0.5, 0, 0.5, 1]) {
      const { problem, ideal } = await minimizers({ dimension: 5, examples: 300, conflict, seed });
      gaps.push(minimizeChebyshev(problem, 0.5, ideal).value);
    }
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(gaps[4]).toBeGreaterThan(10 * gaps[0]);
  }
});

test('DPO is generated around its reference', async () => {
  const options = {
    dimension: 3,
    examples: 8000,
    conflict: 0,
    sharpness: 1.5,
    reference: 'random',
    radius: 10,
  } as const;
  const { dpo, sft, problem } = await minimizers(options);
  if (problem.data.kind !== 'log-linear') throw new Error('expected a log-linear pair');
  const { reference } = problem.data;
  expect(Math.hypot(...reference)).toBeCloseTo(1.5, 12);
  const shift = dpo.map((entry, i) => entry - reference[i]);
  expect(Math.abs(cosine(shift, sft))).toBeLessThan(0.08);
  expect(Math.abs(Math.hypot(...shift) - 1.5)).toBeLessThan(0.12);
});

test('reference sft is the certified minimiser of f_SFT', async () => {
  const { ideal, problem } = await minimizers({ reference: 'sft' });
  if (problem.data.kind !== 'log-linear') throw new Error('expected a log-linear pair');
  const atReference = problem.objectives.sft.value(problem.data.reference);
  expect(ideal.sft.certificate).toBeLessThan(1e-10);
  expect(atReference - ideal.sft.value).toBeLessThan(1e-10);
  expect(problem.objectives.dpo.value(problem.data.reference)).toBeCloseTo(Math.LN2, 14);
});

test('data do not depend on reference, nor features on conflict', () => {
  const base = logLinear({ seed: 3 });
  expect({ ...logLinear({ seed: 3, reference: 'sft' }), reference: 0 }).toEqual({ ...base, reference: 0 });
  const features = (conflict: number): unknown => {
    const file = logLinear({ seed: 3, conflict });
    if (file.kind !== 'log-linear') throw new Error('expected a log-linear pair');
    return [file.sft, file.dpo.map(({ chosen, rejected }) => [chosen, rejected].map(String).sort())];
  };
  expect(features(1)).toEqual(features(-1));
});

test('counts, shapes and the same seed', () => {
  const file = logLinear({ dimension: 4, candidates: 3, examples: { dpo: 7, sft: 5 } });
  if (file.kind !== 'log-linear') throw new Error('expected a log-linear pair');
  expect([file.sft.length, file.dpo.length, file.sft[0].candidates.length]).toEqual([5, 7, 3]);
  expect(logLinear({ seed: 5 })).toEqual(logLinear({ seed: 5 }));
  expect(logLinear({ seed: 5 })).not.toEqual(logLinear({ seed: 6 }));
});

test.each<[LogLinearOptions, string]>([
  [{ dimension: 0 }, 'dimension: got 0'],
  [{ candidates: 1 }, 'candidates: got 1'],
  [{ examples: 0 }, 'examples: got 0'],
  [{ examples: { dpo: 3, sft: 0 } }, 'examples: got 0'],
  [{ conflict: 1.1 }, 'conflict: got 1.1'],
  [{ conflict: NaN }, 'conflict: got NaN'],
  [{ dimension: 1, conflict: 0 }, 'conflict: got 0'],
  [{ sharpness: 0 }, 'sharpness: got 0'],
  [{ beta: -1 }, 'beta: got -1'],
  [{ radius: Infinity }, 'radius: got Infinity'],
  [{ start: [1] }, 'start: got [1]'],
])('%j is refused', (options, message) => {
  expect(() => logLinear(options)).toThrow(message);
});

test('in dimension 1 both conflicts exist', () => {
  expect(logLinear({ dimension: 1 })).toEqual(logLinear({ dimension: 1, conflict: 1 }));
  expect(logLinear({ dimension: 1, conflict: -1 })).not.toEqual(logLinear({ dimension: 1, conflict: 1 }));
});
