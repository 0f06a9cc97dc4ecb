import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { memoryOf, newMemoryArena, newArena, arenaIn } from '../../../src/convex/problem/arena.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { inArena, type KernelData } from '../../../src/convex/simulate/kernel/arena-problem.js';

describe('arena in a memory', () => {
  it('keeps arrays apart, aligned, and what they held when the memory grows', () => {
    const arena = newMemoryArena();
    const other = arenaIn(arena.memory);
    const arrays = Array.from({ length: 60 }, (_, i) => {
      const content = Float64Array.from({ length: 97 * i }, (_, k) => i + k / 1000);
      return { content, array: (i % 3 === 0 ? other : arena).numbers(content) };
    });
    const places = arrays
      .filter(({ array }) => array.length > 0)
      .map(({ array }) => [array.byteOffset, array.byteOffset + array.byteLength])
      .sort(([a], [b]) => a - b);
    for (let i = 0; i + 1 < places.length; i++) expect(places[i][1]).toBeLessThanOrEqual(places[i + 1][0]);
    for (const { array, content } of arrays) {
      expect(array).toEqual(content);
      expect(array.byteOffset % 16).toBe(0);
      expect(memoryOf(array)).toBe(arena.memory);
    }
    expect(memoryOf(new Float64Array(1))).toBeUndefined();
  });

  it('ends in zeros up to the next multiple of 16 bytes', () => {
    const arena = newMemoryArena();
    const odd = arena.numbers([1, 2, 3]);
    arena.integers([7]);
    expect(new Float64Array(arena.memory.buffer, odd.byteOffset, 4)[3]).toBe(0);
  });
});

describe('a problem in the memory of its kernels', () => {
  it('is not copied, but for what was varied', async () => {
    for (const file of [
      logLinear({ dimension: 5, candidates: 3, examples: 20, seed: 0 }),
      quadratic({ dimension: 5, noise: 0.1, seed: 1 }),
    ]) {
      const data = (await parseProblem(file)).data as KernelData;
      const array = data.kind === 'log-linear' ? data.sft.rows.numbers : data.objectives.sft.hessian;
      const placed = inArena(data);
      expect(placed.sft.rows).toBe(array.byteOffset);
      expect(placed.start).toBe(data.start.byteOffset);
      const moved = inArena({ ...data, start: Float64Array.from([1, 0, 0, 0, 2]) });
      expect(moved.memory).toBe(placed.memory);
      expect(moved.sft.rows).toBe(array.byteOffset);
      expect(Array.from(new Float64Array(moved.memory.buffer, moved.start, 6))).toEqual([1, 0, 0, 0, 2, 0]);
    }
  });

  it('is copied where memory cannot be shared, and runs to the same bytes', () => {
    const program = `
      import { logLinear } from './src/convex/generate/log-linear.js';
      import { quadratic } from './src/convex/generate/quadratic.js';
      import { parseProblem } from './src/convex/problem/parse.js';
      import { runEnsemble } from './src/convex/simulate/ensemble.js';
      const files = [logLinear({ dimension: 5, candidates: 3, examples: 20, seed: 0 }), quadratic({ dimension: 5, noise: 0.1, seed: 1 })];
      const settings = {
        schedule: { lambda: 0.4, steps: 50 }, stepSizes: new Float64Array(50).fill(0.1), batch: 1,
        values: 'minibatch', gradientBatch: 'shared', record: [0, 50], recordPoints: true,
      };
      const found = [];
      for (const file of files) {
        const problem = await parseProblem(file);
        const [run] = await runEnsemble({ problem, schedule: 'alright', settings, seed: 3, seeds: 1 });
        found.push(Array.from(run.points));
      }
      process.stdout.write(JSON.stringify({ shares: typeof SharedArrayBuffer, found }));
    `;
    const [shared, alone] = ['', 'delete globalThis.SharedArrayBuffer;'].map((first) => {
      const text = `${first}\nvoid (async () => {${program.replaceAll(/import \{ (.*) \} from '(.*)';/g, "const { $1 } = await import('$2');")}})();`;
      const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--eval', text], { encoding: 'utf8' });
      expect(stderr).toBe('');
      return JSON.parse(stdout) as { shares: string; found: number[][] };
    });
    expect(shared.shares).toBe('function');
    expect(alone.shares).toBe('undefined');
    expect(alone.found).toEqual(shared.found);
    expect(newArena().numbers(2)).toEqual(new Float64Array(2));
  });
});
