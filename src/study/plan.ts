import { alright } from '../schedule/alright.js';
import { paper } from '../schedule/key.js';
import { loadSchedule } from '../schedule/load.js';
import { maxright } from '../schedule/maxright.js';
import type { Order, Schedule, ScheduleSettings } from '../schedule/schedule.js';
import { sequential } from '../schedule/sequential.js';
import { dpo, sft } from '../schedule/single.js';
import type { ExperimentSettings, PlanSettings } from './settings.js';

/** One of the two comparisons, named by the order of its sequential runs. */
export type Comparison = Order;

/** Both comparisons. */
export const comparisons: readonly Comparison[] = ['sft-dpo', 'dpo-sft'];

/** The runs that everything else stands on: single objectives alone and to their optima, and the tuning on chosen replies. */
export type PreparatoryName = 'sft-optimum' | 'chosen' | `dpo-alone-${Comparison}` | `dpo-optimum-${Comparison}`;

/** What a preparatory run does, for each seed. */
export interface Preparatory {
  readonly name: PreparatoryName;
  readonly schedule: 'sft' | 'dpo';
  /** Whether SFT is on the SFT file, or on the chosen replies of the preferences. */
  readonly targets: 'sft' | 'chosen';
  /** The run whose model is π_ref; without it, the start is. */
  readonly reference?: PreparatoryName;
  /** The comparison that it belongs to, where it is one. */
  readonly comparison?: Comparison;
  /** Which of the tuning runs choose its learning rate. */
  readonly rate: AloneName;
  /** What says how many steps it has. */
  readonly length: 'optimumSteps' | 'dpoOptimumSteps';
}

/**
 * What a learning rate is chosen for beside the schedules: an objective alone, which is to generalise, and f_DPO*, the
 * least loss on the data trained on.
 */
export type AloneName = 'sft' | 'dpo' | 'dpo-optimum';

/** The run whose model is the reference policy of a comparison. */
export const referenceOf: Readonly<Record<Comparison, PreparatoryName>> = {
  'sft-dpo': 'sft-optimum',
  'dpo-sft': 'chosen',
};

/**
 * f_SFT* and π_ref of SFT→DPO by SFT alone, π_ref of DPO→SFT by SFT on chosen replies, and for each reference DPO alone
 * and f_DPO*: in an order in which each finds what it needs. Two runs of DPO, because the rate that generalises best
 * leaves the loss on the data trained on well above its least value; SFT's does not.
 */
export const preparatory: readonly Preparatory[] = [
  { name: 'sft-optimum', schedule: 'sft', targets: 'sft', rate: 'sft', length: 'optimumSteps' },
  { name: 'chosen', schedule: 'sft', targets: 'chosen', rate: 'sft', length: 'optimumSteps' },
  ...comparisons.flatMap((comparison) => {
    const common = { schedule: 'dpo', targets: 'sft', reference: referenceOf[comparison], comparison } as const;
    return [
      { ...common, name: `dpo-alone-${comparison}`, rate: 'dpo', length: 'optimumSteps' },
      { ...common, name: `dpo-optimum-${comparison}`, rate: 'dpo-optimum', length: 'dpoOptimumSteps' },
    ] as const;
  }),
];

/** Those of an experiment: with one learning rate to choose from, the run to f_DPO* is DPO alone too. */
export function preparatoryOf({
  learningRateFactors,
}: Pick<PlanSettings['scale'], 'learningRateFactors'>): readonly Preparatory[] {
  return learningRateFactors.length > 1 ? preparatory : preparatory.filter(({ rate }) => rate !== 'dpo');
}

/** A run that others depend on. */
export interface PreparatoryRun extends Preparatory {
  readonly kind: 'preparatory';
  readonly seed: number;
}

/** A model of random weights, evaluated against the reference policy of a comparison before it takes a step. */
export interface UntrainedRun {
  readonly kind: 'untrained';
  readonly comparison: Comparison;
  readonly seed: number;
}

/**
 * A run of the first seed that learning rates are chosen by: of one objective alone, or of a schedule at λ = ½ on the
 * rates that were chosen for the objectives, both judged on the validation split; or one that seeks f_DPO*, judged by the
 * least loss that it comes to.
 */
