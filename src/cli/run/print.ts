import { eachTime } from '../../base/each-time.js';
import type { Estimate } from '../../base/statistics.js';
import { certificateText, shortNumber } from '../../base/text.js';
import { optionName } from '../arguments.js';
import { printTable } from '../output.js';
import type { MeasuredRun, RunArguments } from './measured-run.js';

/** Prints what a run measured as tables. */
export function printMeasuredRun(
  result: MeasuredRun['result'],
  options: Pick<RunArguments, 'seeds' | 'steps' | 'trace'>,
  lambda: number,
): void {
  const { schedule, remedies = {}, final, certificates, warnings, trace } = result;
  const { exactGap, exactGapLeftOut, gradients, evaluations } = result;
  const { seeds, steps } = options;
  const { gap, maxGap, dpo, sft } = certificates;
  const known: Readonly<Record<string, number>> = { gap, averageGap: gap, maxGap, averageMaxGap: maxGap };
  const named = [schedule, ...Object.entries(remedies).map(([name, value]) => `${optionName(name)} ${value}`)].join(
    ', ',
  );
  process.stdout.write(`${named}, λ = ${lambda}, ${steps} steps, ${seeds === 1 ? '1 seed' : `${seeds} seeds`}\n\n`);
  printTable(
    ['measure', 'mean', '95 % interval', 'certificate'],
    Object.entries<Estimate>({ ...final }).map(([name, { mean, ci95 }]) => [
      name,
      shortNumber(mean),
      ci95 === null ? '–' : `[${shortNumber(ci95[0])}, ${shortNumber(ci95[1])}]`,
      certificateText({ ...known, idealDistance: Math.hypot(dpo, sft) }[name]),
    ]),
  );
  for (const warning of warnings) process.stdout.write(`${warning}\n`);
  process.stdout.write(
    `\nexact gap ${exactGapLeftOut ?? shortNumber(exactGap)}   gradients ${gradients}   evaluations ${evaluations}\n`,
  );
  if (options.trace === undefined) return;
  process.stdout.write('\n');
  printTable(
    ['step', 'gap', 'maxGap', 'dpo', 'sft'],
    eachTime(function* () {
      for (const { step, gap, maxGap, dpo, sft } of trace) yield [step, gap, maxGap, dpo, sft].map(shortNumber);
    }),
  );
}
