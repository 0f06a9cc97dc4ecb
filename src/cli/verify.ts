import { Command } from 'commander';
import type { Row } from '../bound/verify.js';
import { integerOption } from './arguments.js';
import { printJson, printTable, shortNumber } from './output.js';
import { startProgress } from './progress.js';

interface VerifyOptions {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly seed: number;
  readonly workers?: number;
  readonly only?: readonly string[];
}

/** `forgetting verify`: every theorem against what is measured; exit code 1 if one fails. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('check every statement of docs/theory.md against measurements')
    .option('--quick', 'each problem at one λ, with fewer steps and seeds')
    .option('--only <ids>', 'statements, as in A.average,M', (text: string) => text.split(','))
    .option('--seed <n>', 'seed of the first run', integerOption('seed', 0), 0)
    .option('--workers <n>', 'threads; does not change any number', integerOption('workers', 1))
    .option('--json', 'print JSON')
    .action(async (options: VerifyOptions) => {
      const rows = await verify(options);
      if (options.json === true) printJson(rows);
      else printRows(rows);
      if (rows.some((row) => row.holds === false)) process.exitCode = 1;
    });
}

/** Measures and judges the table. */
async function verify({ quick = false, seed, workers, only }: VerifyOptions): Promise<Row[]> {
  const { extentOf, judge, selected } = await import('../bound/verify.js');
  const { theorems } = await import('../bound/registry.js');
  const { suite } = await import('../bound/suite.js');
  const { createCheckPool } = await import('../bound/check-pool.js');
  const chosen = selected(theorems, only);
  const keys = suite(quick);
  const extent = extentOf(quick, seed);
  const progress = startProgress('problems', keys.length);
  const pool = createCheckPool(workers);
  try {
    let done = 0;
    const checks = await Promise.all(
      keys.map(async (key) => {
        const result = await pool.run({ key, ids: only, extent });
        progress.update(++done);
        return result;
      }),
    );
    return judge(chosen, checks.flat());
  } finally {
    progress.stop();
    await pool.destroy();
  }
}

function printRows(rows: readonly Row[]): void {
  printTable(
    ['statement', 'problem', 'λ', 'T', 'measured', '95 % interval', 'bound', 'ratio', 'verdict'],
    rows.map(({ id, problem, lambda, steps, measured, bound, ratio, holds, reason }) => [
      id,
      problem,
      shortNumber(lambda),
      shortNumber(steps),
      shortNumber(measured.mean),
      measured.ci95 === null ? '–' : `[${measured.ci95.map(shortNumber).join(', ')}]`,
      shortNumber(bound),
      ratio === null ? '–' : ratio.toPrecision(3),
      holds === 'not applicable' ? `not applicable: ${reason ?? ''}` : holds ? 'holds' : 'FAILS',
    ]),
  );
  const count = (verdict: Row['holds']): number => rows.filter((row) => row.holds === verdict).length;
  process.stdout.write(`\n${count(true)} hold, ${count(false)} fail, ${count('not applicable')} not applicable\n`);
}
