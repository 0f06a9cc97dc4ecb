// The kernels of language models for a team of threads on one shared memory. One thread leads: it posts a job, of so
// many chunks of items, and every thread that is awake takes chunks until none is left. Helpers that sleep through a job
// are not waited for.
import { call } from './kernels';

export * from './kernels';

/** What the team shares; each group of fields on a cache line of its own. */
@unmanaged
class Board {
  /** The chunk to take next, in the lower bits, and the number of the job in the higher. */
  ticket: i32;
  gap0: v128;
  gap1: v128;
  gap2: v128;
  gap3: v128;
  /** Chunks done. */
  done: i32;
  gap4: v128;
  gap5: v128;
  gap6: v128;
  gap7: v128;
  /** The job. */
  kernel: i32;
  args: usize;
  items: i32;
  chunk: i32;
  chunks: i32;
  /** Whether a helper met an error. */
  failed: i32;
}

export const boardBytes: i32 = offsetof<Board>();

/** More chunks than this number no job may have; as a ticket it says that none is to be had. */
const closed: i32 = (1 << 12) - 1;
const nextJob: i32 = 1 << 12;

/** About 50 µs of waiting in a loop, which is shorter than falling asleep and being woken. */
const patience = 20000;

/** Leads: runs a kernel over all its items, `chunk` at a time, and returns when the last is done; 0 if one failed. */
export function lead(board: usize, kernel: i32, args: usize, items: i32, chunk: i32, scratch: usize): i32 {
  if (items <= chunk) {
    // Helpers that hear of what leaves nothing to them would only be kept from sleeping: small models have nothing else.
    call(kernel, args, 0, items, scratch);
    return 1;
  }
  const shared = changetype<Board>(board);
  // A helper that comes late from the job before must not take a chunk of this one before all of it is written.
  const job = (atomic.load<i32>(board) & ~closed) + nextJob;
  atomic.store<i32>(board, job | closed);
  shared.kernel = kernel;
  shared.args = args;
  shared.items = items;
  shared.chunk = chunk;
  shared.chunks = (items + chunk - 1) / chunk;
  atomic.store<i32>(board, 0, offsetof<Board>('done'));
  atomic.store<i32>(board, job);
  atomic.notify(board, -1);
  takeChunks(board, scratch);
  const chunks = shared.chunks;
  for (let waited = 0; ; waited++) {
    const done = atomic.load<i32>(board, offsetof<Board>('done'));
    if (done == chunks) break;
    if (waited > patience) atomic.wait<i32>(board + offsetof<Board>('done'), done, -1);
  }
  return atomic.load<i32>(board, offsetof<Board>('failed')) == 0 ? 1 : 0;
}

/** Helps, for ever. */
export function help(board: usize, scratch: usize): void {
  while (true) {
    const seen = takeChunks(board, scratch);
    let waited = 0;
    while (atomic.load<i32>(board) == seen) {
      if (++waited > patience) atomic.wait<i32>(board, seen, -1);
    }
  }
}

/** Tells the leader that the chunk at hand will not be done. */
export function fail(board: usize): void {
  atomic.store<i32>(board, 1, offsetof<Board>('failed'));
  finishChunk(board);
}

/** Does chunks until none is left and returns the ticket that said so. */
function takeChunks(board: usize, scratch: usize): i32 {
  const shared = changetype<Board>(board);
  while (true) {
    const ticket = atomic.load<i32>(board);
    const index = ticket & closed;
    if (index == closed) return ticket;
    const kernel = shared.kernel;
    const args = shared.args;
    const items = shared.items;
    const begin = index * shared.chunk;
    const end = min(items, begin + shared.chunk);
    if (begin >= items) return ticket;
    // Succeeds only if what was read is still the job.
    if (atomic.cmpxchg<i32>(board, ticket, ticket + 1) != ticket) continue;
    call(kernel, args, begin, end, scratch);
    finishChunk(board);
  }
}

function finishChunk(board: usize): void {
  const done = atomic.add<i32>(board, 1, offsetof<Board>('done')) + 1;
  if (done == changetype<Board>(board).chunks) atomic.notify(board + offsetof<Board>('done'), 1);
}
