import { Command, Option } from 'commander';
import { join } from 'node:path';
import { closePool } from '../../base/close-pool.js';
import { grouped } from '../../base/grouped.js';
import { InputError } from '../../base/input-error.js';
import { startProgress } from '../../base/progress.js';
import { shortNumber } from '../../base/text.js';
import type { Work } from '../../cluster/work.js';
import type { Cache } from '../../experiment/cache.js';
import type { SweepCell, SweptCell } from '../../experiment/sweep.js';
import { integerOption, lambdasOption, listOption, tableFile } from '../arguments.js';
import {
  askedOf,
  printStatus,
  runTask,
  submitWork,
  withClusterOptions,
  type ClusterOptions,
} from '../options/cluster.js';
import { withSampling, type SamplingOptions } from '../options/sampling.js';
import { printJson, printTable } from '../output.js';
import { commandLine } from '../provenance.js';
import { withSchedules } from '../schedule-command.js';

/** The command's own options; those of the schedules lie beside them. */
interface SweepArguments extends ClusterOptions, SamplingOptions, Readonly<Record<string, unknown>> {
  readonly schedules?: readonly string[];
  readonly lambdas?: readonly number[];
  readonly steps: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly stepSize: string;
  readonly workers?: number;
  readonly cache: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `forgetting sweep`: many problems × schedules × λ × horizons, into one table. */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('run schedules on many problems, at several λ and numbers of steps, into one table')
    .argument('<problems...>', 'problem files');
  withSchedules(command, {
    purpose: 'the schedules to run',
    defaults: {},
    decided: [],
    standard: async () => (await import('../../schedule/key.js')).paperSchedules,
  })
    .option(
      '--lambdas <list>',
      'weights of DPO, with commas or as a range (0:1:0.05) (default: 0.5)',
      lambdasOption('lambdas'),
    )
    .addOption(
      new Option('--steps <list>', 'numbers of updates, with commas')
        .argParser(listOption(integerOption('steps', 1)))
        .default([1000], '1000'),
    );
  withSampling(command)
    .option('--step-size <rule>', 'a number, an expression of t and T, linear:α0, or adaptive', '0.5/sqrt(T)')
    .option('--seeds <n>', 'number of runs of each kind; one where nothing is random', integerOption('seeds', 1), 100)
    .option('--seed <n>', 'seed of the first run', integerOption('seed', 0), 0)
    .option('--workers <n>', 'threads; they change no number (default: one for each core)', integerOption('workers', 1))
    .option('--cache <folder>', 'where finished runs are kept', '.cache/forgetting')
    .option('--out <file>', 'also write the rows: .jsonl, .parquet or .csv', tableFile)
    .option('--json', 'print JSON');
  return withClusterOptions(command).action(sweep);
}

/** A cell of the sweep, and what the table says of where its problem came from. */
interface PlannedCell {
  readonly cell: SweepCell;
  readonly origin: { readonly problem: string; readonly problemHash: string };
}

async function sweep(files: readonly string[], options: SweepArguments): Promise<void> {
  const { cacheOf } = await import('../../experiment/result-cache.js');
  const { digest } = await import('../../experiment/cache.js');
  const asked = askedOf(options);
  const planned = await plannedCells(files, options);
  const cache = await cacheOf(options.cache);
  // A task is a problem at one λ: what its cells share is solved once.
  const tasks = grouped(planned, ({ cell, origin }) => `${cell.lambda} ${origin.problem}`);
  const folder = join(options.cache, `sweep-${digest([cache.salt, planned, options.out]).slice(0, 16)}`);
  const mark = join(folder, 'table.made');
  if (asked === 'all') {
    await report(await allCells(planned, cache, options), options);
    if (options.out !== undefined) await (await import('../../cluster/made.js')).writeMade(mark, [options.out]);
    return;
  }
  if (options.run !== undefined) {
    await runTask(folder, options.run, tasks.length, async (number) => {
      const { createWorkerPool } = await import('../../convex/simulate/pool.js');
      const { sweepCell } = await import('../../experiment/sweep.js');
      const pool = createWorkerPool(options.workers);
      try {
        for (const { cell } of tasks[number - 1]) await cache.get(['sweep', cell], () => sweepCell(cell, pool));
      } finally {
        await closePool(pool);
      }
    });
    return;
  }
  const { isMade } = await import('../../cluster/made.js');
  const work: Work = {
    folder,
    stages: [
      {
        name: 'runs',
        tasks: tasks.map((cells, i) => ({
          number: i + 1,
          name: `${cells[0].origin.problem} at λ = ${cells[0].cell.lambda}`,
          isFinished: () => cells.every(({ cell }) => cache.has(['sweep', cell])),
        })),
      },
      { name: 'table', tasks: [{ number: undefined, name: options.out ?? 'table', isFinished: () => isMade(mark) }] },
    ],
  };
  if (asked === 'status') {
    await printStatus(work, options.json);
    return;
  }
  if (options.out === undefined) throw new InputError('out', undefined, 'a file for the table, which --submit needs');
  await submitWork(work, options);
}

