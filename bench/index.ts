import { Command } from 'commander';
import { InputError } from '../src/input-error.js';
import { printTable } from '../src/cli/output.js';
import { shortNumber } from '../src/cli/text.js';
import type { Group, Report, Row } from './bench.js';

/** Every group, in the order it runs; a new one is a file beside this one and a line here. */
const groups: readonly (() => Promise<Group>)[] = [
  async () => (await import('./convex.js')).convex,
  async () => (await import('./llm.js')).llm,
  async () => (await import('./overhead.js')).overhead,
  async () => (await import('./growth.js')).growth,
];

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
    const rows: Row[] = [];
    const report: Report = {
      row: (row) => {
        rows.push(row);
        if (process.stderr.isTTY) process.stderr.write(`${row.group} ${row.case} ${row.peer ?? ''}\n`);
      },
      note: (text) => process.stderr.write(`${text}\n`),
    };
    for (const group of known.filter(({ name }) => names.length === 0 || names.includes(name))) await group.run(report);
    if (json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    else printRows(rows);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}

function printRows(rows: readonly Row[]): void {
  printTable(
    ['group', 'case', 'peer', 'threads', 'ours', 'theirs', 'unit', 'ratio'],
    rows.map((row) => [
      row.group,
      row.case,
      row.peer ?? '–',
      String(row.threads),
      shortNumber(row.ours),
      row.theirs === null ? '–' : shortNumber(row.theirs),
      row.unit,
      row.ratio === null ? '–' : row.ratio.toPrecision(3),
    ]),
  );
}
