import { SingleBar } from 'cli-progress';

/** A progress bar on stderr; silent where stderr is no terminal. */
export interface Progress {
  update(done: number): void;
  /** More to do than was known at the start. */
  extend(total: number): void;
  stop(): void;
}

/** Starts a progress bar that ends at `total`, with `done` behind it: time left is reckoned from there. */
export function startProgress(label: string, total: number, done = 0): Progress {
  if (!process.stderr.isTTY) return { update: () => undefined, extend: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: `${label} [{bar}] {percentage}% | {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, done);
  return {
    update: (done) => {
      bar.update(done);
    },
    extend: (more) => {
      bar.setTotal(more);
    },
    stop: () => {
      bar.stop();
    },
  };
}

/** A progress bar that appears with the first that is done, when the total is known. */
export function lazyProgress(label: string): { update: (done: number, total: number) => void; stop: () => void } {
  let bar: Progress | undefined;
  return {
    update: (done, total) => {
      bar ??= startProgress(label, total, done);
      bar.update(done);
    },
    stop: () => {
      bar?.stop();
    },
  };
}
