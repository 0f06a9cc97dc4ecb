import { Command } from 'commander';
import { eachTime } from '../../base/each-time.js';
import { InputError } from '../../base/input-error.js';
import { exampleCount, totalRows } from '../../convex/problem/feature-rows.js';
import type { Problem } from '../../convex/problem/problem.js';
import type { Estimate } from '../../base/statistics.js';
import type { RunSettings, Trajectory } from '../../convex/simulate/trajectory.js';
import type { Pair } from '../../schedule/schedule.js';
import {
  integerOption,
  lambdaOption,
  numberOption,
  optionName,
  pairOption,
  tableFile,
  wordOption,
} from '../arguments.js';
import { addStageTwoOptions, stageTwoRemedies } from '../options/remedies.js';
import { withSchedule } from '../schedule-command.js';
import { printJson, printTable } from '../output.js';
import { shortNumber } from '../../base/text.js';
import { startProgress } from '../../base/progress.js';

/** When the exact gap is computed: auto does where that takes some seconds at most. */
const exactChoices = ['auto', 'always', 'never'] as const;
/** Multiplications that take about ten seconds. */
const mostExactOperations = 1e10;
/** Numbers that points may take in memory. */
const mostPointNumbers = 1e7;

/** The command's own options; those of the schedule lie beside them. */
interface RunArguments extends Readonly<Record<string, unknown>> {
  readonly schedule: string;
  readonly lambda?: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly values: 'minibatch' | 'full';
  readonly gradientBatch: 'shared' | 'fresh';
  readonly valueNoise?: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly seed: number;
  readonly trace?: number;
  readonly workers?: number;
  readonly optimum?: Pair;
  readonly exact: (typeof exactChoices)[number];
  readonly out?: string;
  readonly perSeed?: boolean;
  readonly json?: boolean;
}

