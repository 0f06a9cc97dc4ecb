import type { Problem } from '../convex/problem/problem.js';
import { schedules } from '../schedule/index.js';
import type { Order, Pair } from '../schedule/schedule.js';
import { describedSettings } from '../schedule/settings.js';
import { runEnsembles } from '../convex/simulate/ensemble.js';
import { estimate, type Estimate } from '../base/statistics.js';
import { ensembleMeasures, type EnsembleMeasures } from '../convex/simulate/measures.js';
import { conflictRanges, normalizedIdealDistance } from '../convex/simulate/scale-free.js';
import { gapWarnings } from '../convex/simulate/certified-gap.js';
import { stepSizes } from '../schedule/step-size.js';
import type { RunSettings, Trajectory } from '../convex/simulate/trajectory.js';
import type { ExperimentContext } from './experiment.js';
import { referenceOptima, type ReferenceOptima } from './reference-optima.js';

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
  /** η: what is added to the optima that the schedule is told. */
  readonly optimumError?: Pair;
  /** The steps after which to measure; only the last where absent. */
  readonly record?: readonly number[];
  /** The λ of the measures; the run's own where absent. */
  readonly measuredAt?: number;
  /** Whether to keep the points of the first seed. */
  readonly path?: boolean;
}

/** The measures over the seeds of an ensemble at one step. */
export interface ComparedMeasures extends EnsembleMeasures {
  /** With each objective in units of f_i(θ_j*) − f_i*, i ≠ j; null where the objectives are not in conflict. */
  readonly normalizedIdealDistance: Estimate | null;
}

/** What an ensemble measured. */
export interface EnsembleResult {
  /** The steps measured after, ascending. */
  readonly steps: readonly number[];
  /** The measures over all seeds after each of these steps. */
  readonly measures: readonly ComparedMeasures[];
  /** Objective gradients and loss evaluations of one run. */
  readonly gradients: number;
  readonly evaluations: number;
  /** f_DPO and f_SFT of the first seed's run after each of these steps. */
  readonly firstSeed: readonly Pair[];
  /** Its points, where asked for. */
  readonly path: readonly (readonly number[])[];
}

/**
 * Runs ensembles of equally many seeds on one problem, or finds them among the finished tasks: those that each would
 * be alone, but faster together.
 */
export async function ensembles(
  context: ExperimentContext,
  problem: Problem,
  members: readonly EnsembleSettings[],
): Promise<EnsembleResult[]> {
  const { cache, seed, pool, progress } = context;
  const [{ seeds }] = members;
  if (members.some((member) => member.seeds !== seeds))
    throw new Error('ensembles run together have equally many seeds');
  const references = await Promise.all(
    members.map(({ lambda, measuredAt = lambda }) => referenceOptima(context, problem, measuredAt)),
  );
  const optima = references.map((reference) => reference.optima);
  const work = seeds * members.reduce((sum, { steps }) => sum + steps, 0);
  progress.planned(work);
  let reported = 0;
  const report = (part: number): void => {
    progress.done(part - reported);
    reported = part;
  };
  const results = await cache.get(['ensembles', problem.data, members, seed], async () => {
    const trajectories = await runEnsembles(
      {
        problem,
        members: members.map((member, i) => ({
          schedule: member.schedule,
          settings: runSettings(member, optima[i].ideal),
        })),
        seed,
        seeds,
      },
      {
        pool,
        onProgress: (runs) => {
          report((work * runs) / (seeds * members.length));
        },
      },
    );
    return members.map((member, i) => resultOf(member, trajectories[i], references[i], problem.dimension));
  });
  report(work);
  results.forEach(({ measures }, i) => {
    const { schedule, lambda } = members[i];
    const last = measures[measures.length - 1];
    for (const line of gapWarnings(last, optima[i])) context.warn?.(`${schedule}, λ = ${lambda}: ${line}`);
  });
  return results;
}

function runSettings(member: EnsembleSettings, ideal: Pair): RunSettings {
  const { schedule, lambda, steps, stepSize, batch = 1, values = 'minibatch', gradientBatch = 'shared' } = member;
  const { dpo, sft } = member.optimumError ?? { dpo: 0, sft: 0 };
  return {
    schedule: {
      ...{ lambda, steps, ideal: { dpo: ideal.dpo + dpo, sft: ideal.sft + sft } },
      ...describedSettings(schedules[schedule], { ...member }),
    },
    stepSizes: stepSizes(stepSize, steps),
    ...{ batch, values, gradientBatch },
    ...(member.valueNoise === undefined ? {} : { valueNoise: member.valueNoise }),
    record: recordOf(member),
    recordPoints: member.path === true,
  };
}

function recordOf({ record, steps }: EnsembleSettings): readonly number[] {
  return record ?? [steps];
}

function resultOf(
  member: EnsembleSettings,
  trajectories: readonly Trajectory[],
  reference: ReferenceOptima,
  dimension: number,
): EnsembleResult {
  const steps = recordOf(member);
  const { optima } = reference;
  const ranges = conflictRanges({ ideal: { dpo: solutionOf(reference, 'dpo'), sft: solutionOf(reference, 'sft') } });
  const normalized = (at: number): Estimate | null =>
    ranges === undefined
      ? null
      : estimate(
          trajectories.map(({ values }) =>
            normalizedIdealDistance({ dpo: values[2 * at], sft: values[2 * at + 1] }, optima.ideal, ranges),
          ),
        );
  const [first] = trajectories;
  return {
    steps,
    measures: steps.map((_, at) => ({
      ...ensembleMeasures(trajectories, at, optima),
      normalizedIdealDistance: normalized(at),
    })),
    gradients: first.gradients,
    evaluations: first.evaluations,
    firstSeed: steps.map((_, at) => ({ dpo: first.values[2 * at], sft: first.values[2 * at + 1] })),
    path:
      member.path === true
        ? steps.map((_, at) => Array.from(first.points.subarray(at * dimension, (at + 1) * dimension)))
        : [],
  };
}

/** The minimum of one objective, as the ideal point has it. */
function solutionOf(reference: ReferenceOptima, of: 'dpo' | 'sft') {
  const { measures, certificate } = reference[of];
  return { dpo: measures.dpo, sft: measures.sft, value: reference.optima.ideal[of], certificate };
}
