import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { pullback } from '../../engine/gradient-pass.js';
import { apply, type Operation } from './custom-gradient.js';
import type { Block, Place } from './network.js';

/**
 * A block of which nothing is kept but its input: the backward pass runs it again. The numbers are the same, the time is
 * that of one more forward pass (Chen et al. 2016, arXiv 1604.06174).
 * @param trained the variables that the block reads
 */
export function recomputed(block: Block, rows: Tensor, place: Place, trained: readonly Variable[]): Tensor {
  const { cosines, sines } = place.tables;
  const masks = [place.mask, place.windowMask].filter((mask) => mask !== undefined);
  const operation: Operation = {
    forward: (x) => ({ value: block(x, place), saved: [x, cosines, sines, ...masks] }),
    // What the place holds is gone by then, except for what was saved of it.
    backward: (dy, [x, c, s, ...held]) => {
      const again: Place = {
        ...place,
        tables: { ...place.tables, cosines: c, sines: s },
        mask: place.mask && held[0],
        windowMask: place.windowMask && held[held.length - 1],
      };
      return pullback(() => block(x, again), [x, ...trained], dy);
    },
  };
  return apply(operation, rows, ...trained);
}
