import { describe, expect, it } from 'vitest';
import { isStreamState, resumeStream, stream } from '../../src/base/random-stream.js';

const first = (seed: number, purpose: string, count = 1000): number[] => {
  const { uniform } = stream(seed, purpose);
  return Array.from({ length: count }, () => uniform());
};

describe('named streams', () => {
  it('repeat for the same seed and purpose, and differ for any other', () => {
    expect(first(7, 'choice')).toEqual(first(7, 'choice'));
    expect(first(7, 'choice')).not.toEqual(first(8, 'choice'));
    expect(first(7, 'choice')).not.toEqual(first(7, 'dpo-sample'));
    expect(first(7, 'choice')).not.toEqual(first(7 + 2 ** 32, 'choice'));
  });

  it('of neighbouring seeds are uncorrelated from the first draw on', () => {
    const draws = Array.from({ length: 4000 }, (_, seed) => first(seed, 'choice', 2));
    const mean = draws.reduce((sum, [draw]) => sum + draw, 0) / draws.length;
    // Four standard errors of the mean of 4,000 uniform numbers.
    expect(Math.abs(mean - 0.5)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(draws.length));
    const covariance =
      draws.slice(1).reduce((sum, [draw], i) => sum + (draw - mean) * (draws[i][0] - mean), 0) / draws.length;
    expect(Math.abs(covariance * 12)).toBeLessThan(4 / Math.sqrt(draws.length));
  });

  it('give normal numbers with mean 0 and variance 1', () => {
    const { normal } = stream(1, 'normal');
    const draws = Array.from({ length: 20000 }, () => normal());
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
  });

  it('go on exactly from a stored state', () => {
    const original = stream(3, 'checkpoint');
    for (let i = 0; i < 1001; i++) original.normal();
    const resumed = resumeStream(JSON.parse(JSON.stringify(original.state())) as number[]);
    for (let i = 0; i < 1000; i++) {
      expect(resumed.uniform()).toBe(original.uniform());
      expect(resumed.normal()).toBe(original.normal());
      expect(resumed.integer(10)).toBe(original.integer(10));
    }
  });

  it('refuse seeds that are not whole numbers', () => {
    expect(() => stream(-1, 'x')).toThrow(RangeError);
    expect(() => stream(0.5, 'x')).toThrow(RangeError);
  });
});

it('tells the state of a stream from other numbers', () => {
  const state = stream(5, 'coin').state();
  expect(isStreamState(state)).toBe(true);
  for (const other of [[], [1, 3, 624], state.slice(0, 600), [...state.slice(0, -1), -1]]) {
    expect(isStreamState(other)).toBe(false);
  }
});