export interface TuningRun {
  readonly kind: 'tuning';
  /** Its folder under tuning/. */
  readonly name: string;
  readonly about: AloneName | 'schedule';
  /** Undefined for SFT alone, which both comparisons share. */
  readonly comparison?: Comparison;
  readonly schedule: Schedule;
  readonly reference: string;
  readonly lambda: number;
  /** The factor of the learning rate that it tries. */
  readonly factor: number;
  readonly steps: number;
  readonly seed: number;
  readonly scheduleSettings: ScheduleSettings;
}

/** What a run varies of the compared ones, to see what depends on it. */
export interface Variation {
  readonly of: 'learning rate' | 'β' | 'f_SFT*';
  /** A factor; of f_SFT* a shift, in shares of what the start has above it. */
  readonly by: number;
}

/** A run under a schedule that is compared with others. */
export interface ComparedRun {
  readonly kind: 'compared';
  /** Its folder under runs/, of varied runs under sensitivity/. */
  readonly name: string;
  readonly comparison: Comparison;
  readonly schedule: Schedule;
  /** The schedule's name, or the path of its module. */
  readonly reference: string;
  /** The weight of DPO; of Sequential's steps DPO has the same share. */
  readonly lambda: number;
  /** DPO's share of the steps, planned by a sequential run; null for the others. */
  readonly dpoShare: number | null;
  readonly steps: number;
  readonly seed: number;
  /** All but the optima. */
  readonly scheduleSettings: ScheduleSettings;
  readonly variation?: Variation;
}

/** Any run of an experiment. */
export type Run = PreparatoryRun | UntrainedRun | TuningRun | ComparedRun;

/** A schedule that is compared with Sequential, and how it was referred to. */
export type Joint = Pick<ComparedRun, 'schedule' | 'reference'>;

/** The schedules that are compared with Sequential unless others are named. */
export const comparedByDefault: readonly string[] = [paper.mix, paper.alright, paper.maxright];

/** The schedules that are compared with Sequential. Throws an InputError where one does not load. */
export function jointSchedules({
  schedules = comparedByDefault,
}: Pick<ExperimentSettings, 'schedules'>): Promise<Joint[]> {
  return Promise.all(schedules.map(async (reference) => ({ reference, schedule: await loadSchedule(reference) })));
}

/** The seeds of an experiment. */
export function seedsOf({ scale, seed }: Pick<PlanSettings, 'scale' | 'seed'>): number[] {
  return Array.from({ length: scale.seeds }, (_, i) => seed + i);
}

/** The λ nearest ½, at which schedules are tuned and asked what they learn. */
export function middleOf(lambdas: readonly number[]): number {
  return lambdas.reduce((best, lambda) => (Math.abs(lambda - 0.5) < Math.abs(best - 0.5) ? lambda : best));
}

/** The steps of a sequential run with this share of DPO, stage by stage; every stage has one at least. */
export function splitOf(comparison: Comparison, dpoShare: number, steps: number): [number, number] {
  const dpoSteps = Math.min(steps - 1, Math.max(1, Math.round(dpoShare * steps)));
  return comparison === 'sft-dpo' ? [steps - dpoSteps, dpoSteps] : [dpoSteps, steps - dpoSteps];
}

/** Every compared run of an experiment, for all seeds and both comparisons. */
export function comparedRuns(settings: PlanSettings, joint: readonly Joint[]): ComparedRun[] {
  const { steps, lambdas } = settings.scale;
  return seedsOf(settings).flatMap((seed) =>
    comparisons.flatMap((comparison) => [
      ...[sequentialJoint, ...joint].flatMap((one) =>
        lambdas.map((lambda) => runOf(settings, { ...one, comparison, lambda, seed, steps })),
      ),
      ...horizonRuns(settings, comparison, seed, joint),
    ]),
  );
}

const sequentialJoint: Joint = { schedule: sequential, reference: sequential.name };

/** Sequential in halves and a joint schedule at λ = ½, ALRIGHT where it is compared, for other numbers of steps. */
function horizonRuns(
  settings: PlanSettings,
  comparison: Comparison,
  seed: number,
  joint: readonly Joint[],
): ComparedRun[] {
  const { steps, horizons } = settings.scale;
  const beside = joint.find(({ schedule }) => schedule === alright) ?? joint[0];
  return horizons.flatMap((multiple) =>
    [sequentialJoint, beside].map((one) =>
      runOf(settings, {
        ...one,
        comparison,
        lambda: middleOf(settings.scale.lambdas),
        seed,
        steps: Math.round(steps * multiple),
      }),
    ),
  );
}

