import type { Order, ScheduleSettings } from '../schedule/schedule.js';
import type { ExperimentSettings } from './settings.js';

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
  /** sequential, mix, alright or maxright. */
  readonly schedule: string;
  /** The weight of DPO; for Sequential the one that its split is compared with. */
  readonly lambda: number;
  /** DPO's share of the steps, planned by a sequential run; null for the others. */
  readonly dpoShare: number | null;
  readonly steps: number;
  readonly seed: number;
  /** All but the optima. */
  readonly scheduleSettings: ScheduleSettings;
}

const jointSchedules = ['mix', 'alright', 'maxright'];

/** Every compared run of an experiment, for all seeds and both comparisons. */
export function comparedRuns(settings: ExperimentSettings): ComparedRun[] {
  const { scale, seed: firstSeed } = settings;
  const seeds = Array.from({ length: scale.seeds }, (_, i) => firstSeed + i);
  return seeds.flatMap((seed) =>
    comparisons.flatMap((comparison) => [
      ...sequentialRuns(settings, comparison, seed),
      ...jointSchedules.flatMap((schedule) =>
        scale.lambdas.map((lambda) => jointRun(settings, { comparison, schedule, lambda, seed, steps: scale.steps })),
      ),
      ...horizonRuns(settings, comparison, seed),
    ]),
  );
}

function sequentialRuns(settings: ExperimentSettings, comparison: Comparison, seed: number): ComparedRun[] {
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

/** Sequential in halves and ALRIGHT at λ = ½, for other numbers of steps. */
function horizonRuns(settings: ExperimentSettings, comparison: Comparison, seed: number): ComparedRun[] {
  const { steps, horizons, parts } = settings.scale;
  return horizons.flatMap((multiple) => {
    // Whole parts, so that evaluations meet the switch.
    const horizon = Math.round((steps * multiple) / parts) * parts;
    return [
      sequentialRun({ comparison, seed, steps: horizon, dpoShare: 1 / 2, lambda: 0.5 }),
      jointRun(settings, { comparison, schedule: 'alright', lambda: 0.5, seed, steps: horizon }),
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
    name: `${comparison}/sequential-${split.join('+')}-seed${seed}`,
    comparison,
    schedule: 'sequential',
    lambda,
    dpoShare,
    steps,
    seed,
    scheduleSettings: { lambda, steps, order: comparison, split },
  };
}

function jointRun(
  { period }: ExperimentSettings,
  { comparison, schedule, lambda, steps, seed }: Omit<ComparedRun, 'name' | 'dpoShare' | 'scheduleSettings'>,
): ComparedRun {
  return {
    name: `${comparison}/${schedule}-${lambda}-${steps}-seed${seed}`,
    comparison,
    schedule,
    lambda,
    dpoShare: null,
    steps,
    seed,
    scheduleSettings: { lambda, steps, period },
  };
}