/** Every cell: problems by files, and of each λ, schedules and numbers of steps. Throws an InputError on what does not fit. */
async function plannedCells(files: readonly string[], options: SweepArguments): Promise<PlannedCell[]> {
  const { readProblemFile } = await import('../../convex/problem/read.js');
  const { settingsOfSchedules, ownSettings } = await import('../options/schedule.js');
  const { adaptiveRule, stepSizes } = await import('../../schedule/step-size.js');
  const { isModulePath, loadSchedule, moduleDigest } = await import('../../schedule/load.js');
  const { paperSchedules } = await import('../../schedule/key.js');
  const { digestOf } = await import('../../base/digest.js');
  const { lambdas = [0.5], steps, batch, values, gradientBatch, stepSize, seed, seeds } = options;
  const references = options.schedules ?? paperSchedules;
  for (const [name, list] of Object.entries({ lambdas, steps, problems: files, schedules: references })) {
    if (new Set<unknown>(list).size < list.length) throw new InputError(name, list, 'every entry once');
  }
  await settingsOfSchedules(references, { ...options });
  const schedules = await Promise.all(
    references.map(async (reference) => ({
      reference,
      schedule: await loadSchedule(reference),
      module: isModulePath(reference) && { scheduleModule: moduleDigest(reference) },
    })),
  );
  const problems = await Promise.all(files.map(async (file) => ({ file, ...(await readProblemFile(file)) })));
  const adaptive = stepSize.trim() === adaptiveRule;
  for (const { file, problem } of problems) {
    if (adaptive && !(problem.radius < Infinity))
      throw new InputError(
        'step-size',
        stepSize,
        `problems on a ball, whose radius the adaptive steps need, not ${file}`,
      );
  }
  for (const count of steps) if (!adaptive) stepSizes(stepSize, count);
  return problems.flatMap(({ file, text }) =>
    lambdas.flatMap((lambda) =>
      schedules.flatMap(({ reference, schedule, module }) =>
        steps.map((count): PlannedCell => {
          const own = ownSettings(schedule, { ...options });
          schedule.init({ lambda, steps: count, ...own, ideal: { dpo: 0, sft: 0 } });
          return {
            origin: { problem: file, problemHash: `sha256:${digestOf(text)}` },
            cell: {
              problem: text,
              schedule: reference,
              ...module,
              ...{ own, lambda, steps: count, stepSize, batch, values, gradientBatch, seed, seeds },
            },
          };
        }),
      ),
    ),
  );
}

/** What all cells give, those that are kept and those computed now. */
async function allCells(
  planned: readonly PlannedCell[],
  cache: Cache,
  { workers }: SweepArguments,
): Promise<SweptCell[]> {
  const { createWorkerPool } = await import('../../convex/simulate/pool.js');
  const { inWorker, siblingModule } = await import('../../experiment/task.js');
  const pool = createWorkerPool(workers === undefined ? undefined : Math.min(workers, planned.length));
  const module = siblingModule('../../experiment/sweep', import.meta.url);
  const progress = startProgress('sweep', planned.length);
  let done = 0;
  try {
    return await Promise.all(
      planned.map(async ({ cell, origin }) => {
        const { row, warnings } = await cache.get(['sweep', cell], () =>
          inWorker<SweptCell>(pool, { module, name: 'sweepCell' }, cell),
        );
        progress.update(++done);
        return { row: { ...row, ...origin }, warnings };
      }),
    );
  } finally {
    progress.stop();
    await closePool(pool);
  }
}

/** Writes and prints the table. */
async function report(cells: readonly SweptCell[], { out, json }: SweepArguments): Promise<void> {
  const rows = cells.map(({ row }) => row);
  const warnings = cells.flatMap(({ row, warnings: own }) =>
    own.map((line) => `${row.problem}, ${row.schedule}, λ = ${row.lambda}, T = ${row.steps}: ${line}`),
  );
  if (out !== undefined) {
    const { writeTable } = await import('../../base/table-file.js');
    const { resultColumns } = await import('../../convex/simulate/result-table.js');
    await writeTable(out, rows, resultColumns);
  }
  if (json === true) {
    const { version } = await import('../../base/version.js');
    printJson({ rows, warnings, provenance: { version, command: commandLine(process.argv.slice(2)) } });
    return;
  }
  const shown = (value: unknown): string => shortNumber(typeof value === 'number' ? value : null);
  printTable(
    ['problem', 'schedule', 'λ', 'T', 'gap', '95 % interval', 'maxGap'],
    rows.map((row) => [
      String(row.problem),
      String(row.schedule),
      shown(row.lambda),
      String(row.steps),
      shown(row.gap),
      row.gapLow === null ? '–' : `[${shown(row.gapLow)}, ${shown(row.gapHigh)}]`,
      shown(row.maxGap),
    ]),
  );
  for (const line of warnings) process.stdout.write(`${line}\n`);
}
