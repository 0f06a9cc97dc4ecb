import { nextTurn } from '../base/next-turn.js';
import { InputError } from '../base/input-error.js';
import { ontoBall } from '../convex/optimum/quadratic-model.js';
import type { Problem } from '../convex/problem/problem.js';
import { checkConverged } from '../convex/simulate/converged.js';
import type { RunSettings, Trajectory } from '../convex/simulate/trajectory.js';
import { sequential } from '../schedule/sequential.js';
import { average } from './average.js';
import { chosenNll } from './chosen-nll.js';
import { ewcAnchor } from './ewc-anchor.js';
import { klAnchor } from './kl-anchor.js';
import { l2Anchor } from './l2-anchor.js';
import { laplaceAnchor } from './laplace-anchor.js';
import type { Remedy } from './remedy.js';
import { stagesOnProblem, type ProblemStages } from './setup.js';
import { atSteps } from '../convex/simulate/forgotten.js';
import { changedRun } from './stage-two-change.js';

/** The remedies that change stage two of a run, or what it hands over. */
const inStageTwo: readonly Remedy<number>[] = [l2Anchor, ewcAnchor, laplaceAnchor, klAnchor, chosenNll, average];

/** Runs in two stages with remedies. */
export interface StageTwoRuns {
  readonly problem: Problem;
  /** The parameters of the remedies by their names: { l2Anchor: 1, average: 0.5 }. */
  readonly remedies: Readonly<Record<string, number>>;
  /** How runs go: `schedule` holds Sequential's own settings too. */
  readonly settings: RunSettings;
  readonly seed: number;
  readonly seeds: number;
  /** Told the number of runs done so far. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs of Sequential whose stage two has the terms of some remedies. With `average` the values recorded after stage one are
 * those of what would be handed over there, (1 − a)θ_1 + aθ.
 * Throws an InputError where a remedy does not apply to the problem or the order, or a run diverges.
 */
export async function stageTwoRuns({
  problem,
  remedies: given,
  settings,
  seed,
  seeds,
  onProgress,
}: StageTwoRuns): Promise<Trajectory[]> {
  const { order, switchAfter, steps } = staged(settings);
  const stages = stagesOnProblem(problem, order);
  const chosen = Object.entries(given).map(([name, value]) => ({ value, remedy: applying(stages, name, value) }));
  const changes = chosen.flatMap(({ remedy, value }) => (remedy.change ? [remedy.change(stages, value)] : []));
  const perStep = chosen.reduce((sum, { remedy, value }) => sum + remedy.cost(stages, value).evaluations, 0);
  const share = given[average.parameter?.name ?? ''] as number | undefined;
  const record =
    share === undefined || settings.record.includes(switchAfter)
      ? settings.record
      : [...settings.record, switchAfter].sort((a, b) => a - b);
  const own: RunSettings = { ...settings, record, ...(share !== undefined && { recordPoints: true }) };
  const runs: Trajectory[] = [];
  for (let i = 0; i < seeds; i++) {
    const run = changedRun(stages, changes, own, seed + i);
    checkConverged(run, own, seed + i);
    const values = share === undefined ? run.values : averagedValues(problem, run, own, switchAfter, share);
    // The points of a run are not those that an average hands over.
    const points = share === undefined ? run.points : new Float64Array(0);
    const kept = atSteps({ ...run, values, points }, record, settings.record);
    runs.push({ ...kept, evaluations: run.evaluations + perStep * (steps - switchAfter) });
    onProgress?.(i + 1);
    await nextTurn();
  }
  return runs;
}

function staged({ schedule }: RunSettings) {
  const { first, switchAfter, steps } = sequential.init(schedule);
  return { order: first === 'sft' ? ('sft-dpo' as const) : ('dpo-sft' as const), switchAfter, steps };
}

/** The remedy that has a parameter; throws an InputError where it does not apply. */
function applying(stages: ProblemStages, name: string, value: number): Remedy<number> {
  const remedy = inStageTwo.find(({ parameter }) => parameter?.name === name);
  if (remedy === undefined) throw new Error(`no remedy in stage two has a parameter ${name}`);
  const missing = remedy.missing?.(stages);
  if (missing !== undefined) throw new InputError(remedy.name, value, `a problem that it applies to: ${missing}`);
  return remedy;
}

/** The values at the recorded points, those after stage one between its end and the point. */
function averagedValues(
  { dimension, radius, objectives }: Problem,
  { points, values }: Trajectory,
  { record }: RunSettings,
  switchAfter: number,
  share: number,
): Float64Array {
  const pointAt = (at: number): Float64Array => points.subarray(at * dimension, (at + 1) * dimension);
  const stageOne = pointAt(record.indexOf(switchAfter));
  const averaged = values.slice();
  record.forEach((step, at) => {
    if (step <= switchAfter) return;
    const here = pointAt(at);
    const theta = ontoBall(
      stageOne.map((entry, i) => (1 - share) * entry + share * here[i]),
      radius,
    );
    averaged[2 * at] = objectives.dpo.value(theta);
    averaged[2 * at + 1] = objectives.sft.value(theta);
  });
  return averaged;
}
