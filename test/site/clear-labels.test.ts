import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clearWidths } from '../../site/results/clear-labels.js';

const height = 300;
const box = { left: 9, right: 35, below: -1, above: 9 };
const mark = { left: -5, right: 5, below: -5, above: 5 };
const widthsOf = (places: readonly (readonly [x: number, y: number])[]): number[] =>
  clearWidths(
    places.map(([x, y]) => ({ x, y, label: '0.25' })),
    height,
    () => box,
  );

it('a label gives way to the labels before it and to marks, until the panel is wide enough', () => {
  // To the right a mark, whose own label is then alone; a label, a little lower.
  expect(
    widthsOf([
      [0, 0],
      [0.1, 0],
    ]),
  ).toEqual([400, 0]);
  expect(
    widthsOf([
      [0.1, 0],
      [0, 0.03],
    ]),
  ).toEqual([0, 260]);
  // One above the other; and in the same place, where the first is shown.
  expect(
    widthsOf([
      [0, 0],
      [0, 0.5],
      [0, 0.5],
    ]),
  ).toEqual([0, 0, Infinity]);
});

it('of the labels shown at any width no two overlap, and none lies on a mark of another point', () => {
  const place = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(place, { maxLength: 12 }), fc.integer({ min: 200, max: 2000 }), (places, width) => {
      const clear = widthsOf(places);
      const shown = places.filter((_, i) => clear[i] <= width);
      const overlaps = ([x, y]: readonly number[], [otherX, otherY]: readonly number[], other: typeof box): boolean => {
        const [right, up] = [width * (otherX - x), height * (otherY - y)];
        const beside = right + other.left < box.right - 1e-6 && right + other.right > box.left + 1e-6;
        return beside && up + other.below < box.above && up + other.above > box.below;
      };
      for (const point of shown) {
        expect(shown.some((other) => other !== point && overlaps(point, other, box))).toBe(false);
        expect(places.some((other) => other !== point && overlaps(point, other, mark))).toBe(false);
      }
    }),
  );
});
