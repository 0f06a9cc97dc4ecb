import { describe, expect, it } from 'vitest';
import { committed, compile, kernels } from '../../assembly/build.js';

describe('compiled kernels', () => {
  it.each(kernels)(
    '$output is what $entry compiles to',
    async (kernel) => {
      expect(await committed(kernel)).toBe(await compile(kernel));
    },
    600_000,
  );
});
