import { Command, Option } from 'commander';
import { certificateText, shortNumber } from '../../base/text.js';
import type { RemedyComparison } from '../../remedy/compare.js';
import type { RemedyRow } from '../../remedy/row.js';
import { costText } from '../../remedy/remedy.js';
import type { Order } from '../../schedule/schedule.js';
import { commaNumbers, integerOption, lambdaOption, numberOption, optionName, wordOption } from '../arguments.js';
import { remedyParameters } from '../options/remedies.js';
import type { Pair } from '../../schedule/schedule.js';
import { printJson, printTable } from '../output.js';
import { lazyProgress } from '../../base/progress.js';

interface RemediesOptions extends Readonly<Record<string, unknown>> {
  readonly lambda?: readonly number[];
  readonly order: Order;
  readonly only?: string[];
  readonly steps: number;
  readonly stepSize: string;
  readonly batch: number;
  readonly tolerance: number;
  readonly split?: number[];
  readonly seeds: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `forgetting remedies`: what people do against forgetting, on one scale. */
export function remediesCommand(): Command {
  const command = new Command('remedies')
    .description('what people do against forgetting, on one scale: limits, gaps, costs')
    .argument('<problem>', 'problem file')
    .option(
      '--lambda <numbers>',
      'weight of DPO; several with commas, as a range (0:1:0.05) or repeated (default: 0.5)',
      lambdaOption,
    )
    .option(
      '--order <order>',
      'order of the stages: sft-dpo or dpo-sft',
      wordOption('order', ['sft-dpo', 'dpo-sft']),
      'sft-dpo',
    )
    .option('--only <names>', 'remedies, with commas between (default: all)', (text: string) => text.split(','))
    .option('--steps <T>', 'number of updates of a run, both stages together', integerOption('steps', 1), 1000)
    .option('--split <n,m>', 'steps of each stage, in order (default: halves)', commaNumbers)
    .option('--step-size <rule>', 'a number, an expression of t and T, or linear:α0', '0.5/sqrt(T)')
    .option('--tolerance <e>', 'what a budget lets pass above δ (statement B)', numberOption('tolerance'), 0)
    .option('--batch <b>', 'examples in a minibatch', integerOption('batch', 1), 1)
    .option('--seeds <n>', 'number of runs of every row', integerOption('seeds', 1), 20)
    .option('--seed <n>', 'seed of the first run', integerOption('seed', 0), 0);
  for (const [name, [value, description]] of Object.entries(remedyParameters)) {
    command.addOption(new Option(`--${optionName(name)} <${value}>`, description).helpGroup('Parameters of remedies:'));
  }
  return command.option('--json', 'print JSON').action(async (file: string, options: RemediesOptions) => {
    const { readProblemFile } = await import('../../convex/problem/read.js');
    const { setup } = await import('../../remedy/setup.js');
    const { compareRemedies } = await import('../../remedy/compare.js');
    const { remedyBound } = await import('../../theory/remedy-bound.js');
    const { problem, text } = await readProblemFile(file);
    const given = Object.fromEntries(
      Object.keys(remedyParameters).flatMap((name) =>
        typeof options[name] === 'string' ? [[name, options[name]] as const] : [],
      ),
    );
    const condition = problem.conditionalOnConvexity ? { conditionalOn: 'convexity' } : {};
    const { provenance } = await import('../provenance.js');
    const origin = provenance(options.seed, text);
    const compare = (lambda: number): RemedyComparison => {
      const progress = lazyProgress('remedies');
      const comparison = compareRemedies(setup(problem, { ...options, lambda }), {
        ...(options.only !== undefined && { only: options.only }),
        given,
        boundOf: remedyBound,
        onProgress: progress.update,
      });
      progress.stop();
      return comparison;
    };
    const comparisons = (options.lambda ?? [0.5]).map(compare);
    if (options.json !== true) {
      for (const [i, comparison] of comparisons.entries()) {
        if (i > 0) process.stdout.write('\n');
        print(comparison, problem.conditionalOnConvexity);
      }
      return;
    }
    const several = { comparisons };
    printJson({ ...(comparisons.length > 1 ? several : comparisons[0]), ...condition, provenance: origin });
  });
}

function print({ lambda, order, minimum, sequentialGap, remedies }: RemedyComparison, conditional: boolean): void {
  const gap = sequentialGap === null ? 'none' : shortNumber(sequentialGap);
  process.stdout.write(
    `λ = ${lambda}, ${order}, min F_λ = ${shortNumber(minimum.value)} (certificate ${certificateText(minimum.certificate)}), ` +
      `gap of Sequential's limit ${gap}\n\n`,
  );
  printTable(
    [
      'remedy',
      'chosen',
      'parameter',
      'gap',
      'certificate',
      'bound',
      'by',
      'measured gap',
      '95 % interval',
      'cost a step',
      'needs',
    ],
    remedies.map(tableRow),
  );
  for (const line of uncertain(remedies)) process.stdout.write(`\n${line}\n`);
  const reasons = new Map(
    remedies.flatMap(({ name, reason }) => (reason === undefined ? [] : [[name, reason] as const])),
  );
  if (reasons.size > 0) process.stdout.write('\n');
  for (const [name, reason] of reasons) process.stdout.write(`${name}: ${reason}\n`);
  if (conditional) process.stdout.write('\ncertificates are conditional on convexity\n');
}

/** A line where what gaps are measured from is not known well beside one of them. */
function uncertain(rows: readonly RemedyRow[]): string[] {
  const limits = rows.flatMap(({ limit }) => (limit === null ? [] : [limit]));
  const size = ({ dpo, sft }: Pair): number => Math.max(Math.abs(dpo), Math.abs(sft));
  const matters = limits.some((one) => one.gapCertificate > Math.max(0.01 * one.gap, 1e-9 * size(one)));
  if (!matters) return [];
  const most = certificateText(Math.max(...limits.map(({ gapCertificate }) => gapCertificate)));
  return [`gaps may be more by up to ${most}: the certificate of min F_λ, and rounding`];
}

function tableRow({
  name,
  chosen,
  parameters: own,
  limit,
  bound,
  boundedBy,
  measured,
  cost,
  needs,
}: RemedyRow): string[] {
  const [value] = Object.values(own);
  const interval = measured?.gap.ci95;
  return [
    name,
    chosen,
    typeof value === 'number' ? shortNumber(value) : typeof value === 'string' ? value : '–',
    limit === null ? '–' : shortNumber(limit.gap),
    limit === null ? '–' : certificateText(limit.certificate),
    bound === null ? '–' : shortNumber(bound),
    boundedBy?.statement ?? '–',
    measured === null ? '–' : shortNumber(measured.gap.mean),
    interval === null || interval === undefined ? '–' : `[${interval.map(shortNumber).join(', ')}]`,
    costText(cost),
    needsText(needs),
  ];
}

function needsText({ sftRecords, sftPrompts, optima }: RemedyRow['needs']): string {
  const parts = [sftRecords ? 'SFT records' : sftPrompts ? 'SFT prompts' : '', optima ? 'optima' : ''];
  return parts.filter((part) => part !== '').join(', ') || '–';
}
