import { expect, it } from 'vitest';
import { jsonText } from '../../src/base/text.js';

it('JSON is indented, with vectors on one line and texts as they are', () => {
  const value = {
    name: 'a [1,  2] b',
    vector: Float64Array.of(1, 0.5, NaN),
    matrix: [
      [1, null],
      [true, undefined],
    ],
    empty: [[], {}],
    absent: undefined,
    rows: new Set([{ x: 1 }, { x: [] }]),
  };
  expect(jsonText(value)).toBe(`{
  "name": "a [1,  2] b",
  "vector": [1, 0.5, null],
  "matrix": [
    [1, null],
    [true, null]
  ],
  "empty": [
    [],
    {}
  ],
  "rows": [
    {
      "x": 1
    },
    {
      "x": []
    }
  ]
}`);
});
