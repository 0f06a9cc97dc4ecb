import { InputError } from '../base/input-error.js';
import { sequential } from '../schedule/sequential.js';
import type { Pair } from '../schedule/schedule.js';
import { optimumOf, optimumRows, runFolder } from './collect.js';
import { tuningRuns, type AloneName, type ComparedRun, type Comparison, type Joint, type TuningRun } from './plan.js';
import type { TuningRow } from './results.js';
import type { PlanSettings } from './settings.js';

/** Which learning rates were chosen, from the folders of the tuning runs. */
export interface LearningRates {
  /** The factors of the learning rate that a run takes: those of the tuning runs before it. */
  of(run: TuningRun | ComparedRun): Pair;
  /** The factor chosen for an objective alone, or for f_DPO*. */
  alone(about: AloneName, comparison?: Comparison): number;
  /** What every tuning run found, and which was chosen. */
  rows(): TuningRow[];
}

/**
 * The rule that chooses learning rates, with the same effort for every schedule. On the validation split of the first
 * seed's data, after T steps each: for each objective alone the factor with the smallest own loss; then for each
 * schedule at λ = ½ the factor, on top of those, with the smallest F_λ. Of Sequential it is the second stage's. For f_DPO*
 * the factor with which a run of its length comes to the smallest loss on the data trained on.
 *
 * A factor with which f_SFT reaches the uniform guess at any evaluation is passed over: the run has gone on for too long,
 * or too fast. Where all do, the one with the smallest loss is taken all the same, and the table shows it. f_DPO* is a
 * number, not a model, and may be sought there. A factor with which the run diverges is passed over too; where it does
 * with all of them, an InputError says so.
 * @param uniformGuess ln V, the f_SFT of a model that knows nothing
 */
export function learningRatesOf(
  experiment: string,
  settings: PlanSettings,
  joint: readonly Joint[],
  uniformGuess: number,
): LearningRates {
  const runs = tuningRuns(settings, joint);
  const known = new Map<string, number>();
  const chosen = (about: TuningRun['about'], comparison: Comparison | undefined, schedule: string): number => {
    const key = `${about} ${comparison ?? ''} ${schedule}`;
    const grid = (): TuningRun[] =>
      runs.filter((run) => run.about === about && run.comparison === comparison && run.schedule.name === schedule);
    const factor =
      known.get(key) ??
      bestOf(
        about === 'schedule' ? `${schedule} of ${comparison ?? ''}` : `${schedule} alone`,
        grid().map((run) => {
          const found = judged(experiment, run, uniformGuess);
          return { ...found, factor: run.factor, passesGuess: found.passesGuess && about !== 'dpo-optimum' };
        }),
      );
    known.set(key, factor);
    return factor;
  };
  const alone = (about: AloneName, comparison?: Comparison): number =>
    chosen(about, about === 'sft' ? undefined : comparison, about === 'sft' ? 'sft' : 'dpo');
  return {
    alone,
    of(run) {
      if (run.kind === 'tuning' && run.about !== 'schedule') return { dpo: run.factor, sft: run.factor };
      const { comparison, schedule, scheduleSettings } = run;
      if (comparison === undefined) throw new Error(`tuning run ${run.name} without a comparison`);
      const varied = run.kind === 'compared' && run.variation?.of === 'learning rate' ? run.variation.by : 1;
      const own = run.kind === 'tuning' ? run.factor : chosen('schedule', comparison, schedule.name);
      const [dpo, sft] = [varied * alone('dpo', comparison), varied * alone('sft')];
      if (schedule !== sequential) return { dpo: own * dpo, sft: own * sft };
      return scheduleSettings.order === 'sft-dpo' ? { dpo: own * dpo, sft } : { dpo, sft: own * sft };
    },
    rows: () =>
      runs.map((run) => ({
        about: run.about,
        comparison: run.comparison ?? null,
        schedule: run.schedule.name,
        factor: run.factor,
        ...judged(experiment, run, uniformGuess),
        chosen: chosen(run.about, run.comparison, run.schedule.name) === run.factor,
      })),
  };
}

/**
 * The factor with the smallest loss; 1 where there is no choice.
 * @param what whose learning rate it is
 */
function bestOf(what: string, grid: readonly Pick<TuningRow, 'factor' | 'value' | 'passesGuess'>[]): number {
  if (grid.length === 0) return 1;
  const finite = grid.flatMap(({ value, ...one }) => (value === null ? [] : [{ ...one, value }]));
  if (finite.length === 0) {
    const factors = grid.map(({ factor }) => factor);
    throw new InputError('learning-rate-factors', factors, `a factor with which ${what} does not diverge`);
  }
  const fair = finite.filter(({ passesGuess }) => !passesGuess);
  return (fair.length > 0 ? fair : finite).reduce((best, one) => (one.value < best.value ? one : best)).factor;
}

/** What a run comes to on the validation split, which its evaluations call held out. One that diverged has no end. */
function judged(
  experiment: string,
  run: TuningRun,
  uniformGuess: number,
): Pick<TuningRow, 'dpo' | 'sft' | 'value' | 'passesGuess'> {
  const rows = optimumRows(runFolder(experiment, run));
  const { step: last, heldOutDpo: dpo, heldOutSft: sft } = rows[rows.length - 1];
  const values: Readonly<Record<TuningRun['about'], number>> = {
    ...{ dpo, sft, schedule: run.lambda * dpo + (1 - run.lambda) * sft },
    'dpo-optimum': optimumOf(rows, 'dpo'),
  };
  const passesGuess = rows.some(({ step, heldOutSft }) => step > 0 && heldOutSft >= uniformGuess);
  if (last < run.steps) return { dpo: null, sft: null, value: null, passesGuess };
  return { dpo, sft, value: values[run.about], passesGuess };
}
