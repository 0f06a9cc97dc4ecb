import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRow,
  exampleCount,
  newFeatureRows,
  readRow,
  rowCount,
  rowProduct,
  totalRows,
  writeRow,
  type FeatureRows,
} from '../../../src/convex/problem/feature-rows.js';
import { newArena } from '../../../src/convex/problem/arena.js';

/** Examples of some rows each, all of one dimension. */
const examples = fc
  .integer({ min: 1, max: 6 })
  .chain((dimension) =>
    fc.array(
      fc.array(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: dimension, maxLength: dimension }), {
        maxLength: 4,
      }),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .filter((all) => all.some((rows) => rows.length > 0));

function written(all: readonly (readonly (readonly number[])[])[]): FeatureRows {
  const dimension = all.flat()[0].length;
  const rows = newFeatureRows(
    all.map(({ length }) => length),
    dimension,
    newArena(),
  );
  all.forEach((ofExample, n) => {
    ofExample.forEach((row, k) => {
      writeRow(rows, n, k, (i) => row[i]);
    });
  });
  return rows;
}

describe('feature rows', () => {
  it('are read as they were written, and counted', () => {
    fc.assert(
      fc.property(examples, (all) => {
        const rows = written(all);
        expect(exampleCount(rows)).toBe(all.length);
        expect(totalRows(rows)).toBe(all.flat().length);
        const found = all.map((_, n) =>
          Array.from({ length: rowCount(rows, n) }, (_, k) =>
            Array.from(readRow(rows, n, k, new Float64Array(rows.dimension))),
          ),
        );
        expect(found).toEqual(all);
      }),
    );
  });

  it('multiply and add like plain vectors, in the same order', () => {
    fc.assert(
      fc.property(examples, (all) => {
        const rows = written(all);
        const vector = Float64Array.from({ length: rows.dimension }, (_, i) => Math.cos(i + 1));
        all.forEach((ofExample, n) => {
          ofExample.forEach((row, k) => {
            expect(rowProduct(rows, n, k, vector)).toBe(row.reduce((sum, entry, i) => sum + vector[i] * entry, 0));
            const sum = vector.slice();
            addRow(rows, n, k, 0.3, sum);
            expect(sum).toEqual(vector.map((entry, i) => entry + 0.3 * row[i]));
          });
        });
      }),
    );
  });

  it('lie interleaved by pairs of coordinates, padded with zeros', () => {
    const rows = written([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [[7, 8, 9]],
    ]);
    expect(Array.from(rows.numbers)).toEqual([1, 2, 4, 5, 3, 0, 6, 0, 7, 8, 9, 0]);
  });
});
