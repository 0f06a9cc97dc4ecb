import { parse } from 'node:path';
import { Command } from 'commander';
import { integerOption } from '../arguments.js';

interface ReproduceOptions {
  readonly quick?: boolean;
  readonly out?: string;
  readonly only?: string;
  readonly seed: number;
  readonly workers?: number;
  readonly cache: string;
  readonly llm?: string;
  readonly problem?: string;
  readonly title: boolean;
  readonly pdf?: boolean;
}

/** `forgetting reproduce`: every figure, from its experiments to its files. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('run the experiments and draw every figure')
    .option('--quick', 'a coarse version, in seconds')
    .option('--out <folder>', 'where the figures go (default: figures/rendered, of a --problem <its name>-figures)')
    .option('--only <names>', 'only these figures, separated by commas')
    .option('--seed <n>', 'seed of every experiment', integerOption('seed', 0), 0)
    .option('--workers <n>', 'threads; does not change any number', integerOption('workers', 1))
    .option('--cache <folder>', 'where the results of finished tasks are kept', '.cache/forgetting')
    .option('--llm <folder>', 'folder of a finished forgetting llm experiment, to draw its figures too')
    .option('--problem <file>', 'draw the figures that show one problem of this problem file')
    .option('--no-title', 'figures without heading')
    .option('--pdf', 'PDFs too')
    .action(reproduce);
}

async function reproduce({ quick = false, only, title: titles, ...options }: ReproduceOptions): Promise<void> {
  const { problem } = options;
  const { out = problem === undefined ? 'figures/rendered' : `${parse(problem).name}-figures` } = options;
  const { drawFigures } = await import('../../../figures/draw.js');
  const names = only?.split(',').map((name) => name.trim());
  const lines = await drawFigures({ ...options, out, quick, titles, ...(names && { only: names }) });
  process.stdout.write(`${lines.join('\n')}\n`);
}
