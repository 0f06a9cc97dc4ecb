import { cores } from '../../base/cores.js';
import { relative } from 'node:path';
import type { Pair } from '../../schedule/schedule.js';
import { lossesOf, lossesOfGuess, optimumOf, optimumRows, runFolder } from '../collect.js';
import type { Planned, RunPlace } from '../make-runs.js';
import { preparatory, type PreparatoryName } from '../plan.js';
import { uniformGuess } from '../planned-runs.js';
import type { RunTask } from '../run-task.js';
import type { RemedyRun, RemedySettings } from './plan.js';
import { remedyFolder } from './results.js';
import type { RemedyReferences } from './summary.js';

/** The stages of a comparison: the reference policy, whose least loss is f_SFT*, then f_DPO*, then the remedies. */
export type RemedyStage = 'starts' | 'optima' | 'runs';

/** The run whose model is the reference policy and whose least loss is f_SFT*, and the one that finds f_DPO*. */
const before = { starts: 'sft-optimum', optima: 'dpo-optimum-sft-dpo' } as const satisfies Record<
  string,
  PreparatoryName
>;

/** How long they are. */
const stepsOf = { starts: 'optimumSteps', optima: 'dpoOptimumSteps' } as const;

/** A run of a comparison in its place in the plan. */
export interface PlannedRemedyRun extends Planned<RemedyStage> {
  /** What it is a run of: undefined where it comes before the remedies. */
  readonly run: RemedyRun | undefined;
  /** Whether it only measures a model of random weights. */
  readonly untrained?: true;
}

/** Every run of a comparison in a folder, in an order in which each finds what it needs. */
export function plannedRemedies(
  { seed, scale }: Pick<RemedySettings, 'seed' | 'scale'>,
  runs: readonly RemedyRun[],
  out: string,
): PlannedRemedyRun[] {
  const folderOf = preparationsIn(out, seed);
  return [
    ...(['starts', 'optima'] as const).map((stage) => {
      return { stage, folder: folderOf(before[stage]), steps: scale[stepsOf[stage]], run: undefined };
    }),
    { stage: 'optima', folder: untrainedIn(out, seed), steps: 1, run: undefined, untrained: true } as const,
    ...runs.map((run) => ({ stage: 'runs', folder: remedyFolder(out, run), steps: run.steps, run }) as const),
  ].map((planned, i) => ({ number: i + 1, name: relative(out, planned.folder), ...planned }));
}

/** Where the runs before the remedies are. */
function preparationsIn(out: string, seed: number): (name: PreparatoryName) => string {
  return (name) => runFolder(out, { kind: 'preparatory', name, seed });
}

function untrainedIn(out: string, seed: number): string {
  return runFolder(out, { kind: 'untrained', comparison: 'sft-dpo', seed });
}

/** What the ends of runs are measured by beside the start: a model of random weights, and one that knows nothing. */
export function remedyReferences(out: string, settings: Pick<RemedySettings, 'seed' | 'files'>): RemedyReferences {
  const [untrained] = optimumRows(untrainedIn(out, settings.seed));
  return { untrained: lossesOf(untrained), uniformGuess: lossesOfGuess(uniformGuess(settings)) };
}

/** The optima that the runs before the remedies found, from their folders. */
export function remedyOptima(out: string, seed: number): Pair {
  const folderOf = preparationsIn(out, seed);
  return {
    dpo: optimumOf(optimumRows(folderOf(before.optima)), 'dpo'),
    sft: optimumOf(optimumRows(folderOf(before.starts)), 'sft'),
  };
}

/** What threads make a comparison's runs from; what earlier runs decide is read where they have left it. */
export function remedyTasks(
  settings: RemedySettings,
  { out, cache, workers }: RunPlace,
): (planned: PlannedRemedyRun) => RunTask {
  const threads = Math.max(1, Math.floor(cores() / workers));
  const folderOf = preparationsIn(out, settings.seed);
  // All begin with the start and the data of the first seed, on one learning rate.
  const common = {
    ...{ settings, cache, threads, startSeed: settings.seed, factors: { dpo: 1, sft: 1 } },
    ...({ targets: 'sft', heldOut: 'heldOut' } as const),
  };
  let optima: Pair | undefined;
  return ({ stage, folder, steps, run, untrained }) => {
    if (run !== undefined) {
      const { reference: schedule, scheduleSettings, stageTwo, seed } = run;
      const ideal = (optima ??= remedyOptima(out, settings.seed));
      return {
        ...{ ...common, folder, schedule, scheduleSettings: { ...scheduleSettings, ideal }, seed },
        reference: folderOf(before.starts),
        ...(stageTwo && { stageTwo }),
      };
    }
    if (untrained === true) {
      return {
        ...{ ...common, folder, untrained, schedule: 'sft', scheduleSettings: { lambda: 0, steps } },
        ...{ reference: folderOf(before.starts), seed: settings.seed },
      };
    }
    const found = preparatory.find(({ name }) => stage !== 'runs' && name === before[stage]);
    if (found === undefined) throw new Error(`no preparatory run of ${stage}`);
    const { schedule, reference } = found;
    return {
      ...{ ...common, folder, schedule, scheduleSettings: { lambda: schedule === 'dpo' ? 1 : 0, steps } },
      ...(reference !== undefined && { reference: folderOf(reference) }),
      seed: settings.seed,
    };
  };
}
