import { stream } from '../../base/random-stream.js';
import type { ObjectiveName } from '../../schedule/schedule.js';

/** How far an objective has read its examples: `position` examples of pass number `epoch` (from 0) are used. */
export interface Cursor {
  readonly epoch: number;
  readonly position: number;
}

/** The cursor before the first example. */
export const firstCursor: Cursor = { epoch: 0, position: 0 };

/** The order in which each pass takes the examples. */
export type EpochOrder = (epoch: number) => Int32Array;

/**
 * The order of an objective's passes over `count` examples: a seeded shuffle of its own for every pass, or file order.
 * Each pass draws from the stream "<objective>-order-<epoch>" of the seed, so a cursor alone says what comes next.
 */
export function epochOrder(count: number, seed: number, objective: ObjectiveName, shuffle: boolean): EpochOrder {
  let known: { epoch: number; order: Int32Array } | undefined;
  return (epoch) => {
    if (known?.epoch !== epoch) {
      known = { epoch, order: shuffle ? shuffled(count, seed, `${objective}-order-${epoch}`) : inOrder(count) };
    }
    return known.order;
  };
}

function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

/** A uniformly random permutation of 0 … count − 1 (Fisher–Yates). */
function shuffled(count: number, seed: number, purpose: string): Int32Array {
  const order = inOrder(count);
  const random = stream(seed, purpose);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const held = order[last];
    order[last] = order[other];
    order[other] = held;
  }
  return order;
}

/** The next `size` examples and the cursor after them; a batch that reaches the end of a pass goes on with the next. */
export function draw(cursor: Cursor, size: number, order: EpochOrder): { indices: number[]; cursor: Cursor } {
  const indices: number[] = [];
  let { epoch, position } = cursor;
  while (indices.length < size) {
    const pass = order(epoch);
    indices.push(pass[position]);
    position += 1;
    if (position === pass.length) {
      epoch += 1;
      position = 0;
    }
  }
  return { indices, cursor: { epoch, position } };
}
