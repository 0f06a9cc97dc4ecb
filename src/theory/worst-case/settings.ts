import { InputError } from '../../base/input-error.js';
import { schedules } from '../../schedule/index.js';
import type { Order, Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { checkedLambda, checkedOrder, checkedPeriod, checkedSplit, checkedSteps } from '../../schedule/settings.js';
import { stepSizes } from '../../convex/simulate/step-size.js';
import { functionClasses, iterates, worstCaseSchedules, type Iterate, type WorstCaseSchedule } from './names.js';
import type { FunctionClass } from './function-class.js';

/** What the worst case is asked of; lengths, slopes and curvatures in the user's own units. */
export interface WorstCaseSettings {
  readonly schedule: WorstCaseSchedule;
  /** Weight of DPO; 0.5 unless given, and without effect on the subgradient method. */
  readonly lambda?: number;
  /** Updates, T (N of the subgradient method). */
  readonly steps: number;
  /** MAXRIGHT's period; 1 unless given. */
  readonly period?: number;
  /** Sequential's order and stage lengths. */
  readonly order?: Order;
  readonly split?: readonly [number, number];
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
}

/** Checked settings, with everything that follows from them. */
export interface WorstCaseQuestion {
  readonly name: WorstCaseSchedule;
  readonly schedule: Schedule;
  readonly settings: ScheduleSettings;
  readonly lambda: number;
  readonly period: number;
  readonly stepSizes: Float64Array;
  readonly iterate: Iterate;
  readonly functionClass: FunctionClass;
  readonly distance: number;
}

/** Checks the settings; throws an InputError that names the first one that is wrong. */
export function worstCaseQuestion(given: WorstCaseSettings): WorstCaseQuestion {
  const name = oneOf('schedule', given.schedule, worstCaseSchedules);
  const steps = checkedSteps(given.steps);
  const asked = checkedLambda(given.lambda ?? 0.5);
  // The subgradient method is SFT alone, and F_0 = f_SFT.
  const lambda = name === 'subgradient' ? 0 : asked;
  const period = checkedPeriod(given.period ?? 1);
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
  const horizon = name === 'subgradient' ? steps + 1 : steps;
  const sizes =
    given.stepSize === undefined
      ? new Float64Array(steps).fill(distance / (lipschitz * Math.sqrt(horizon)))
      : stepSizes(given.stepSize, steps);
  const bad = sizes.findIndex((value) => !(value > 0 && Number.isFinite(value)));
  if (bad >= 0) throw new InputError('step-size', given.stepSize, `positive at every step (t = ${bad + 1} is not)`);
  const schedule = schedules[name === 'subgradient' ? 'sft' : name];
  return {
    name,
    schedule,
    settings: {
      lambda,
      steps,
      period,
      ...(given.order === undefined ? {} : { order: checkedOrder(given.order) }),
      ...(given.split === undefined ? {} : { split: checkedSplit(given.split, steps) }),
    },
    lambda,
    period,
    stepSizes: sizes,
    iterate,
    functionClass,
    distance,
  };
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
