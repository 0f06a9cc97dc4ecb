import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/figure/font.js';
import { placeLabels, type LabelledPoint, type PanelAxis } from '../../src/figure/labels.js';
import { lossAxis } from '../../src/figure/layers.js';
import { stream } from '../../src/base/random-stream.js';

const size = 12;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function boxes(points: readonly LabelledPoint[], axes: { x: PanelAxis; y: PanelAxis }): Box[] {
  const pixel = ({ type, domain, pixels }: PanelAxis, value: number): number => {
    const warp = (v: number): number => (type === 'sqrt' ? Math.sign(v) * Math.sqrt(Math.abs(v)) : v);
    return (pixels * (warp(value) - warp(domain[0]))) / (warp(domain[1]) - warp(domain[0]));
  };
  return placeLabels(points, axes, size).map(({ labelX, labelY }, i) => {
    const [x, y] = [pixel(axes.x, labelX), axes.y.pixels - pixel(axes.y, labelY)];
    const half = textWidth(points[i].label, size) / 2;
    return { left: x - half, right: x + half, top: y - size / 2, bottom: y + size / 2 };
  });
}

const apart = (a: Box, b: Box): boolean =>
  a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

describe('labels', () => {
  test.each(['linear', 'sqrt'] as const)('of a crowd stand clear of each other and in the panel, %s', (type) => {
    const axis: PanelAxis = { type, domain: [-0.01, 4], pixels: 400 };
    const random = stream(3, 'labels-test');
    // Half of them around one place.
    const points = Array.from({ length: 24 }, (_, i) => ({
      x: i % 2 === 0 ? 0.4 + 0.2 * random.uniform() : 4 * random.uniform(),
      y: i % 2 === 0 ? 0.4 + 0.2 * random.uniform() : 4 * random.uniform(),
      label: `0.${i}5`,
    }));
    const placed = boxes(points, { x: axis, y: axis });
    for (const [i, box] of placed.entries()) {
      expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
      expect(Math.max(box.right, box.bottom)).toBeLessThanOrEqual(400);
      for (const other of placed.slice(i + 1)) expect(apart(box, other)).toBe(true);
    }
  });

  test('leave the side of a line that passes through their point', () => {
    const axis: PanelAxis = { type: 'linear', domain: [0, 100], pixels: 200 };
    const [point] = [{ x: 50, y: 50, label: 'start' }];
    const [free] = placeLabels([point], { x: axis, y: axis }, size);
    const line = [point, { x: 100, y: 50 }];
    const [moved] = placeLabels([point], { x: axis, y: axis }, size, [line]);
    expect(free.labelY).toBeCloseTo(50, 0);
    expect(free.labelX).toBeGreaterThan(50);
    expect(moved.labelX < 50 || Math.abs(moved.labelY - 50) > 3).toBe(true);
  });
});

describe('an axis of losses', () => {
  test('is linear, until a few values press the others together', () => {
    expect(lossAxis([3.1, 3.3, 3.5, 4], 100, 'f').axis.type).toBe('linear');
    const { axis, encoding } = lossAxis([0.1, 0.12, 0.2, 0.21, 9], 400, 'f');
    expect(axis.type).toBe('sqrt');
    expect(encoding.axis.title).toBe('f (√ scale)');
    expect(encoding.axis).toMatchObject({ values: [0.1, 0.5, 1, 2, 5] });
  });
});
