/** One line of the benchmark: the same work, timed here and in a peer. */
export interface BenchRow {
  readonly group: string;
  readonly case: string;
  /** Whom this toolkit is compared with; null where a row is about this toolkit alone. */
  readonly peer: string | null;
  readonly threads: number;
  readonly ours: number;
  readonly theirs: number | null;
  /** Of `ours` and `theirs`, as in "ns/step". */
  readonly unit: string;
  /** ours / theirs: below 1, this toolkit is faster (or smaller). */
  readonly ratio: number | null;
}

/** Where a group sends what it finds, as it finds it. */
export interface Report {
  readonly row: (row: BenchRow) => void;
  /** A remark for the reader, as that a peer is not installed. */
  readonly note: (text: string) => void;
}

/** A group of comparisons: one file beside this one and a line in index.ts. */
export interface Group {
  readonly name: string;
  readonly description: string;
  readonly run: (report: Report) => Promise<void>;
}

/** A row that compares with a peer. */
export function compared(row: Omit<BenchRow, 'ratio'> & { readonly theirs: number }): BenchRow {
  return { ...row, ratio: row.ours / row.theirs };
}

/** A row about this toolkit alone. */
export function alone(row: Omit<BenchRow, 'peer' | 'theirs' | 'ratio'>): BenchRow {
  return { ...row, peer: null, theirs: null, ratio: null };
}

/**
 * Repeated measurements of each of several ways to do the same work. They take turns, so that a machine that grows slower
 * or faster meanwhile does so for all of them.
 * @param ways each measures itself once and gives its number
 * @returns the numbers of each way, round by round
 */
export async function inTurns<Name extends string>(
  ways: Readonly<Record<Name, () => Promise<number> | number>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) found[name].push(await ways[name]());
  }
  return found;
}

/**
 * The round whose ratio is the median of all: the two numbers were then measured one after the other, where medians of
 * each could come from different moods of the machine. Of an even number of rounds the lower of the two in the middle.
 */
export function medianRound(
  ours: readonly number[],
  theirs: readonly number[],
): Pick<BenchRow, 'ours'> & { theirs: number } {
  const rounds = ours.map((our, round) => ({ ours: our, theirs: theirs[round] }));
  rounds.sort((a, b) => a.ours / a.theirs - b.ours / b.theirs);
  return rounds[Math.floor((rounds.length - 1) / 2)];
}

/** The exponent of a power law through (x, y), by least squares on logarithms. */
export function fittedExponent(points: readonly { readonly x: number; readonly y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2);
}
