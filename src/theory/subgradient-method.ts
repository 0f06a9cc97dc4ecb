import { alright } from '../schedule/alright.js';
import { maxright } from '../schedule/maxright.js';
import { mix } from '../schedule/mix.js';
import { alrightBound, maxrightBound, mixBound, unboundedGradients } from './bounded-gradients.js';
import type { Constants } from './constants.js';
import { constantStep, constantSteps, linearStep, linearSteps, type DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import type { Setting, Subject } from './subject.js';
import type { Applied, NotApplicable, ProposedRun } from './theorem.js';

/** A schedule as a subgradient method: of what function, and how long its steps' gradients can be. */
export interface Method {
  readonly schedule: { readonly name: string };
  /** F_λ or F_max. */
  readonly minimises: keyof Setting['distances'];
  /** G: the square root of a bound on the second moment of the step's gradient. */
  readonly gradientBound: (setting: Setting) => number;
  /** Why a theorem says nothing of a run, beside gradients that are not bounded. */
  readonly silence?: (setting: Setting, run: DescribedRun) => NotApplicable | undefined;
  /** What a run is in its trials, beside schedule and step sizes. */
  readonly trial?: Partial<DescribedRun>;
}

/** The part of a theorem that says of which runs it speaks. */
export interface Domain {
  readonly schedule: Method['schedule'];
  readonly applies: (setting: Setting, run: DescribedRun) => Applied | NotApplicable;
  readonly runs: (subject: Subject, extent: Extent) => readonly ProposedRun[];
}

/** ALRIGHT is a stochastic subgradient method on F_λ. */
export const alrightMethod: Method = { schedule: alright, minimises: 'weightedSum', gradientBound: alrightBound };

/** Mix is one too. */
export const mixMethod: Method = { schedule: mix, minimises: 'weightedSum', gradientBound: mixBound };

/** MAXRIGHT that compares exact values at every step is one on F_max. */
export const maxrightMethod: Method = {
  schedule: maxright,
  minimises: 'chebyshev',
  gradientBound: maxrightBound,
  silence: (setting, run) => inexactValues(setting, run) ?? stale(run) ?? otherRule(run, false),
  trial: { values: 'full', gradientBatch: 'fresh' },
};

/** The same with exact gradients and both weights positive, so that nothing in a run is random. */
export const deterministicMethod: Method = {
  ...maxrightMethod,
  silence(setting, run) {
    const { lambda, bounds } = setting;
    if (lambda === 0 || lambda === 1)
      return { reason: 'λ is 0 or 1: a step on the objective of weight 0 can lead away' };
    if (bounds.dpo.noise !== 0 || bounds.sft.noise !== 0) return { reason: 'the gradients are stochastic' };
    return maxrightMethod.silence?.(setting, run);
  },
};

/** Why a run whose records go stale is not spoken of. */
export function stale({ period = 1 }: DescribedRun): NotApplicable | undefined {
  return period > 1 ? { reason: 'it needs an evaluation at every step' } : undefined;
}

/** Why a run is not spoken of that is told other optima, or whose steps are αw_i where they should not be, or the reverse. */
export function otherRule(run: DescribedRun, weighted: boolean): NotApplicable | undefined {
  if (run.optimumError !== undefined) return { reason: 'the optima that the schedule is told are wrong' };
  return otherSteps(run, weighted);
}

/** Why a run is not spoken of whose steps are αw_i where they should not be, or the reverse. */
export function otherSteps({ weightedSteps = false }: DescribedRun, weighted: boolean): NotApplicable | undefined {
  if (weightedSteps === weighted) return undefined;
  return { reason: weighted ? 'it needs steps αw_i' : 'it needs steps α, not αw_i' };
}

/** Why a run's values are not exact, where they are not. */
export function inexactValues({ bounds }: Setting, run: DescribedRun): NotApplicable | undefined {
  const errors = [bounds.dpo, bounds.sft].map(({ valueDeviation, valueError }) =>
    run.values === 'full' ? valueDeviation : Math.max(valueDeviation, valueError),
  );
  return Math.max(...errors) > 0 ? { reason: 'the observed values are not exact' } : undefined;
}

/** What every bound on a subgradient method may name. */
export function methodConstants(method: Method, setting: Setting) {
  const { lambda, bounds, distances } = setting;
  return {
    lambda,
    w: Math.max(lambda, 1 - lambda),
    m: Math.min(lambda, 1 - lambda),
    G_dpo: bounds.dpo.gradientBound,
    G_sft: bounds.sft.gradientBound,
    G: method.gradientBound(setting),
    D0: distances[method.minimises],
  };
}

/** What a statement on a method says of a run, unless statements on it say nothing. */
function unlessSilent(method: Method, applies: Domain['applies']): Domain['applies'] {
  return (setting, run) => unboundedGradients(setting) ?? method.silence?.(setting, run) ?? applies(setting, run);
}

type Known = ReturnType<typeof methodConstants> & { readonly alpha: number; readonly T: number };

/** Constant steps; trials take the α that makes the bound of the average least. */
export function constantStepsOf(
  method: Method,
  own: (known: Known, setting: Setting, run: DescribedRun) => Constants = () => ({}),
): Domain {
  return {
    schedule: method.schedule,
    applies: unlessSilent(method, (setting, run) => {
      const alpha = constantStep(run);
      if (alpha === undefined) return notConstant;
      const known = { ...methodConstants(method, setting), alpha };
      return { at: (T) => ({ ...known, T, ...own({ ...known, T }, setting, run) }) };
    }),
    runs: (subject, { steps }) => steps.map((T) => proposed(method, constantSteps(bestStep(method, subject, T), T))),
  };
}

/** Steps that decay linearly over the whole run; trials take the best α. */
export function linearStepsOf(method: Method): Domain {
  return {
    schedule: method.schedule,
    applies: unlessSilent(method, (setting, run) => {
      const alpha = linearStep(run);
      if (alpha === undefined) return { reason: 'it needs linearly decaying steps' };
      const whole = run.stepSizes.length;
      return { at: (T) => (T === whole ? { ...methodConstants(method, setting), alpha, T } : undefined) };
    }),
    runs: (subject, { steps }) => steps.map((T) => proposed(method, linearSteps(bestStep(method, subject, T + 1), T))),
  };
}

/** Any positive steps; trials take constant ones, the best for T + 1 points, and steps proportional to 1/√t. */
export function anyStepsOf(
  method: Method,
  own: (stepSizes: Float64Array, known: ReturnType<typeof methodConstants>) => Constants,
): Domain {
  return {
    schedule: method.schedule,
    applies: unlessSilent(method, (setting, run) => {
      const { stepSizes } = run;
      if (run.adaptive === true) return { reason: 'it needs steps that are known beforehand' };
      if (!stepSizes.every((size) => size > 0)) return { reason: 'it needs positive step sizes' };
      const known = methodConstants(method, setting);
      return { at: (T) => ({ ...known, T, ...own(stepSizes.subarray(0, T), known) }) };
    }),
    runs: (subject, { steps }) =>
      steps.flatMap((T) => {
        const first = bestStep(method, subject, 4);
        const falling = Float64Array.from({ length: T }, (_, i) => first / Math.sqrt(i + 1));
        return [
          proposed(method, constantSteps(bestStep(method, subject, T + 1), T)),
          { ...proposed(method, falling), variant: 'steps 1/√t' },
        ];
      }),
  };
}

/** The α that makes the bound of the average of so many points least: D0 / (G √points). */
export function bestStep(method: Method, subject: Subject, points: number): number {
  const D0 = subject.distances[method.minimises];
  // A start at the minimiser leaves every step size as good as another.
  return (D0 > 0 ? D0 : subject.radius) / (method.gradientBound(subject) * Math.sqrt(points));
}

function proposed({ schedule, trial = {} }: Method, stepSizes: Float64Array): ProposedRun {
  return { schedule: schedule.name, stepSizes, ...trial };
}

/** Said of a run with other step sizes. */
export const notConstant: NotApplicable = { reason: 'it needs a constant step size' };
