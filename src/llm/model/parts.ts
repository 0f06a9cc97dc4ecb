import type { Tensor } from '@tensorflow/tfjs-core';
import { InputError } from '../../base/input-error.js';
import { sizeOf, type RowRange } from '../weights/weights.js';

/**
 * The runs of rows in which a tensor of this shape is held: one, unless it takes more than `largest` bytes in float32;
 * then as few as it takes, of equal size up to rounding, to multiples of 4 rows where these fit.
 * @throws InputError where a single row is larger
 */
export function rowParts(name: string, shape: readonly number[], largest: number): RowRange[] {
  const bytes = 4 * sizeOf(shape);
  const [rows] = shape;
  if (bytes <= largest) return [{ first: 0, end: rows }];
  const atMost = Math.floor((largest * rows) / bytes);
  if (atMost < 1) throw new InputError(name, `rows of ${bytes / rows} bytes`, `at most ${largest}, the largest buffer`);
  const equal = Math.ceil(rows / Math.ceil(rows / atMost));
  // GPU kernels that read four numbers at once want columns of their products in fours.
  const each = Math.min(4 * Math.ceil(equal / 4), atMost);
  return Array.from({ length: Math.ceil(rows / each) }, (_, part) => ({
    first: part * each,
    end: Math.min(rows, (part + 1) * each),
  }));
}

/** The name of a run of rows beside others: the tensor's own where it is all of them. */
export function partName(name: string, { first, end }: RowRange, shape: readonly number[]): string {
  return first === 0 && end === shape[0] ? name : `${name}[${first}:${end}]`;
}

/** A tensor and the runs of rows it is held in, in order. */
export interface WholeTensor<Part> {
  readonly shape: readonly number[];
  readonly parts: readonly (RowRange & { readonly tensor: Part })[];
}

/** The whole tensors that parts by part name make up, by tensor name. */
export function wholeTensors<Part extends Tensor>(parts: ReadonlyMap<string, Part>): Map<string, WholeTensor<Part>> {
  const whole = new Map<string, WholeTensor<Part>>();
  for (const [part, tensor] of parts) {
    const range = /^(.*)\[(\d+):(\d+)\]$/.exec(part);
    const [name, first, end] = range ? [range[1], Number(range[2]), Number(range[3])] : [part, 0, tensor.shape[0] ?? 1];
    whole.set(name, {
      shape: range ? [end, ...tensor.shape.slice(1)] : tensor.shape,
      parts: [...(whole.get(name)?.parts ?? []), { first, end, tensor }],
    });
  }
  return whole;
}
