// Memory that one instance of this module has to itself, also where it shares the rest with others: growing a memory
// gives the pages that it grew by to the caller alone.

const PAGE: usize = 65536;

let start: usize = 0;
let next: usize = 0;
let end: usize = 0;

/** Forgets everything allocated, so that the memory is used again. */
export function reset(): void {
  next = start;
}

/** So many bytes, zero, at a multiple of 16; traps where there is no memory left. */
export function allocate(bytes: usize): usize {
  const rounded = (bytes + 15) & ~15;
  if (next + rounded > end) grow(rounded);
  const at = next;
  next += rounded;
  memory.fill(at, 0, rounded);
  return at;
}

/** Makes room for so many bytes: at the end where that is still the end of all memory, in a new place otherwise. */
function grow(bytes: usize): void {
  // A new place is as large as all so far, so that little is left unused behind however often that happens.
  const wanted = max(bytes, end - start);
  const pages = (wanted + PAGE - 1) / PAGE;
  const before = memory.grow(<i32>pages);
  if (before < 0) unreachable();
  const address = <usize>before * PAGE;
  if (address !== end) {
    start = address;
    next = address;
  }
  end = address + pages * PAGE;
}
