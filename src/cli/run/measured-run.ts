import { closePool } from '../../base/close-pool.js';
import { eachTime } from '../../base/each-time.js';
import { InputError } from '../../base/input-error.js';
import { startProgress } from '../../base/progress.js';
import { exampleCount, totalRows } from '../../convex/problem/feature-rows.js';
import type { Problem } from '../../convex/problem/problem.js';
import type { RunSettings, Trajectory } from '../../convex/simulate/trajectory.js';
import type { Pair } from '../../schedule/schedule.js';
import { stageTwoRemedies } from '../options/remedies.js';
import type { SamplingOptions } from '../options/sampling.js';

/** When the exact gap is computed: auto does where that takes some seconds at most. */
export const exactChoices = ['auto', 'always', 'never'] as const;
/** Multiplications that take about ten seconds. */
const mostExactOperations = 1e10;
/** Numbers that points may take in memory. */
const mostPointNumbers = 1e7;

/** The options of `forgetting run`; those of the schedule lie beside them. */
export interface RunArguments extends SamplingOptions, Readonly<Record<string, unknown>> {
  readonly schedule: string;
  readonly lambda?: readonly number[];
  readonly steps: number;
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

/** What one λ gives: what is printed, the ensemble behind it, and the number of its seeds. */
export type MeasuredRun = Awaited<ReturnType<typeof measuredRun>>;

/** Runs the ensemble that the options describe and measures it against certified optima. */
export async function measuredRun(problem: Problem, lambda: number, options: RunArguments) {
  const { steps, batch, seed } = options;
  const { chosenSchedule } = await import('../options/schedule.js');
  const { adaptiveRule, stepSizes: stepSizesOf } = await import('../../schedule/step-size.js');
  const { certifiedOptima, givenIdeal } = await import('../../convex/simulate/optima.js');
  const { certificateOf, gapWarnings } = await import('../../convex/simulate/certified-gap.js');
  const { ensembleMeasures } = await import('../../convex/simulate/measures.js');
  const { atSteps, riseThroughStageTwo } = await import('../../convex/simulate/forgotten.js');
  const { runEnsemble } = await import('../../convex/simulate/ensemble.js');
  const { forgettingNeedsPoints, scaleFreeMeasures } = await import('../../convex/simulate/scale-free.js');
  const { lastPoint, lostStepWarnings, mayLoseSteps } = await import('../../convex/simulate/lost-steps.js');
  const { createWorkerPool } = await import('../../convex/simulate/pool.js');
  const { stageTwoRuns } = await import('../../remedy/stage-two-runs.js');

  const { schedule, own } = await chosenSchedule(options.schedule, options);
  const remedies = await stageTwoRemedies(options, schedule);
  const hasRemedies = Object.keys(remedies).length > 0;
  const adaptive = options.stepSize.trim() === adaptiveRule;
  if (adaptive && !(problem.radius < Infinity))
    throw new InputError('step-size', options.stepSize, 'a problem on a ball, whose radius the adaptive steps need');
  const stepSizes = adaptive ? new Float64Array(steps) : stepSizesOf(options.stepSize, steps);
  const state = schedule.init({ lambda, steps, ...own, ideal: { dpo: 0, sft: 0 } });
  const twoStages = schedule.stages?.(state);
  // Without a step of stage one, the start is no model that could forget.
  const stages = twoStages !== undefined && twoStages.switchAfter > 0 ? twoStages : undefined;
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
    const run = (given: RunSettings, count: number) =>
      hasRemedies
        ? stageTwoRuns({ problem, remedies, settings: given, seed, seeds: count, onProgress })
        : runEnsemble(
            { problem, schedule: options.schedule, settings: given, seed, seeds: count },
            { ...(pool === undefined ? {} : { pool }), onProgress },
          );
    const recorded = await run(runSettings, seeds);
    const trajectories = recorded.map((one) => atSteps(one, measured, record));
    // Made as they are printed: of some hundred thousand steps they would not fit in memory.
    const trace = eachTime(function* () {
      for (const [at, step] of record.entries()) {
        const { gap, maxGap, dpo, sft } = ensembleMeasures(trajectories, at, optima.values);
        const ci95 = { gap: gap.ci95, maxGap: maxGap.ci95, dpo: dpo.ci95, sft: sft.ci95 };
        yield { step, gap: gap.mean, maxGap: maxGap.mean, dpo: dpo.mean, sft: sft.mean, ci95 };
      }
    });
    const { gap, averageGap, maxGap, averageMaxGap, ...values } = ensembleMeasures(
      trajectories,
      record.length - 1,
      optima.values,
    );
    // The mean of a run's points says nothing of the model that an average hands over.
    const hasMeans = remedies.average === undefined;
    const final = {
      gap,
      ...(hasMeans && { averageGap }),
      maxGap,
      ...(hasMeans && { averageMaxGap }),
      ...values,
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
      warnings: [...gapWarnings(final, optima.values), ...new Set(reasons), ...(await lostSteps(recorded[0], run))],
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
    if (pool !== undefined) await closePool(pool);
  }

  /** Says where rounding takes the steps of the first seed's run, whose last point takes a run of its own if need be. */
  async function lostSteps(
    first: Trajectory,
    run: (given: RunSettings, count: number) => Promise<Trajectory[]>,
  ): Promise<string[]> {
    if (adaptive) return [];
    const asked = { problem, schedule, settings: runSettings, optima };
    const [dpo, sft] = first.values.subarray(-2);
    if (!mayLoseSteps(asked, { dpo, sft })) return lostStepWarnings(asked);
    const known = lastPoint(first, problem.dimension);
    const [again] =
      known === undefined ? await run({ ...runSettings, record: [steps], recordPoints: true }, 1) : [first];
    return lostStepWarnings(asked, lastPoint(again, problem.dimension));
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
