import { sum } from 'd3-array';
import type { SubjectKey } from '../theory/verify/suite.js';
import type { Extent } from '../theory/extent.js';
import { interval95 } from '../theory/verify/verdict.js';
import type { CheckTask } from '../theory/verify/verify-worker.js';
import type { Check, Exemption } from '../theory/verify/verify.js';
import type { Estimate } from '../base/statistics.js';
import type { ExperimentContext } from './experiment.js';
import { siblingModule, taskResult } from './task.js';

/** A theorem measured on a problem. */
export interface Checked {
  /** The theorem's. */
  readonly id: string;
  /** The problem's name, without what distinguishes the ways in which a theorem is checked on it. */
  readonly problem: string;
  /** What distinguishes them, as "k = 10"; empty where there is one way alone. */
  readonly variant: string;
  readonly lambda: number;
  readonly steps: number;
  readonly measured: Estimate;
  readonly bound: number;
}

/** Measures the theorems of the given ids (or of the statements whose letter is given) on one subject of the suite. */
export async function checks(
  context: ExperimentContext,
  key: SubjectKey,
  ids: readonly string[],
  extent: Extent,
): Promise<Checked[]> {
  const { steps, seeds, rateSteps, rateSeeds } = extent;
  const work = sum(steps) * seeds + sum(rateSteps) * rateSeeds;
  context.progress.planned(work);
  const task: CheckTask = { key, ids, extent };
  const found = await taskResult(context, { module: verifyWorker, name: 'default' }, task, checkedOf);
  context.progress.done(work);
  return found;
}

const verifyWorker = siblingModule('../theory/verify/verify-worker', import.meta.url);

function checkedOf(results: readonly (Check | Exemption)[]): Checked[] {
  return results.flatMap((result) => {
    if ('reason' in result) return [];
    const { id, problem: where, lambda, steps, bound, measurement } = result;
    const [problem, ...variant] = where.split(' ');
    const measured = { mean: measurement.mean, ci95: interval95(measurement) };
    return [{ id, problem, variant: variant.join(' '), lambda, steps, measured, bound }];
  });
}