/**
 * Runs at λ = ½ of the first seeds on other learning rates and other β, and MAXRIGHT, where it is compared, with an
 * error in f_SFT*: what the findings depend on.
 */
export function sensitivityRuns(settings: PlanSettings, joint: readonly Joint[]): ComparedRun[] {
  const { steps, sensitivitySeeds } = settings.scale;
  return seedsOf(settings)
    .slice(0, sensitivitySeeds)
    .flatMap((seed) =>
      comparisons.flatMap((comparison) =>
        [sequentialJoint, ...joint].flatMap((one) =>
          variations
            .filter(({ of }) => of !== 'f_SFT*' || one.schedule === maxright)
            .map((variation) => ({
              ...runOf(settings, { ...one, comparison, lambda: middleOf(settings.scale.lambdas), seed, steps }),
              name: `${comparison}/${one.schedule.name}-${variation.of.replace(/[ *]/g, '-')}-${variation.by}-seed${seed}`,
              variation,
            })),
        ),
      ),
    );
}

const variations: readonly Variation[] = [
  ...[1 / 3, 3].map((by) => ({ of: 'learning rate', by }) as const),
  ...[1 / 3, 3].map((by) => ({ of: 'β', by }) as const),
  ...[-0.25, 0.25].map((by) => ({ of: 'f_SFT*', by }) as const),
];

function runOf(
  { scheduleSettings }: PlanSettings,
  {
    comparison,
    schedule,
    reference,
    lambda,
    steps,
    seed,
  }: Omit<ComparedRun, 'kind' | 'name' | 'dpoShare' | 'scheduleSettings'>,
): ComparedRun {
  const name = `${comparison}/${schedule.name}-${lambda}-${steps}-seed${seed}`;
  const common = { kind: 'compared', name, comparison, schedule, reference, lambda, steps, seed } as const;
  if (schedule === sequential) {
    const split = splitOf(comparison, lambda, steps);
    const dpoShare = (comparison === 'sft-dpo' ? split[1] : split[0]) / steps;
    return { ...common, dpoShare, scheduleSettings: { lambda, steps, order: comparison, split } };
  }
  // A comparison is of one order.
  const order = schedule.settings?.shape.order === undefined ? {} : { order: comparison };
  return { ...common, dpoShare: null, scheduleSettings: { lambda, steps, ...scheduleSettings, ...order } };
}

/** The runs that choose learning rates; none where there is one factor alone. */
export function tuningRuns(settings: PlanSettings, joint: readonly Joint[]): TuningRun[] {
  const { scale, seed } = settings;
  const { steps, dpoOptimumSteps, learningRateFactors } = scale;
  if (learningRateFactors.length < 2) return [];
  const alone = (about: AloneName, comparison?: Comparison): Omit<TuningRun, 'name' | 'factor'> => {
    const schedule = about === 'sft' ? sft : dpo;
    const lambda = schedule === dpo ? 1 : 0;
    const length = about === 'dpo-optimum' ? dpoOptimumSteps : steps;
    return {
      ...{ kind: 'tuning', about, schedule, reference: schedule.name, lambda, steps: length, seed },
      ...(comparison && { comparison }),
      scheduleSettings: { lambda, steps: length },
    };
  };
  const grid = (run: Omit<TuningRun, 'name' | 'factor'>): TuningRun[] =>
    learningRateFactors.map((factor) => {
      const tried = run.about === 'schedule' ? run.schedule.name : run.about;
      const name = `${run.comparison === undefined ? '' : `${run.comparison}/`}${tried}-${factor}`;
      return { ...run, name, factor };
    });
  return [
    ...grid(alone('sft')),
    ...comparisons.flatMap((comparison) => [
      ...grid(alone('dpo', comparison)),
      ...grid(alone('dpo-optimum', comparison)),
    ]),
    ...comparisons.flatMap((comparison) =>
      [sequentialJoint, ...joint].flatMap((one) => {
        const { lambda, scheduleSettings } = runOf(settings, {
          ...one,
          comparison,
          lambda: middleOf(settings.scale.lambdas),
          seed,
          steps,
        });
        return grid({ kind: 'tuning', about: 'schedule', comparison, ...one, lambda, steps, seed, scheduleSettings });
      }),
    ),
  ];
}
