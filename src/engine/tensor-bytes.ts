import * as tf from '@tensorflow/tfjs-core';

interface Counted {
  readonly bytes: number;
}

/** The table of buffers that tfjs keeps, counting their bytes. */
class CountingTable extends WeakMap<object, Counted> {
  bytes = 0;

  override set(buffer: object, counted: Counted): this {
    this.bytes += counted.bytes - (this.get(buffer)?.bytes ?? 0);
    return super.set(buffer, counted);
  }

  override delete(buffer: object): boolean {
    this.bytes -= this.get(buffer)?.bytes ?? 0;
    return super.delete(buffer);
  }
}

/** Begins to count for `tensorBytes`; what was there before is taken from tfjs's own count. */
export function countTensorBytes(): CountingTable {
  const state = tf.engine().state as unknown as { tensorInfo: WeakMap<object, Counted> };
  if (state.tensorInfo instanceof CountingTable) return state.tensorInfo;
  const earlier = state.tensorInfo;
  const table = new CountingTable();
  table.bytes = (tf.engine().state as unknown as { numBytes: number }).numBytes;
  // Buffers from before are still asked for in the earlier table, and leave the count when they go.
  const [get, has] = [table.get.bind(table), table.has.bind(table)];
  table.get = (buffer) => get(buffer) ?? earlier.get(buffer);
  table.has = (buffer) => has(buffer) || earlier.has(buffer);
  const remove = table.delete.bind(table);
  table.delete = (buffer) => {
    const removed = remove(buffer);
    return earlier.delete(buffer) || removed;
  };
  state.tensorInfo = table;
  return table;
}

/**
 * The bytes of all buffers that hold tensors. tfjs's own count has a buffer once for every tensor that looks at it, so
 * that a reshape, which moves nothing, counts as new memory.
 */
export function tensorBytes(): number {
  return countTensorBytes().bytes;
}
