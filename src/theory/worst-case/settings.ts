import { InputError } from '../../base/input-error.js';
import { schedules } from '../../schedule/index.js';
import type { KeptBudget, Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { checkedLambda, checkedSteps, describedSettings } from '../../schedule/settings.js';
import { sft } from '../../schedule/single.js';
import { isOpenLoop } from '../../schedule/step.js';
import { stepSizes } from '../../schedule/step-size.js';
import { functionClasses, iterates, subgradient, type Iterate } from './names.js';
import { valueBound, valueScale, type FunctionClass } from './function-class.js';
import type { Gap } from './replay.js';

/** Of more steps a budget has too many sequences of choices. */
const mostBudgetSteps = 8;

/** What the worst case is asked of; lengths, slopes and curvatures in the user's own units. */
export interface WorstCaseSettings {
  /** A schedule or its name, or "subgradient", the subgradient method on one objective. */
  readonly schedule: string | Schedule;
  /** Weight of DPO; 0.5 unless given, and without effect on the subgradient method. */
  readonly lambda?: number;
  /** Updates, T (N of the subgradient method). */
  readonly steps: number;
  /** A step-size rule; R/(M√T) unless given, R/(M√(N+1)) for the subgradient method. */
  readonly stepSize?: string;
  readonly iterate?: Iterate;
  readonly class?: (typeof functionClasses)[number];
  /** M; also in the default step size of the smooth class. */
  readonly lipschitz?: number;
  /** L. */
  readonly smoothness?: number;
  /** σ*, the bound on both gradients at the comparator. */
  readonly gradientAtOptimum?: number;
  /** R. */
  readonly distance?: number;
  /** The schedule's own settings. */
  readonly [own: string]: unknown;
}

/** Checked settings, with everything that follows from them. */
export interface WorstCaseQuestion {
  readonly name: string;
  readonly schedule: Schedule;
  /** All but the optima, which a worst problem brings. */
  readonly settings: ScheduleSettings;
  /** What is measured: F_max under a schedule that steps on the larger gap, the second objective under a budget, F_λ under any other. */
  readonly gap: Gap;
  /** What a budget lets pass, of a schedule that keeps within one. */
  readonly kept?: KeptBudget;
  readonly lambda: number;
  readonly stepSizes: Float64Array;
  readonly iterate: Iterate;
  readonly functionClass: FunctionClass;
  readonly distance: number;
}

/** Checks the settings; throws an InputError that names the first one that is wrong. */
export function worstCaseQuestion(given: WorstCaseSettings): WorstCaseQuestion {
  const schedule = scheduleOf(given.schedule);
  const name = given.schedule === subgradient ? subgradient : schedule.name;
  const steps = checkedSteps(given.steps);
  const asked = checkedLambda(given.lambda ?? 0.5);
  // The subgradient method is SFT alone, and F_0 = f_SFT.
  const lambda = name === subgradient ? 0 : asked;
  const iterate = oneOf('iterate', given.iterate ?? 'mean', iterates);
  const lipschitz = positive('lipschitz', given.lipschitz ?? 1);
  const distance = positive('distance', given.distance ?? 1);
  const functionClass: FunctionClass =
    oneOf('class', given.class ?? 'lipschitz', functionClasses) === 'lipschitz'
      ? { kind: 'lipschitz', lipschitz }
      : {
          kind: 'smooth',
          smoothness: positive('smoothness', given.smoothness ?? 1),
          gradientAtOptimum: nonNegative('gradient-at-optimum', given.gradientAtOptimum ?? 1),
        };
  const scale = Math.max(valueScale(functionClass, distance), valueBound(functionClass, distance));
  if (!(scale > 1 / largestScale && scale < largestScale))
    throw new InputError(
      'distance',
      distance,
      `values, here about ${scale}, between ${1 / largestScale} and ${largestScale}`,
    );
  const horizon = name === subgradient ? steps + 1 : steps;
  const sizes =
    given.stepSize === undefined
      ? new Float64Array(steps).fill(distance / (lipschitz * Math.sqrt(horizon)))
      : stepSizes(given.stepSize, steps);
  const bad = sizes.findIndex((value) => !(value > 0 && Number.isFinite(value)));
  if (bad >= 0) throw new InputError('step-size', given.stepSize, `positive at every step (t = ${bad + 1} is not)`);
  const own = describedSettings(schedule, given);
  const kept = keptBudget(schedule, { lambda, steps, ...own }, { sizes, iterate, functionClass, distance });
  // The tolerance that statement B needs, unless another is given.
  const settings = {
    ...{ lambda, steps, ...own },
    ...(kept === undefined ? {} : { forgetAtMost: kept.budget, tolerance: kept.tolerance }),
  };
  const greedy = schedule.stepOnLarger !== undefined;
  // What a schedule does that looks at no value does not depend on the optima.
  if (!greedy && kept === undefined && !isOpenLoop(schedule, schedule.init({ ...settings, ideal: origin }), steps)) {
    throw new InputError(
      'schedule',
      name,
      'a schedule that uses no values or gradients, that steps on the larger of two recorded gaps, or that keeps a budget',
    );
  }
  if (greedy) schedule.init({ ...settings, ideal: origin });
  return {
    name,
    schedule,
    settings,
    gap: greedy ? 'max' : (kept?.second ?? 'weighted'),
    ...(kept === undefined ? {} : { kept }),
    lambda,
    stepSizes: sizes,
    iterate,
    functionClass,
    distance,
  };
}

/** Values up to this, and their reciprocals, are doubles with all their digits, also times numbers of the answer. */
const largestScale = 1e280;

/** What a schedule that keeps within a budget lets pass; the tolerance is D0²/(2αT) + αM²/2 of statement B unless one is set. */
function keptBudget(
  schedule: Schedule,
  settings: ScheduleSettings,
  asked: {
    readonly sizes: Float64Array;
    readonly iterate: Iterate;
    readonly functionClass: FunctionClass;
    readonly distance: number;
  },
): KeptBudget | undefined {
  const kept = schedule.keepsWithin?.(settings);
  if (kept === undefined) return undefined;
  const { sizes, iterate, functionClass, distance } = asked;
  if (iterate !== 'mean' && iterate !== 'average')
    throw new InputError('iterate', iterate, 'mean or average, because a budget returns an average');
  if (functionClass.kind !== 'lipschitz') throw new InputError('class', functionClass.kind, 'lipschitz under a budget');
  if (sizes.length > mostBudgetSteps)
    throw new InputError(
      'steps',
      sizes.length,
      `at most ${mostBudgetSteps} under a budget: every sequence of choices is solved`,
    );
  const tolerance = kept.tolerance > 0 ? kept.tolerance : sufficientTolerance(sizes, functionClass, distance);
  if (!(tolerance > 0 && tolerance < Infinity))
    throw new InputError(
      'distance',
      distance,
      'a distance whose square, and that of the slope, neither overflow nor underflow under a budget',
    );
  return { ...kept, tolerance };
}

/** D0²/(2Σα_t) + M²Σα_t²/(2Σα_t), what statement B needs, and rounding: with as much some step is on the second objective. */
export function sufficientTolerance(stepSizes: Float64Array, functionClass: FunctionClass, distance: number): number {
  const lipschitz = functionClass.kind === 'lipschitz' ? functionClass.lipschitz : Infinity;
  const sum = stepSizes.reduce((total, size) => total + size, 0);
  const squares = stepSizes.reduce((total, size) => total + size ** 2, 0);
  return ((distance ** 2 + lipschitz ** 2 * squares) / (2 * sum)) * (1 + 1e-12);
}

const origin = { dpo: 0, sft: 0 };

function scheduleOf(given: string | Schedule): Schedule {
  if (typeof given !== 'string') return given;
  if (given === subgradient) return sft;
  if (Object.hasOwn(schedules, given)) return schedules[given];
  throw new InputError('schedule', given, `one of ${[...Object.keys(schedules), subgradient].join(', ')}`);
}

function oneOf<Name extends string>(field: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new InputError(field, value, `one of ${names.join(', ')}`);
  return found;
}

function positive(field: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw new InputError(field, value, 'a positive number');
  return value;
}

function nonNegative(field: string, value: number): number {
  if (!(value >= 0 && Number.isFinite(value))) throw new InputError(field, value, 'a number of at least 0');
  return value;
}
