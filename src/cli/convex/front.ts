import { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { textAbove, textBelow } from '../../base/outward-text.js';
import { shortNumber } from '../../base/text.js';
import type { Budget, FrontChoice } from '../../convex/front/choose.js';
import type { EnclosedFront } from '../../convex/front/enclosed-front.js';
import type { Pair } from '../../schedule/schedule.js';
import { numberOption, pairOption, tableFile } from '../arguments.js';
import { printJson, printTable } from '../output.js';
import { startProgress } from '../../base/progress.js';

interface FrontCommandOptions {
  readonly error: number;
  readonly forgetAtMost?: number;
  readonly sftAtMost?: number;
  readonly dpoAtMost?: number;
  readonly knee?: boolean;
  readonly referencePoint?: Pair;
  readonly out?: string;
  readonly json?: boolean;
}

/** `forgetting front`: the Pareto front between two polygons, and the λ that a budget asks for. */
export function frontCommand(): Command {
  return new Command('front')
    .description('the Pareto front, enclosed, and which λ to choose')
    .argument('<problem>', 'problem file')
    .option(
      '--error <number>',
      'how far apart the polygons may be, relative to the ranges',
      numberOption('error'),
      1e-3,
    )
    .option(
      '--forget-at-most <number>',
      'choose: how much f_SFT may exceed its minimum',
      numberOption('forget-at-most'),
    )
    .option('--sft-at-most <number>', 'choose: how large f_SFT may be', numberOption('sft-at-most'))
    .option('--dpo-at-most <number>', 'choose: how large f_DPO may be', numberOption('dpo-at-most'))
    .option('--knee', 'choose the point farthest from the chord between the ends')
    .option(
      '--reference-point <dpo,sft>',
      'reference point of the hypervolume (default: the largest value of each objective)',
      pairOption('reference-point'),
    )
    .option('--out <file>', 'also write points and polygons as rows: .jsonl, .parquet or .csv', tableFile)
    .option('--json', 'print JSON')
    .action(async (file: string, options: FrontCommandOptions) => {
      const budget = budgetOf(options);
      const { readProblemFile } = await import('../../convex/problem/read.js');
      const { enclosedFront } = await import('../../convex/front/enclosed-front.js');
      const { chooseOnFront } = await import('../../convex/front/choose.js');
      const { hypervolume } = await import('../../convex/front/hypervolume.js');
      const { provenance } = await import('../provenance.js');
      const { problem, text } = await readProblemFile(file);
      const progress = startProgress('front', 100);
      // The number of solves grows like one over the root of the error.
      const onProgress = (_: number, error: number): void => {
        progress.update(Math.min(100, 100 * Math.sqrt(options.error / Math.max(error, options.error))));
      };
      const enclosed = enclosedFront(problem, { error: options.error, onProgress });
      progress.stop();
      const asked = budget ?? (options.knee === true ? kneeOf(enclosed) : undefined);
      const { choice, front } = asked === undefined ? { front: enclosed } : chooseOnFront(enclosed, asked);
      const { referencePoint: reference } = options;
      const volume = hypervolume(front, reference && [reference.dpo, reference.sft]);
      if (options.out !== undefined) {
        const { frontColumns, frontRows } = await import('../../convex/front/front-table.js');
        const { writeTable } = await import('../../base/table-file.js');
        await writeTable(options.out, frontRows(front), frontColumns);
      }
      const points = front.supports.map(({ point }) => point);
      const knee = front.knee && { lambda: front.knee.lambda, dpo: front.knee.dpo, sft: front.knee.sft };
      if (options.json === true) {
        printJson({
          points,
          inner: front.inner,
          outer: front.outer,
          error: front.error,
          ranges: front.ranges,
          hypervolume: volume,
          // Of a straight front there is none.
          knee: knee ?? null,
          ...(choice && { choice }),
          ...(problem.conditionalOnConvexity && { conditionalOn: 'convexity' }),
          provenance: provenance(0, text),
        });
        return;
      }
      printTable(
        ['λ', 'dpo', 'sft', 'certificate'],
        points.map(({ lambda, dpo, sft, certificate }) => [lambda, dpo, sft, certificate].map(shortNumber)),
      );
      const line = (words: string): void => void process.stdout.write(`${words}\n`);
      line(
        `\n${points.length} solves: the front lies between two polygons that are ${textAbove(front.error)} of its ranges apart`,
      );
      for (const name of front.flat) {
        line(
          `f_${name.toUpperCase()} is not known to vary by ${textAbove(front.ranges[name])}, which counts as its range`,
        );
      }
      if (front.error > options.error) {
        const largest = Math.max(...points.map(({ certificate }) => certificate));
        line(`the certificates of the minima, the largest ${textAbove(largest)}, allow no more`);
      }
      const bettered = betteredPoints(front).map(({ lambda }) => shortNumber(lambda));
      if (bettered.length > 0) line(`not on the front, as other points better it: λ ${bettered.join(', ')}`);
      line(
        `hypervolume [${textBelow(volume.lower)}, ${textAbove(volume.upper)}] for ${volume.referencePoint.map(shortNumber).join(', ')}`,
      );
      line(
        knee === undefined
          ? 'knee  none: the front is straight'
          : `knee  λ ${shortNumber(knee.lambda)}  dpo ${shortNumber(knee.dpo)}  sft ${shortNumber(knee.sft)}`,
      );
      if (choice !== undefined) line(choiceLine(choice));
      if (problem.conditionalOnConvexity) line('certificates are conditional on convexity');
    });
}

/** The knee as a budget. */
function kneeOf({ knee }: EnclosedFront): Budget {
  if (knee === undefined)
    throw new InputError('knee', true, 'a budget, because this front is straight and has no knee');
  return { sftAtMost: knee.sft };
}

/** A part of the range by which points near an end of the front, whose λ is nearly 0 or 1, may miss it. */
const nearEnd = 1e-6;

/** The points that lie beyond an end of the front: of an objective with many minimisers one may. */
function betteredPoints({ inner, ranges, supports }: EnclosedFront): readonly { readonly lambda: number }[] {
  const points = supports.map(({ point }) => point);
  const slack = 4 * Math.max(...points.map(({ certificate }) => certificate));
  const [most, highest] = [inner[inner.length - 1][0], inner[0][1]];
  return points.filter(
    ({ dpo, sft }) => dpo - most > slack + nearEnd * ranges.dpo || sft - highest > slack + nearEnd * ranges.sft,
  );
}

function choiceLine({ lambda, dpo, sft }: FrontChoice): string {
  const [least, most] = lambda.map((one) => -one / (1 - one));
  const shown = (loss: FrontChoice['dpo']): string =>
    typeof loss === 'number' ? `≤ ${shortNumber(loss)}` : `in [${textBelow(loss.lower)}, ${textAbove(loss.upper)}]`;
  return (
    `choice  λ in [${textBelow(lambda[0])}, ${textAbove(lambda[1])}]  dpo ${shown(dpo)}  sft ${shown(sft)}  ` +
    `exchange rate in [${textBelow(most)}, ${textAbove(least)}]`
  );
}

/** The budget that one of three options gives. */
function budgetOf({ forgetAtMost, sftAtMost, dpoAtMost }: FrontCommandOptions): Budget | undefined {
  const given = [
    ...(forgetAtMost === undefined ? [] : [{ forgetAtMost }]),
    ...(sftAtMost === undefined ? [] : [{ sftAtMost }]),
    ...(dpoAtMost === undefined ? [] : [{ dpoAtMost }]),
  ];
  if (given.length < 2) return given.at(0);
  throw new InputError('budget', Object.assign({}, ...given), 'one of forget-at-most, sft-at-most, dpo-at-most');
}
