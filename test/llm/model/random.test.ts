import { expect, test } from 'vitest';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { randomSource, randomWeights } from '../../../src/llm/model/random.js';
import { fromHalves, toHalves } from '../../../src/llm/weights/half-precision.js';

test('weights of a random model are the same one tensor at a time, in rows, and rounded to the type of a tensor', () => {
  const config = neoxConfig({ vocabularySize: 16, width: 8, layers: 1, heads: 2, contextLength: 8 });
  const [whole, rounded] = [
    randomSource(config, 3),
    randomSource(config, 3, (name) => (name === 'embed_out.weight' ? 'float16' : undefined)),
  ];
  const shapes = weightShapes(config);
  for (const [name, values] of randomWeights(config, 3)) {
    const rows = shapes.get(name)?.[0] ?? 0;
    const rowSize = values.length / rows;
    expect(whole.values(name, { first: 0, end: rows })).toEqual(values);
    expect(whole.values(name, { first: 1, end: rows })).toEqual(values.subarray(rowSize));
    const half = name === 'embed_out.weight';
    const expected = half ? fromHalves(toHalves(values, 'float16'), 'float16') : values;
    expect(rounded.values(name, { first: 0, end: rows })).toEqual(expected);
    if (!half) continue;
    const into = new Uint16Array(2 * rowSize);
    rounded.halves?.(name, { first: 3, end: 5 }, into);
    expect(into).toEqual(toHalves(values.subarray(3 * rowSize, 5 * rowSize), 'float16'));
  }
});
