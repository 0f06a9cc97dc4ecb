/** Whether threads can share memory here: always in Node, in a browser only where the page is isolated. */
export const canShare = typeof SharedArrayBuffer !== 'undefined';

const page = 65536;

/** Places arrays one after the other. */
export interface Arena {
  /** A place for so many numbers, or for these. */
  readonly numbers: (content: number | ArrayLike<number>) => Float64Array;
  readonly integers: (content: number | ArrayLike<number>) => Int32Array;
}

/** An arena in a memory that kernels compute in: arrays begin at multiples of 16 bytes, with zeros up to the next one. */
export interface MemoryArena extends Arena {
  readonly memory: WebAssembly.Memory;
}

/**
 * An arena for the arrays of a problem: where threads can share memory, in one that kernels then read them in. Elsewhere
 * they stay apart from it, since a memory that is not shared takes its arrays away when it grows.
 */
export function newArena(): Arena {
  if (canShare) return newMemoryArena();
  return {
    numbers: (content) => (typeof content === 'number' ? new Float64Array(content) : Float64Array.from(content)),
    integers: (content) => (typeof content === 'number' ? new Int32Array(content) : Int32Array.from(content)),
  };
}

/** Bytes at the start of a memory that are left to the kernels' own constants. */
const reserved = 4096;

/** An arena in a new memory, which is shared with other threads where it can be. */
export function newMemoryArena(): MemoryArena {
  const memory = canShare
    ? new WebAssembly.Memory({ initial: 1, maximum: page, shared: true })
    : new WebAssembly.Memory({ initial: 1 });
  return arenaBetween(memory, reserved, page);
}

/** An arena in a memory, behind all that is there. */
export function arenaIn(memory: WebAssembly.Memory): MemoryArena {
  return arenaBetween(memory, 0, 0);
}

/** The memories of the buffers that arrays were placed in. */
const memories = new WeakMap<ArrayBufferLike, WebAssembly.Memory>();

/** The memory that an array was placed in, if it was placed in one. */
export function memoryOf(array: Float64Array | Int32Array): WebAssembly.Memory | undefined {
  return memories.get(array.buffer);
}

/** An arena between two addresses of a memory, and in what it grows by. */
function arenaBetween(memory: WebAssembly.Memory, start: number, stop: number): MemoryArena {
  let [next, end] = [start, stop];
  const place = (bytes: number): number => {
    const size = 16 * Math.ceil(bytes / 16);
    if (next + size > end) {
      const pages = Math.ceil(size / page);
      // What a memory grows by belongs to whom it grew for; it need not follow, since others grow it too.
      const at = page * memory.grow(pages);
      if (at !== end) next = at;
      end = at + page * pages;
    }
    const at = next;
    next += size;
    memories.set(memory.buffer, memory);
    return at;
  };
  const placing =
    <A extends Float64Array | Int32Array>(kind: {
      readonly BYTES_PER_ELEMENT: number;
      new (buffer: ArrayBufferLike, at: number, length: number): A;
    }) =>
    (content: number | ArrayLike<number>): A => {
      const length = typeof content === 'number' ? content : content.length;
      const at = place(kind.BYTES_PER_ELEMENT * length);
      const array = new kind(memory.buffer, at, length);
      if (typeof content !== 'number') array.set(content);
      return array;
    };
  return { memory, numbers: placing(Float64Array), integers: placing(Int32Array) };
}
