import { alright } from '../schedule/alright.js';
import { paper } from '../schedule/key.js';
import { loadSchedule } from '../schedule/load.js';
import type { Order, Schedule, ScheduleSettings } from '../schedule/schedule.js';
import { sequential } from '../schedule/sequential.js';
import type { PlanSettings } from './settings.js';

/** One of the two comparisons, named by the order of its sequential runs. */
export type Comparison = Order;

/** Both comparisons. */
export const comparisons: readonly Comparison[] = ['sft-dpo', 'dpo-sft'];

/** The runs that everything else stands on: single objectives to their optima, and the tuning on chosen replies. */
export type PreparatoryName = 'sft-optimum' | 'chosen' | 'dpo-optimum-sft-dpo' | 'dpo-optimum-dpo-sft';

/** A run that others depend on. */
export interface PreparatoryRun {
  readonly name: PreparatoryName;
  readonly schedule: 'sft' | 'dpo';
  /** Whether SFT is on the SFT file, or on the chosen replies of the preferences. */
  readonly targets: 'sft' | 'chosen';
  /** The run whose model is π_ref; without it, the start is. */
  readonly reference?: PreparatoryName;
}

/**
 * f_SFT* and π_ref of SFT→DPO by SFT alone, π_ref of DPO→SFT by SFT on chosen replies, and for each reference f_DPO*
 * by DPO alone: in an order in which each finds what it needs.
 */
export const preparatoryRuns: readonly PreparatoryRun[] = [
  { name: 'sft-optimum', schedule: 'sft', targets: 'sft' },
  { name: 'chosen', schedule: 'sft', targets: 'chosen' },
  { name: 'dpo-optimum-sft-dpo', schedule: 'dpo', targets: 'sft', reference: 'sft-optimum' },
  { name: 'dpo-optimum-dpo-sft', schedule: 'dpo', targets: 'sft', reference: 'chosen' },
];

/** The run whose model is the reference policy of a comparison. */
export const referenceOf: Readonly<Record<Comparison, PreparatoryName>> = {
  'sft-dpo': 'sft-optimum',
  'dpo-sft': 'chosen',
};

/** A run under a schedule that is compared with others. */
export interface ComparedRun {
  /** Its folder under runs/. */
  readonly name: string;
  readonly comparison: Comparison;
  readonly schedule: Schedule;
  /** The schedule's name, or the path of its module. */
  readonly reference: string;
  /** The weight of DPO; for Sequential the one that its split is compared with. */
  readonly lambda: number;
  /** DPO's share of the steps, planned by a sequential run; null for the others. */
  readonly dpoShare: number | null;
  readonly steps: number;
  readonly seed: number;
  /** All but the optima. */
  readonly scheduleSettings: ScheduleSettings;
}

/** A schedule that is compared with Sequential, and how it was referred to. */
export type Joint = Pick<ComparedRun, 'schedule' | 'reference'>;

/** The schedules that are compared with Sequential unless others are named. */
export const comparedByDefault: readonly string[] = [paper.mix, paper.alright, paper.maxright];

/** The schedules that are compared with Sequential. Throws an InputError where one does not load. */
export function jointSchedules({ schedules = comparedByDefault }: PlanSettings): Promise<Joint[]> {
  return Promise.all(schedules.map(async (reference) => ({ reference, schedule: await loadSchedule(reference) })));
}

/** Every compared run of an experiment, for all seeds and both comparisons. */
export function comparedRuns(settings: PlanSettings, joint: readonly Joint[]): ComparedRun[] {
  const { scale, seed: firstSeed } = settings;
  const seeds = Array.from({ length: scale.seeds }, (_, i) => firstSeed + i);
  return seeds.flatMap((seed) =>
    comparisons.flatMap((comparison) => [
      ...sequentialRuns(settings, comparison, seed),
      ...joint.flatMap((one) =>
        scale.lambdas.map((lambda) => jointRun(settings, { ...one, comparison, lambda, seed, steps: scale.steps })),
      ),
      ...horizonRuns(settings, comparison, seed, joint),
    ]),
  );
}

function sequentialRuns(settings: PlanSettings, comparison: Comparison, seed: number): ComparedRun[] {
  const { steps, parts, lambdas } = settings.scale;
  return Array.from({ length: parts - 1 }, (_, i) =>
    sequentialRun({
      comparison,
      seed,
      steps,
      dpoShare: (i + 1) / parts,
      lambda: lambdas[Math.round((i * (lambdas.length - 1)) / Math.max(1, parts - 2))],
    }),
  );
}

/** Sequential in halves and a joint schedule at λ = ½, ALRIGHT where it is compared, for other numbers of steps. */
function horizonRuns(
  settings: PlanSettings,
  comparison: Comparison,
  seed: number,
  joint: readonly Joint[],
): ComparedRun[] {
  const { steps, horizons, parts } = settings.scale;
  const beside = joint.find(({ schedule }) => schedule === alright) ?? joint[0];
  return horizons.flatMap((multiple) => {
    // Whole parts, so that evaluations meet the switch.
    const horizon = Math.round((steps * multiple) / parts) * parts;
    return [
      sequentialRun({ comparison, seed, steps: horizon, dpoShare: 1 / 2, lambda: 0.5 }),
      jointRun(settings, { ...beside, comparison, lambda: 0.5, seed, steps: horizon }),
    ];
  });
}

function sequentialRun({
  comparison,
  dpoShare,
  lambda,
  steps,
  seed,
}: Pick<ComparedRun, 'comparison' | 'lambda' | 'steps' | 'seed'> & { dpoShare: number }): ComparedRun {
  const dpoSteps = Math.round(dpoShare * steps);
  const split: [number, number] =
    comparison === 'sft-dpo' ? [steps - dpoSteps, dpoSteps] : [dpoSteps, steps - dpoSteps];
  return {
    name: `${comparison}/${sequential.name}-${split.join('+')}-seed${seed}`,
    comparison,
    schedule: sequential,
    reference: sequential.name,
    lambda,
    dpoShare,
    steps,
    seed,
    scheduleSettings: { lambda, steps, order: comparison, split },
  };
}

function jointRun(
  { scheduleSettings }: PlanSettings,
  { comparison, schedule, reference, lambda, steps, seed }: Omit<ComparedRun, 'name' | 'dpoShare' | 'scheduleSettings'>,
): ComparedRun {
  // A comparison is of one order.
  const order = schedule.settings?.shape.order === undefined ? {} : { order: comparison };
  return {
    name: `${comparison}/${schedule.name}-${lambda}-${steps}-seed${seed}`,
    comparison,
    schedule,
    reference,
    lambda,
    dpoShare: null,
    steps,
    seed,
    scheduleSettings: { lambda, steps, ...scheduleSettings, ...order },
  };
}
