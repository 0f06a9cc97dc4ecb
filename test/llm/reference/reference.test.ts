import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { cases, caseValues, referenceResult, trainedNames } from './cases.js';

/** The relative error of a tensor's gradient along a random direction, against fourth-order central differences. */
describe.each(cases)('the float64 reference: $name', (model) => {
  const losses = model === cases[0] ? (['sft', 'dpo', 'cdpo', 'ipo', 'simpo'] as const) : (['sft', 'dpo'] as const);
  it.each(losses)('has the gradient of its %s loss', (loss) => {
    const values = caseValues(model);
    const { gradients } = referenceResult(model, loss, values);
    for (const name of trainedNames(model, values.keys())) {
      const tensor = values.get(name);
      const gradient = gradients.get(name);
      if (tensor === undefined || gradient === undefined) throw new Error(name);
      const random = stream(1, name);
      const direction = Float64Array.from(gradient, () => random.normal());
      const at = (step: number): number =>
        referenceResult(
          model,
          loss,
          new Map<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>(values).set(name, {
            shape: tensor.shape,
            values: Float64Array.from(tensor.values, (x, i) => x + step * direction[i]),
          }),
          { differentiate: false },
        ).loss;
      // Truncation falls with the fourth power of h, rounding rises with 1/h: here both are below 1e-9.
      const h = 2e-5;
      const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      const expected = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
      const scale = Math.hypot(...gradient);
      expect(scale, name).toBeGreaterThan(1e-6);
      expect(Math.abs(slope - expected) / scale, name).toBeLessThan(1e-7);
    }
  });
});
