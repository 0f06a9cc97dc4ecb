import type { Problem } from '../problem/problem.js';
import type { Order, Pair } from '../schedule/schedule.js';
import { runEnsemble } from '../simulate/ensemble.js';
import { ensembleMeasures, type EnsembleMeasures } from '../simulate/measures.js';
import { stepSizes } from '../simulate/step-size.js';
import type { Laboratory } from './experiment.js';
import { landmarks } from './landmarks.js';

/** One schedule on one problem, over many seeds. */
export interface EnsembleSettings {
  readonly schedule: string;
  readonly lambda: number;
  readonly steps: number;
  /** A step-size rule: a number, an expression of t and T, or "linear:α0". */
  readonly stepSize: string;
  readonly seeds: number;
  readonly order?: Order;
  readonly split?: readonly [number, number];
  readonly period?: number;
  readonly batch?: number;
  readonly values?: 'minibatch' | 'full';
  readonly gradientBatch?: 'shared' | 'fresh';
  readonly valueNoise?: number;
  /** The steps after which to measure; only the last where absent. */
  readonly record?: readonly number[];
  /** The λ of the measures; the run's own where absent. */
  readonly measuredAt?: number;
  /** Whether to keep the points of the first seed. */
  readonly path?: boolean;
}

/** What an ensemble measured. */
export interface EnsembleResult {
  /** The steps measured after, ascending. */
  readonly steps: readonly number[];
  /** The measures over all seeds after each of these steps. */
  readonly measures: readonly EnsembleMeasures[];
  /** Objective gradients and loss evaluations of one run. */
  readonly gradients: number;
  readonly evaluations: number;
  /** f_DPO and f_SFT of the first seed's run after each of these steps. */
  readonly firstSeed: readonly Pair[];
  /** Its points, where asked for. */
  readonly path: readonly (readonly number[])[];
}

/** Runs an ensemble, or finds it among the finished pieces. */
export async function ensemble(
  laboratory: Laboratory,
  problem: Problem,
  settings: EnsembleSettings,
): Promise<EnsembleResult> {
  const { cache, seed, pool, progress } = laboratory;
  const { lambda, steps, seeds } = settings;
  const { optima } = await landmarks(laboratory, problem, settings.measuredAt ?? lambda);
  progress.planned(steps * seeds);
  let done = 0;
  const result = await cache.get(['ensemble', problem.data, settings, seed], async () => {
    const record = settings.record ?? [steps];
    const { order, split, period } = settings;
    const trajectories = await runEnsemble(
      {
        problem,
        schedule: settings.schedule,
        settings: {
          schedule: {
            lambda,
            steps,
            ideal: optima.ideal,
            ...(order === undefined ? {} : { order }),
            ...(split === undefined ? {} : { split }),
            ...(period === undefined ? {} : { period }),
          },
          stepSizes: stepSizes(settings.stepSize, steps),
          batch: settings.batch ?? 1,
          values: settings.values ?? 'minibatch',
          gradientBatch: settings.gradientBatch ?? 'shared',
          ...(settings.valueNoise === undefined ? {} : { valueNoise: settings.valueNoise }),
          record,
          recordPoints: settings.path === true,
        },
        seed,
        seeds,
      },
      {
        pool: pool(),
        onProgress: (runs) => {
          progress.done((runs - done) * steps);
          done = runs;
        },
      },
    );
    const [first] = trajectories;
    const { dimension } = problem;
    return {
      steps: record,
      measures: record.map((_, at) => ensembleMeasures(trajectories, at, optima)),
      gradients: first.gradients,
      evaluations: first.evaluations,
      firstSeed: record.map((_, at) => ({ dpo: first.values[2 * at], sft: first.values[2 * at + 1] })),
      path:
        settings.path === true
          ? record.map((_, at) => Array.from(first.points.subarray(at * dimension, (at + 1) * dimension)))
          : [],
    };
  });
  progress.done((seeds - done) * steps);
  return result;
}
