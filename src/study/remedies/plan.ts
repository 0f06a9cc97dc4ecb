import { InputError } from '../../base/input-error.js';
import { loadSchedule } from '../../schedule/load.js';
import type { Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { checkStageTwo, type StageTwo } from '../../llm/train/stage-two/settings.js';
import type { ExperimentSettings } from '../settings.js';
import type { ParameterValue, Surroundings, TrainedRemedy } from './trained-remedy.js';

/** How the value of a run's parameter was chosen. */
export type ChosenBy = 'theory' | 'given' | 'curve';

/** A run of a language model under a remedy, with one value of its parameter. */
export interface RemedyRun {
  readonly remedy: TrainedRemedy;
  readonly value: ParameterValue | undefined;
  readonly chosen: ChosenBy;
  /** The λ of the comparison. */
  readonly lambda: number;
  readonly steps: number;
  readonly seed: number;
  /** Its folder within that of the comparison. */
  readonly name: string;
  readonly schedule: Schedule;
  readonly reference: string;
  /** All but the optima. */
  readonly scheduleSettings: ScheduleSettings;
  readonly stageTwo?: StageTwo;
}

/** The settings of a comparison of remedies. */
export interface RemedySettings extends ExperimentSettings {
  /** The remedies, by names; all unless given. */
  readonly remedies?: readonly string[];
  /** Values of parameters, by their names, in place of theory's. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What decides the runs of a comparison: all but the files and what computes them. */
export type PlannedRemedies = Omit<RemedySettings, 'files' | 'backend'>;

/**
 * Every run of a comparison: for each seed and λ each remedy with the value of theory, or the one that is given, and those
 * that its curve goes through. All take as many steps, half of them in stage one where they have stages.
 * Throws an InputError where a value is out of its range, or none of these remedies has the parameter.
 */
export async function remedyRuns(settings: PlannedRemedies, remedies: readonly TrainedRemedy[]): Promise<RemedyRun[]> {
  const { scale, seed, parameters, training } = settings;
  const { learningRate } = training;
  const { steps, seeds, lambdas } = scale;
  const unused = Object.keys(parameters).find((name) => !remedies.some(({ parameter }) => parameter?.name === name));
  if (unused !== undefined) {
    throw new InputError(optionOf(unused), parameters[unused], 'a remedy among --remedies that has it');
  }
  const runs: RemedyRun[] = [];
  for (let s = seed; s < seed + seeds; s++) {
    for (const lambda of lambdas) {
      for (const remedy of remedies) {
        for (const { value, chosen } of valuesOf(remedy, parameters, { lambda, steps, learningRate })) {
          runs.push(await runOf(settings, { remedy, value, chosen, lambda, seed: s }));
        }
      }
    }
  }
  return runs;
}

/** Throws an InputError where theory has no value for this λ and none is given. */
function valuesOf(
  { name: remedy, parameter }: TrainedRemedy,
  given: Readonly<Partial<Record<string, string>>>,
  around: Surroundings,
): { readonly value: ParameterValue | undefined; readonly chosen: ChosenBy }[] {
  if (parameter === undefined) return [{ value: undefined, chosen: 'theory' }];
  const { name, parse, theory, standard, values } = parameter;
  const text = given[name];
  const first =
    text === undefined
      ? {
          value: theory?.(around) ?? standard?.(around),
          chosen: theory === undefined ? ('given' as const) : ('theory' as const),
        }
      : { value: parse(text, optionOf(name)), chosen: 'given' as const };
  const isUsable = (value: ParameterValue | undefined): boolean => typeof value === 'string' || Number.isFinite(value);
  if (!isUsable(first.value)) {
    const { lambda } = around;
    throw new InputError('lambdas', lambda, `a λ at which theory has ${optionOf(name)} of ${remedy}, or that option`);
  }
  // What theory is multiplied by is one number at an end of λ, or none.
  const others = [...new Set(values(around))].filter((value) => value !== first.value && isUsable(value));
  return [first, ...others.map((value) => ({ value, chosen: 'curve' as const }))];
}

async function runOf(
  { scale: { steps }, scheduleSettings }: PlannedRemedies,
  run: Pick<RemedyRun, 'remedy' | 'value' | 'chosen' | 'lambda' | 'seed'>,
): Promise<RemedyRun> {
  const { remedy, value, lambda, seed } = run;
  const split = [Math.ceil(steps / 2), Math.floor(steps / 2)] as const;
  const training = remedy.training(value, split);
  const schedule = await loadSchedule(training.schedule);
  const settings = { ...scheduleSettings, ...training.own, lambda: training.lambda ?? lambda, steps };
  const { stageTwo = {} } = training;
  const state = schedule.init({ ...settings, ideal: { dpo: 0, sft: 0 } });
  checkStageTwo(stageTwo, schedule.stages?.(state), optionOf);
  const shown = value === undefined ? '' : `-${String(value).replace(/[^\w.]/g, '_')}`;
  return {
    ...run,
    steps,
    name: `${remedy.name}${shown}-lambda${lambda}-seed${seed}`,
    schedule,
    reference: training.schedule,
    scheduleSettings: settings,
    ...(Object.keys(stageTwo).length > 0 && { stageTwo }),
  };
}

/** What a command calls a parameter. */
export function optionOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