/** `forgetting run`: a schedule on a problem, over many seeds. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run a schedule on a problem over many seeds')
    .argument('<problem>', 'problem file');
  return addStageTwoOptions(withSchedule(command))
    .option(
      '--lambda <numbers>',
      'weight of DPO; several with commas, as a range (0:1:0.05) or repeated (default: 0.5)',
      lambdaOption,
    )
    .option('--steps <T>', 'number of updates in all', integerOption('steps', 1), 1000)
    .option('--batch <b>', 'examples in a minibatch', integerOption('batch', 1), 1)
    .option(
      '--values <which>',
      'the values that a schedule sees: minibatch or full',
      wordOption('values', ['minibatch', 'full']),
      'minibatch',
    )
    .option(
      '--gradient-batch <which>',
      'the gradient is taken on the minibatch the choice was made by (shared) or a fresh one',
      wordOption('gradient-batch', ['shared', 'fresh']),
      'shared',
    )
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
        throw new InputError('per-seed', true, 'a file for the rows, --out');
      const { readProblemFile } = await import('../../convex/problem/read.js');
      const { problem, text } = await readProblemFile(file);
      const { provenance } = await import('../provenance.js');
      const origin = provenance(given.seed, text);
      const runs: Run[] = [];
      for (const lambda of lambdas) runs.push(await run(problem, lambda, given));
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
        await printResult(result, { ...given, seeds }, lambdas[i]);
      }
    });
}

type Run = Awaited<ReturnType<typeof run>>;

/** Runs the ensemble that the options describe and measures it against certified optima. */
async function run(problem: Problem, lambda: number, options: RunArguments) {
  const { steps, batch, seed } = options;
  const { chosenSchedule } = await import('../options/schedule.js');
  const { adaptiveRule, stepSizes: stepSizesOf } = await import('../../convex/simulate/step-size.js');
  const { certifiedOptima, givenIdeal } = await import('../../convex/simulate/optima.js');
  const { certificateOf, gapWarnings } = await import('../../convex/simulate/certified-gap.js');
  const { ensembleMeasures } = await import('../../convex/simulate/measures.js');
  const { atSteps, riseThroughStageTwo } = await import('../../convex/simulate/forgotten.js');
  const { runEnsemble } = await import('../../convex/simulate/ensemble.js');
  const { forgettingNeedsPoints, scaleFreeMeasures } = await import('../../convex/simulate/scale-free.js');
  const { createWorkerPool } = await import('../../convex/simulate/pool.js');
  const { stageTwoRuns } = await import('../../remedy/stage-two-runs.js');

  const { schedule, own } = await chosenSchedule(options.schedule, options);
  const remedies = await stageTwoRemedies(options, schedule);
  const hasRemedies = Object.keys(remedies).length > 0;
  const adaptive = options.stepSize.trim() === adaptiveRule;
  if (adaptive && !(problem.radius < Infinity))
    throw new InputError('step-size', options.stepSize, 'a problem on a ball, whose radius the adaptive steps need');
  const stepSizes = adaptive ? new Float64Array(steps) : stepSizesOf(options.stepSize, steps);
  const stages = schedule.stages?.(schedule.init({ lambda, steps, ...own, ideal: { dpo: 0, sft: 0 } }));
  const ideal = options.optimum === undefined ? undefined : givenIdeal(problem, options.optimum);
  const optima = certifiedOptima(problem, lambda, ideal);
  const settings = { lambda, steps, ...own, ideal: optima.values.ideal };
  const record = recordedSteps(steps, options.trace);
  // The end of stage one is recorded too, because what is forgotten is measured from there.
  const measured = [...new Set(stages === undefined ? record : [...record, stages.switchAfter])].sort((a, b) => a - b);

  const runSettings: RunSettings = {
    schedule: settings,
    stepSizes,
    ...(adaptive ? { adaptive } : {}),
    batch,
    values: options.values,
    gradientBatch: options.gradientBatch,
    ...(options.valueNoise === undefined ? {} : { valueNoise: options.valueNoise }),
    record: measured,
    recordPoints:
      forgettingNeedsPoints(problem, optima.ideal.sft.minimizer) &&
      measured.length * options.seeds * problem.dimension <= mostPointNumbers,
  };
  const { isRandom } = await import('../../convex/simulate/is-random.js');
  const seeds = isRandom(problem, schedule, runSettings, seed) ? options.seeds : 1;

  const threads = hasRemedies ? 0 : (options.workers ?? (isLongWork(problem, steps * seeds * batch) ? undefined : 0));
  const pool = threads === 0 ? undefined : createWorkerPool(threads && Math.min(threads, seeds));
  const progress = startProgress('runs', seeds);
  try {
    const onProgress = (done: number): void => {
      progress.update(done);
    };
    const recorded = hasRemedies
      ? await stageTwoRuns({ problem, remedies, settings: runSettings, seed, seeds, onProgress })
      : await runEnsemble(
          { problem, schedule: options.schedule, settings: runSettings, seed, seeds },
          { ...(pool === undefined ? {} : { pool }), onProgress },
        );
    const trajectories = recorded.map((one) => atSteps(one, measured, record));
    // Made as they are printed: of some hundred thousand steps they would not fit in memory.
    const trace = eachTime(function* () {
      for (const [at, step] of record.entries()) {
        const { gap, maxGap, dpo, sft } = ensembleMeasures(trajectories, at, optima.values);
        const ci95 = { gap: gap.ci95, maxGap: maxGap.ci95, dpo: dpo.ci95, sft: sft.ci95 };
        yield { step, gap: gap.mean, maxGap: maxGap.mean, dpo: dpo.mean, sft: sft.mean, ci95 };
      }
    });
    const final = {
      ...ensembleMeasures(trajectories, record.length - 1, optima.values),
      ...scaleFreeMeasures(problem, optima, trajectories, record.length - 1),
      ...(stages && { forgetting: riseThroughStageTwo(recorded, measured, stages) }),
    };
    const { weightedSum, chebyshev } = optima;
    const reasons = [weightedSum.reason, chebyshev.reason].filter((reason) => reason !== undefined);
    const result = {
      schedule: schedule.name,
      settings: own,
      ...(hasRemedies && { remedies }),
      final,
      // What each gap may be off by: the certificates of the optima; null where nothing certifies one.
      certificates: {
        gap: certificateOf('gap', optima.values),
        maxGap: certificateOf('maxGap', optima.values),
        dpo: optima.ideal.dpo.certificate,
        sft: optima.ideal.sft.certificate,
      },
      warnings: [...gapWarnings(final, optima.values), ...new Set(reasons)],
      ...(await exactGap()),
      gradients: trajectories[0].gradients,
      evaluations: trajectories[0].evaluations,
      trace: options.trace === undefined ? [] : trace,
      ...(problem.conditionalOnConvexity ? { conditionalOn: 'convexity' } : {}),
    };
    const ensemble = {
      problem,
      schedule,
      settings: { ...runSettings, record },
      seed,
      trajectories,
      optima: optima.values,
      scaleFree: (among: readonly Trajectory[], at: number) => scaleFreeMeasures(problem, optima, among, at),
    };
    return { result, ensemble, seeds };
  } finally {
    progress.stop();
    await pool?.destroy();
  }

  async function exactGap(): Promise<{ exactGap: number | null; exactGapLeftOut?: string }> {
    const { exactGaps, exactOperations, hasExactMoments } = await import('../../convex/simulate/exact-moments.js');
    const { data } = problem;
    const unknown = data.kind !== 'quadratic' || problem.radius < Infinity || !hasExactMoments(schedule, settings);
    if (hasRemedies || unknown || options.exact === 'never') return { exactGap: null };
    const { minimizer } = optima.weightedSum;
    const asked = { schedule, settings, stepSizes, batch, minimizer, record: [steps] };
    const operations = exactOperations(data, asked);
    if (options.exact === 'auto' && operations > mostExactOperations) {
      const left = `left out: about ${operations.toExponential(0)} multiplications; --exact always computes it`;
      return { exactGap: null, exactGapLeftOut: left };
    }
    return { exactGap: exactGaps(data, asked)[0] };
  }
}

/** θ_0, every so many steps, and the last. */
function recordedSteps(steps: number, every: number | undefined): number[] {
  if (every === undefined) return [steps];
  const grid = Array.from({ length: Math.ceil(steps / every) }, (_, i) => i * every);
  return [...grid, steps];
}

/** Whether threads pay: starting them costs about as much as this many multiplications. */
function isLongWork(problem: Problem, samples: number): boolean {
  const { data, dimension } = problem;
  const rows = data.kind === 'log-linear' ? totalRows(data.sft.rows) / exampleCount(data.sft.rows) : dimension;
  return samples * (2 * rows + 10) * dimension > 2e8;
}

function nonNegative(field: string): (text: string) => number {
  return (text) => {
    const value = numberOption(field)(text);
    if (value < 0) throw new InputError(field, value, 'a number ≥ 0');
    return value;
  };
}

async function printResult(
  result: Run['result'],
  options: Pick<RunArguments, 'seeds' | 'steps' | 'trace'>,
  lambda: number,
): Promise<void> {
  const { certificateText } = await import('../../convex/simulate/certified-gap.js');
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
