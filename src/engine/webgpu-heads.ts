import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runElements } from './webgpu-elements.js';

/** Rows and columns of the tiles that packed heads are cut into. */
export const tile = 32;

/** Columns of packed heads: as many chunks of so many vectors of four. */
export interface PackedWidth {
  readonly chunks: number;
  /** At most 8: a chunk is no wider than a tile. */
  readonly vectors: number;
}

/** The narrowest packed width that holds a head. */
export function packedWidth(headWidth: number): PackedWidth {
  const chunks = Math.ceil(headWidth / tile);
  return { chunks, vectors: Math.ceil(headWidth / 4 / chunks) };
}

/** Rows [batch · length, …] that hold heads, and where in a row those of one kind are. */
export interface HeadRows {
  readonly length: number;
  readonly heads: number;
  readonly headWidth: number;
  /** Numbers from one head to the next, and before the first. */
  readonly step: number;
  readonly offset: number;
}

/** Tables [length, headWidth], and how many pairs of coordinates (i, i + pairs) they rotate. */
export interface HeadRotation {
  readonly cosines: TensorInfo;
  readonly sines: TensorInfo;
  readonly pairs: number;
}

/** What rotated queries and keys are multiplied by, so that their products are scores. */
function rootOfScale(headWidth: number): number {
  return headWidth ** -0.25;
}

/**
 * Heads one after another, in whole tiles filled up with zeros, so that a program reads them in vectors and without
 * looking where they end. Where there is a rotation, rotated and scaled.
 * @returns [batch · heads, length in whole tiles, packed width]
 */
export function packHeads(
  backend: WebGPUBackend,
  x: TensorInfo,
  { length, heads, headWidth, step, offset }: HeadRows,
  rotation?: HeadRotation,
): TensorInfo {
  const [rows, rowWidth] = x.shape;
  const { chunks, vectors } = packedWidth(headWidth);
  const turned = rotation && { cosines: rotation.cosines, sines: rotation.sines };
  return runElements(backend, {
    name: turned ? 'pack rotated heads' : 'pack heads',
    inputs: { x, ...turned },
    output: [(rows / length) * heads, tile * Math.ceil(length / tile), 4 * vectors * chunks],
    integers: { length, heads, headWidth, rowWidth, headStep: step, offset, pairs: rotation?.pairs ?? 0 },
    floats: { factor: rootOfScale(headWidth) },
    code: `
      let column = i % uniforms.outShape.z;
      let position = i / uniforms.outShape.z % uniforms.outShape.y;
      let item = i / (uniforms.outShape.z * uniforms.outShape.y);
      if (position >= length || column >= headWidth) {
        result[i] = 0.0;
        return;
      }
      let at = (item / heads * length + position) * rowWidth + item % heads * headStep + offset + column;
      ${turned ? rotated('x', '-') : 'result[i] = x[at];'}`,
  });
}

/** Packed heads, which may be gradients of rotated ones. */
export interface PackedHeads {
  readonly packed: TensorInfo;
  readonly rotated: boolean;
}

/**
 * The transpose of packing: rows of heads, those of several tensors side by side for each head.
 * @returns [batch · length, heads · tensors · headWidth]
 */
export function unpackHeads(
  backend: WebGPUBackend,
  sources: readonly PackedHeads[],
  { length, heads, headWidth }: Pick<HeadRows, 'length' | 'heads' | 'headWidth'>,
  { cosines, sines, pairs }: HeadRotation,
): TensorInfo {
  const [items, packedLength, width] = sources[0].packed.shape;
  const turned = sources.some((source) => source.rotated);
  const parts = sources.length;
  return runElements(backend, {
    name: `unpack ${sources.map((source) => (source.rotated ? 'rotated' : 'plain')).join()} heads`,
    inputs: {
      ...Object.fromEntries(sources.map(({ packed }, part) => [`part${part}`, packed])),
      ...(turned && { cosines, sines }),
    },
    output: [(items / heads) * length, heads * parts * headWidth],
    integers: { length, heads, headWidth, packedLength, width, pairs },
    floats: { factor: rootOfScale(headWidth) },
    code: `
      let column = i % headWidth;
      let row = i / uniforms.outShape.y;
      let place = i % uniforms.outShape.y / headWidth;
      let position = row % length;
      let item = row / length * heads + place / ${parts};
      let at = (item * packedLength + position) * width + column;
      switch place % ${parts} {
        ${sources
          .map(({ rotated: back }, part) => {
            const label = part === parts - 1 ? 'default' : `case ${part}`;
            return `${label}: { ${back ? rotated(`part${part}`, '') : `result[i] = part${part}[at];`} }`;
          })
          .join('\n')}
      }`,
  });
}

/**
 * Statements that rotate and scale the number at `at`. The first of a pair takes the second with the sign, the second
 * the first with the other; the sines of what is not rotated are 0.
 */
function rotated(x: string, sign: '-' | ''): string {
  return `
      let angle = position * headWidth + column;
      let first = column < pairs;
      let other = ${sign}${x}[select(at - pairs, at + pairs, first)];
      result[i] = factor * (${x}[at] * cosines[angle] + select(-other, other, first) * sines[angle]);`;
}
