/** What one kind of work took: its own time, less that of other recorded work within it. */
export interface SelfTime {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** Records where a thread's time goes. */
export interface SelfTimer {
  /** Runs f and credits the time to a name, less what f itself has credited to other names. */
  run<Result>(name: string, f: () => Result): Result;
  /** The work recorded so far, the longest first. */
  readonly times: () => SelfTime[];
}

/** A timer on the thread's own clock. */
export function selfTimer(now: () => number = () => performance.now()): SelfTimer {
  const totals = new Map<string, { calls: number; milliseconds: number }>();
  // The time of recorded work within each piece of work under way, the innermost last.
  const within: number[] = [];
  return {
    run: (name, f) => {
      const began = now();
      within.push(0);
      try {
        return f();
      } finally {
        const elapsed = now() - began;
        const total = totals.get(name) ?? { calls: 0, milliseconds: 0 };
        total.calls += 1;
        total.milliseconds += elapsed - (within.pop() ?? 0);
        totals.set(name, total);
        if (within.length > 0) within[within.length - 1] += elapsed;
      }
    },
    times: () => byTime(Array.from(totals, ([name, total]) => ({ name, ...total }))),
  };
}

/** The longest first. */
export function byTime(times: Iterable<SelfTime>): SelfTime[] {
  return [...times].sort((a, b) => b.milliseconds - a.milliseconds);
}
