const waiting = new Int32Array(new SharedArrayBuffer(4));

/** Stops this thread for some milliseconds, where nothing else is to happen in it meanwhile. */
export function pause(milliseconds: number): void {
  Atomics.wait(waiting, 0, 0, milliseconds);
}

/** How long the other end of a FIFO is waited for, in milliseconds. */
export const otherEndPatience = 5000;
