import { Command } from 'commander';
import { InputError } from '../src/base/input-error.js';
import { shortNumber } from '../src/base/text.js';
import type { Group, Report, BenchRow } from './bench.js';

/** Every group, in the order it runs; a new one is a file beside this one and a line here. */
const groups: readonly (() => Promise<Group>)[] = [
  async () => (await import('./convex.js')).convex,
  async () => (await import('./remedies.js')).remedies,
  async () => (await import('./llm.js')).llm,
  async () => (await import('./published.js')).published,
  async () => (await import('./memory.js')).memory,
  async () => (await import('./overhead.js')).overhead,
  async () => (await import('./growth.js')).growth,
  async () => (await import('./package.js')).packaged,
];

/** The columns of the table, which is printed as it grows, with their widths; those below 0 begin at the left. */
const widths = { group: -8, case: -32, peer: -23, threads: 7, ours: 9, theirs: 9, unit: -18, ratio: 6 };

const program = new Command('bench')
  .description('compare this toolkit with its peers on the same work; medians, and ratios below 1 where it is faster')
  .argument('[groups...]', 'what to compare (default: everything)')
  .option('--json', 'print JSON')
  .action(async (names: string[], { json = false }: { json?: boolean }) => {
    const known = await Promise.all(groups.map((load) => load()));
    const unknown = names.find((name) => !known.some((group) => group.name === name));
    if (unknown !== undefined) {
      throw new InputError('group', unknown, `one of ${known.map(({ name }) => name).join(', ')}`);
    }
    const rows: BenchRow[] = [];
    const report: Report = {
      row: (row) => {
        if (!json && rows.length === 0) printLine(Object.keys(widths));
        rows.push(row);
        if (!json) printLine(cells(row));
      },
      note: (text) => process.stderr.write(`${text}\n`),
    };
    for (const group of known.filter(({ name }) => names.length === 0 || names.includes(name))) await group.run(report);
    if (json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}

function cells(row: BenchRow): string[] {
  return [
    row.group,
    row.case,
    row.peer ?? '–',
    String(row.threads),
    shortNumber(row.ours),
    row.theirs === null ? '–' : shortNumber(row.theirs),
    row.unit,
    row.ratio === null ? '–' : row.ratio.toPrecision(3),
  ];
}

function printLine(line: readonly string[]): void {
  const padded = Object.values(widths).map((width, i) =>
    width < 0 ? line[i].padEnd(-width) : line[i].padStart(width),
  );
  process.stdout.write(`${padded.join('  ').trimEnd()}\n`);
}
