import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { cases, caseValues, referenceResult, trainedNames, type Case } from './cases.js';

type Loss = Parameters<typeof referenceResult>[1];

/** The relative error of the gradient along a random direction of some tensors, against fourth-order central differences. */
function expectGradient(model: Case, loss: Loss, names: readonly string[]): void {
  const values = caseValues(model);
  const { gradients } = referenceResult(model, loss, values);
  const moved = names.map((name) => {
    const [tensor, gradient] = [values.get(name), gradients.get(name)];
    if (tensor === undefined || gradient === undefined) throw new Error(name);
    const random = stream(1, name);
    return { name, tensor, gradient, direction: Float64Array.from(gradient, () => random.normal()) };
  });
  const at = (step: number): number => {
    const there = new Map<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>(values);
    for (const { name, tensor, direction } of moved) {
      const { shape } = tensor;
      there.set(name, { shape, values: Float64Array.from(tensor.values, (x, i) => x + step * direction[i]) });
    }
    return referenceResult(model, loss, there, { differentiate: false }).loss;
  };
  // Truncation falls with the fourth power of the way, rounding rises with its inverse: here both are below 1e-8.
  const h = 2e-5 / Math.sqrt(names.length);
  const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  const sum = (of: (one: (typeof moved)[number]) => number): number => moved.reduce((all, one) => all + of(one), 0);
  const expected = sum(({ gradient, direction }) => gradient.reduce((all, g, i) => all + g * direction[i], 0));
  const scale = Math.sqrt(sum(({ gradient }) => Math.hypot(...gradient) ** 2));
  expect(scale, names.join()).toBeGreaterThan(1e-6);
  expect(Math.abs(slope - expected) / scale, names.join()).toBeLessThan(1e-7);
}

describe.each(cases)('the float64 reference: $name', (model) => {
  const names = trainedNames(model, caseValues(model).keys());

  it('has the gradient of its dpo loss in every tensor', () => {
    for (const name of names) expectGradient(model, 'dpo', [name]);
  });

  // They are other functions of the same log-probabilities.
  const others = model === cases[0] ? (['sft', 'cdpo', 'ipo', 'simpo'] as const) : (['sft'] as const);
  it.each(others)('has the gradient of its %s loss', (loss) => {
    expectGradient(model, loss, names);
  });
});
