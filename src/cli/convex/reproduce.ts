import { existsSync, rmSync } from 'node:fs';
import { join, parse } from 'node:path';
import { Command } from 'commander';
import {
  askedOf,
  printStatus,
  runTask,
  submitWork,
  withClusterOptions,
  type ClusterOptions,
} from '../options/cluster.js';
import { integerOption } from '../arguments.js';
import { printJson } from '../output.js';

interface ReproduceOptions extends ClusterOptions {
  readonly quick?: boolean;
  readonly out?: string;
  readonly only?: string;
  readonly seed: number;
  readonly workers?: number;
  readonly cache: string;
  readonly llm?: string;
  readonly problem?: string;
  readonly title: boolean;
  readonly column?: boolean;
  readonly pdf?: boolean;
  readonly json?: boolean;
}

/** `forgetting reproduce`: every figure, from its experiments to its files. */
export function reproduceCommand(): Command {
  const command = new Command('reproduce')
    .description('run the experiments and draw every figure')
    .option('--quick', 'a coarse version, in seconds')
    .option('--out <folder>', 'where the figures go (default: figures/rendered; with --problem, <its name>-figures)')
    .option('--only <names>', 'only these figures, separated by commas')
    .option('--seed <n>', 'seed of every experiment', integerOption('seed', 0), 0)
    .option('--workers <n>', 'threads; they change no number (default: one for each core)', integerOption('workers', 1))
    .option('--cache <folder>', 'where the results of finished tasks are kept', '.cache/forgetting')
    .option('--llm <folder>', 'folder of a finished forgetting llm experiment, to draw its figures too')
    .option('--problem <file>', 'draw the figures that show one problem of this problem file')
    .option('--no-title', 'figures without heading')
    .option('--column', 'figures for one column of a paper: panels below each other')
    .option('--pdf', 'PDFs too')
    .option('--json', 'print JSON');
  return withClusterOptions(command).action(reproduce);
}

async function reproduce({
  quick = false,
  only,
  title: titles,
  json = false,
  ...options
}: ReproduceOptions): Promise<void> {
  const { problem, run } = options;
  const { out = problem === undefined ? 'figures/rendered' : `${parse(problem).name}-figures` } = options;
  const { drawFigures, drawnLines } = await import('../../../figures/draw.js');
  const { workOfReproduce } = await import('../reproduce/work.js');
  const names = only?.split(',').map((name) => name.trim());
  const drawing = { ...options, out, quick, titles, ...(names && { only: names }) };
  const asked = askedOf(options);
  if (asked === 'all') {
    const drawn = await drawFigures(drawing);
    if (json) printJson(drawn);
    else process.stdout.write(`${drawnLines(drawn).join('\n')}\n`);
    const { work, markFigures } = await workOfReproduce(drawing);
    // Where machines shared the work, its folder says so.
    if (existsSync(work.folder)) await markFigures();
    return;
  }
  const { work, figures, markTask } = await workOfReproduce(drawing);
  if (asked === 'submit') await submitWork(work, { ...options, json });
  else if (run === undefined) await printStatus(work, json);
  else {
    await runTask(work.folder, run, figures.length, async (number) => {
      const name = figures[number - 1];
      // Drawn for what its experiments leave in the cache; the figures themselves are drawn together at the end.
      const aside = join(work.folder, `figures-${number}`);
      await drawFigures({ ...drawing, out: aside, only: [name], pdf: false });
      rmSync(aside, { recursive: true });
      await markTask(name);
    });
  }
}
