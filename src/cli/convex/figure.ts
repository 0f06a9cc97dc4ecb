import { Command } from 'commander';
import { wordOption } from '../arguments.js';
import { printJson } from '../output.js';

interface FigureCommandOptions {
  readonly measure: string;
  readonly bounds?: boolean;
  readonly problem?: string;
  readonly scale?: 'log' | 'linear';
  /** A heading, or false for none. */
  readonly title?: string | boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `forgetting figure`: a picture of what runs wrote. */
export function figureCommand(): Command {
  return new Command('figure')
    .description('draw a measure of runs over their steps, from the files that they wrote')
    .argument('<rows...>', 'tables of run --out (.jsonl, .parquet), run folders of llm train')
    .requiredOption('--measure <name>', 'what is drawn: a column of the files')
    .option('--bounds', 'also draw what the statements say about the runs')
    .option('--problem <file>', 'the problem of the runs, where it is not where the tables say')
    .option('--scale <type>', 'axis of the measure: log or linear', wordOption('scale', ['log', 'linear']))
    .option('--title <text>', 'the heading')
    .option('--no-title', 'no heading')
    .option('--out <file>', 'the picture: .svg, .png, .pdf or .vl.json (default: <measure>.svg)')
    .option('--json', 'print the numbers that are drawn as JSON')
    .action(figure);
}

async function figure(files: readonly string[], options: FigureCommandOptions): Promise<void> {
  const { measure, problem, scale, title, out = `${measure}.svg` } = options;
  const { requireEnding, writeFigure } = await import('../../../figures/rows/write.js');
  const { readRuns } = await import('../../../figures/rows/read.js');
  const { curvesOf } = await import('../../../figures/rows/curves.js');
  const { boundsOf } = await import('../../../figures/rows/bounds.js');
  const { rowsFigure } = await import('../../../figures/rows/figure.js');
  const { untitled } = await import('../../figure/untitled.js');
  const { commandLine } = await import('../provenance.js');
  const { version } = await import('../../base/version.js');
  requireEnding(out);
  const runs = (await Promise.all(files.map(readRuns))).flat();
  const curves = curvesOf(runs, measure);
  const found = options.bounds === true ? await boundsOf(curves.curves, measure, problem) : undefined;
  const drawn = rowsFigure({
    measure,
    curves,
    ...(found && { bounds: found.bounds }),
    ...(scale && { scale }),
    ...(typeof title === 'string' && { title }),
  });
  const command = commandLine(process.argv.slice(2));
  const provenance = { command, seed: runs[0].seed ?? 0, version };
  await writeFigure(out, title === false ? untitled(drawn) : drawn, provenance);
  const silent = found?.silent.map(({ curve, id, reason }) => ({ curve: curve.label, statement: id, reason }));
  if (options.json === true) printJson({ out, measure, rows: drawn.rows, silent: silent ?? [], provenance });
  else
    process.stdout.write(
      `${out}: ${curves.curves.map(({ label }) => label).join('; ')}\n${silences(found?.bounds.length, silent)}`,
    );
}

/** Why there is no bound, where --bounds found none. */
function silences(
  bounds: number | undefined,
  silent: readonly { readonly curve: string; readonly statement: string; readonly reason: string }[] = [],
): string {
  if (bounds === undefined || bounds > 0) return '';
  const lines = silent.map(({ curve, statement, reason }) => `no bound ${statement} on ${curve}: ${reason}\n`);
  return lines.length === 0 ? 'no statement bounds this measure of these runs\n' : lines.join('');
}
