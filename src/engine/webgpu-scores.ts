// Programs over the scores of causal attention that hold one tile of them at a time: each makes its scores again from
// packed queries and keys, and leaves out the tiles that no query sees.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { HeadLayout } from './fused-kernels.js';
import { acrossThreads, mix, runTiles, type ScoreTensors } from './webgpu-tiles.js';

/** How long sequences are, and how many heads of what width the packed tensors hold. */
export interface ScoreShape {
  readonly length: number;
  readonly layout: HeadLayout;
}

/** The maximum of each row of scores and 1 / Σ exp(score − maximum): [batch · heads · length, 2]. */
export function scoreStatistics(
  backend: WebGPUBackend,
  given: Pick<ScoreTensors, 'queries' | 'keys'>,
  shape: ScoreShape,
): TensorInfo {
  return runTiles(backend, given, {
    ...shape,
    name: 'score statistics',
    rows: 'queries',
    reads: [],
    output: [given.queries.shape[0] * shape.length, 2],
    components: 2,
    begin: `
      var largest = array<f32, 4>(never, never, never, never);
      var sum : array<f32, 4>;`,
    products: { scores: ['queries', 'keys'] },
    everyRow: `
            let score = select(vec4(never), scores[i], seen);
            let top = max(largest[i], max(max(score.x, score.y), max(score.z, score.w)));
            sum[i] = sum[i] * exp(largest[i] - top) + dot(exp(score - top), vec4(1.0));
            largest[i] = top;`,
    end: acrossThreads({
      given: 'vec4(largest[i], sum[i], 0.0, 0.0)',
      combine: `
          let top = max(all.x, one.x);
          all = vec4(top, all.y * exp(all.x - top) + one.y * exp(one.x - top), 0.0, 0.0);`,
      result: 'vec2(all.x, 1.0 / all.y)',
    }),
  });
}

/** Statements that leave in `weight` the softmax of scores: 0 where the key is not seen. */
const weight = `
            let largest = vec4(
              statistics[queryAt.x].x, statistics[queryAt.y].x, statistics[queryAt.z].x, statistics[queryAt.w].x,
            );
            let inverse = vec4(
              statistics[queryAt.x].y, statistics[queryAt.y].y, statistics[queryAt.z].y, statistics[queryAt.w].y,
            );
            let weight = exp(select(vec4(never), scores[i] - largest, seen)) * inverse;`;

/** Statements that leave the gradients of scores in `slope`, where those of weights are `slopes`. */
const slope = `${weight}
            let level = vec4(along[queryAt.x], along[queryAt.y], along[queryAt.z], along[queryAt.w]);
            let slope = weight * (slopes[i] - level);`;

/** Σ weight · slope over each row, where slopes are the gradients of weights: [batch · heads · length]. */
export function weightedSlopes(
  backend: WebGPUBackend,
  given: Omit<ScoreTensors, 'along'>,
  shape: ScoreShape,
): TensorInfo {
  return runTiles(backend, given, {
    ...shape,
    name: 'weighted slopes',
    rows: 'queries',
    reads: ['values', 'dy', 'statistics'],
    output: [given.queries.shape[0] * shape.length],
    components: 1,
    begin: 'var sum : array<f32, 4>;',
    products: { scores: ['queries', 'keys'], slopes: ['dy', 'values'] },
    everyRow: `${weight}
            sum[i] += dot(weight, slopes[i]);`,
    end: acrossThreads({ given: 'vec4(sum[i])', combine: 'all += one;', result: 'all.x' }),
  });
}

/** The attended values of every query, packed. */
export function mixedValues(
  backend: WebGPUBackend,
  given: Pick<ScoreTensors, 'queries' | 'keys' | 'values' | 'statistics'>,
  shape: ScoreShape,
): TensorInfo {
  const reads = ['values', 'statistics'] as const;
  return runMix(backend, given, shape, { rows: 'queries', reads, factor: 'weight', of: 'values' });
}

/** The gradient of values, packed. */
export function valueGradient(
  backend: WebGPUBackend,
  given: Pick<ScoreTensors, 'queries' | 'keys' | 'dy' | 'statistics'>,
  shape: ScoreShape,
): TensorInfo {
  const reads = ['dy', 'statistics'] as const;
  return runMix(backend, given, shape, { rows: 'keys', reads, factor: 'weight', of: 'dy' });
}

const forSlopes = ['values', 'dy', 'statistics', 'along'] as const;

/** The gradient of rotated queries, packed. */
export function queryGradient(backend: WebGPUBackend, given: ScoreTensors, shape: ScoreShape): TensorInfo {
  return runMix(backend, given, shape, { rows: 'queries', reads: forSlopes, factor: 'slope', of: 'keys' });
}

/** The gradient of rotated keys, packed. */
export function keyGradient(backend: WebGPUBackend, given: ScoreTensors, shape: ScoreShape): TensorInfo {
  return runMix(backend, given, shape, { rows: 'keys', reads: forSlopes, factor: 'slope', of: 'queries' });
}

interface Mix<Read> {
  readonly rows: 'queries' | 'keys';
  readonly reads: readonly Read[];
  /** What the columns of a row are multiplied with before they are added up. */
  readonly factor: 'weight' | 'slope';
  /** What columns hold. */
  readonly of: 'queries' | 'keys' | 'values' | 'dy';
}

function runMix<Read extends keyof ScoreTensors>(
  backend: WebGPUBackend,
  given: Pick<ScoreTensors, Read | 'queries' | 'keys'>,
  shape: ScoreShape,
  { rows, reads, factor, of }: Mix<Read>,
): TensorInfo {
  const { begin, keep, everyTile, end } = mix({ factor, of, headWidth: shape.layout.headWidth });
  return runTiles(backend, given, {
    ...shape,
    ...{ begin, everyTile, end, rows, reads },
    name: `${factor}s times ${of}`,
    output: given[rows].shape,
    components: 4,
    products: { scores: ['queries', 'keys'], ...(factor === 'slope' && { slopes: ['dy', 'values'] }) },
    everyRow: `${factor === 'slope' ? slope : weight}
            ${keep}`,
  });
}
