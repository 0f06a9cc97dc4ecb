import { describe, expect, it } from 'vitest';
import { committed, compile, kernels } from '../../assembly/build.js';
import { binary } from '../../src/simulate/convex.wasm.js';
import { wasmModule } from '../../src/wasm-module.js';

describe('compiled kernels', () => {
  it.each(kernels)('$output is what $entry compiles to', async (kernel) => {
    expect(await committed(kernel)).toBe(await compile(kernel));
  });
});

describe('dot', () => {
  it('is the inner product at every length', () => {
    const { exports } = new WebAssembly.Instance(wasmModule(binary));
    const { dot, memory } = exports as { dot: (a: number, b: number, n: number) => number; memory: WebAssembly.Memory };
    memory.grow(1);
    const numbers = new Float64Array(memory.buffer, 0, 40);
    numbers.forEach((_, i) => (numbers[i] = i + 1));
    for (let n = 0; n <= 20; n++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += numbers[i] * numbers[20 + i];
      expect(dot(0, 160, n)).toBe(sum);
    }
  });
});
