import type { Address, Kernel } from './instance.js';

/** Where a number for every step lies: the first, and how many bytes on the next. */
export interface SequencePlace {
  readonly address: Address;
  readonly stride: number;
}

/** Puts sequences into a kernel's memory: one number where all are equal, and the same sequence once. */
export interface Sequences {
  numbers(sequence: Float64Array): SequencePlace;
  integers(sequence: readonly number[]): Address;
}

/** Sequences of a kernel's memory, none of them placed yet. */
export function newSequences(kernel: Kernel): Sequences {
  const placed: { readonly sequence: Float64Array; readonly place: SequencePlace }[] = [];
  return {
    numbers(all) {
      const isConstant = isSame(all.subarray(1), all.subarray(0, -1));
      const sequence = isConstant ? all.subarray(0, 1) : all;
      const known = placed.find((other) => isSame(other.sequence, sequence));
      if (known !== undefined) return known.place;
      const place = { address: kernel.allocate(8 * sequence.length), stride: isConstant ? 0 : 8 };
      new Float64Array(kernel.memory.buffer, place.address, sequence.length).set(sequence);
      placed.push({ sequence, place });
      return place;
    },
    integers(sequence) {
      const address = kernel.allocate(4 * sequence.length);
      new Int32Array(kernel.memory.buffer, address, sequence.length).set(sequence);
      return address;
    },
  };
}

/** Whether two sequences are the same; a loop, because they can be as long as a run. */
function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
