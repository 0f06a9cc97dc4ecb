import { SingleBar } from 'cli-progress';

/** A progress bar on stderr; silent where stderr is no terminal. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** Starts a progress bar that ends at `total`, with `done` behind it: time left is reckoned from there. */
export function startProgress(label: string, total: number, done = 0): Progress {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
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
    stop: () => {
      bar.stop();
    },
  };
}
