import { Command } from 'commander';
import { eachTime } from '../../base/each-time.js';
import { InputError } from '../../base/input-error.js';
import { integerOption, lambdaOption, numberOption, pairOption, tableFile, wordOption } from '../arguments.js';
import { addStageTwoOptions } from '../options/remedies.js';
import { withSampling } from '../options/sampling.js';
import { printJson } from '../output.js';
import { exactChoices, measuredRun, type MeasuredRun, type RunArguments } from '../run/measured-run.js';
import { printMeasuredRun } from '../run/print.js';
import { withSchedule } from '../schedule-command.js';

/** `forgetting run`: a schedule on a problem, over many seeds. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run a schedule on a problem over many seeds')
    .argument('<problem>', 'problem file');
  addStageTwoOptions(withSchedule(command))
    .option(
      '--lambda <numbers>',
      'weight of DPO; several with commas, as a range (0:1:0.05) or repeated (default: 0.5)',
      lambdaOption,
    )
    .option('--steps <T>', 'number of updates in all', integerOption('steps', 1), 1000);
  return withSampling(command)
    .option('--value-noise <deviation>', 'standard deviation of the values seen', nonNegative('value-noise'))
    .option('--step-size <rule>', 'a number, an expression of t and T, linear:α0, or adaptive', '0.5/sqrt(T)')
    .option('--seeds <n>', 'number of runs; one where nothing is random', integerOption('seeds', 1), 100)
    .option('--seed <n>', 'seed of the first run', integerOption('seed', 0), 0)
    .option('--trace <every>', 'also give the measures every so many steps', integerOption('trace', 1))
    .option('--workers <n>', 'threads; they change no number (default: one for each core)', integerOption('workers', 1))
    .option('--optimum <dpo,sft>', 'the optimal values of both objectives, where you know them', pairOption('optimum'))
    .option(
      '--exact <when>',
      'the exact gap of quadratics: always, never, or where it takes some seconds at most (auto)',
      wordOption('exact', exactChoices),
      'auto',
    )
    .option('--out <file>', 'also write the measures as rows: .jsonl, .parquet or .csv', tableFile)
    .option('--per-seed', 'in --out, a row for each seed instead of the means over seeds')
    .option('--json', 'print JSON')
    .action(async (file: string, given: RunArguments) => {
      const { lambda: lambdas = [0.5] } = given;
      if (given.perSeed === true && given.out === undefined)
        throw new InputError('per-seed', true, '--out with it: the rows need a file');
      const { readProblemFile } = await import('../../convex/problem/read.js');
      const { problem, text } = await readProblemFile(file);
      const { provenance } = await import('../provenance.js');
      const origin = provenance(given.seed, text);
      const runs: MeasuredRun[] = [];
      for (const lambda of lambdas) runs.push(await measuredRun(problem, lambda, given));
      if (given.out !== undefined) {
        const { resultColumns, resultRows, rowsPerSeed } = await import('../../convex/simulate/result-table.js');
        const { writeTable } = await import('../../base/table-file.js');
        const { stepSize, optimum } = given;
        const { problemHash } = origin;
        const rows = eachTime(function* () {
          for (const { ensemble, result } of runs) {
            const { remedies } = result;
            const made = {
              stepSize,
              ...(optimum && { optimum }),
              ...(remedies && { remedies }),
              problem: file,
              problemHash,
            };
            yield* given.perSeed === true ? rowsPerSeed(ensemble, made) : resultRows(ensemble, made);
          }
        });
        await writeTable(given.out, rows, resultColumns);
      }
      if (given.json === true) {
        const [first] = runs;
        if (runs.length === 1) printJson({ ...first.result, provenance: origin });
        else printJson({ runs: runs.map(({ result }, i) => ({ lambda: lambdas[i], ...result })), provenance: origin });
        return;
      }
      for (const [i, { result, seeds }] of runs.entries()) {
        if (i > 0) process.stdout.write('\n');
        printMeasuredRun(result, { ...given, seeds }, lambdas[i]);
      }
    });
}

function nonNegative(field: string): (text: string) => number {
  return (text) => {
    const value = numberOption(field)(text);
    if (value < 0) throw new InputError(field, value, 'a number ≥ 0');
    return value;
  };
}
