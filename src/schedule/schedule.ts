import type * as z from 'zod';

/** One of the two objectives of post-training. */
export type ObjectiveName = 'dpo' | 'sft';

/** A number for each objective. */
export interface Pair {
  readonly dpo: number;
  readonly sft: number;
}

/** The inner products of the two gradients: ‖g_DPO‖², ‖g_SFT‖² and ⟨g_DPO, g_SFT⟩. */
export interface Gram extends Pair {
  readonly inner: number;
}

/** What a step moves along: a weighted sum of the two gradients. */
export type Choice = WeightedChoice | CombiningChoice;

/** Weights known before any gradient: { dpo: 1, sft: 0 } steps on DPO alone, { dpo: λ, sft: 1 − λ } on F_λ. */
export interface WeightedChoice extends Pair {
  /** The objectives whose gradients are taken; unless given, those whose weight is not 0. */
  readonly gradients?: readonly ObjectiveName[];
}

/** Weights that depend on both gradients through their Gram matrix, as those of MGDA, PCGrad and CAGrad do. */
export interface CombiningChoice {
  weigh(gram: Gram): Pair;
}

/** What a step may work on, and how likely that is under the schedule's own draw. */
export interface Outcome {
  readonly choice: Choice;
  readonly probability: number;
}

/** The order of a run's two stages. */
export type Order = 'sft-dpo' | 'dpo-sft';

/** Everything that a schedule is told before the first step: what all are told, and its own settings. */
export interface ScheduleSettings {
  /** Weight of DPO, in [0, 1]; SFT has weight 1 − λ. */
  readonly lambda: number;
  /** Number of updates in all, T. */
  readonly steps: number;
  /** The ideal point (f_DPO*, f_SFT*), from which gaps are measured. */
  readonly ideal?: Pair;
  /** A schedule's own settings, which its schema checks. */
  readonly [own: string]: unknown;
}

/** The two stages of a run: the objective of each, and where they meet. */
export interface Stages {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The last step of stage one; 0 where that was made before the run. */
  readonly switchAfter: number;
}

/** A schedule under some of its settings, as figures tell it apart from others. */
export interface Variant {
  readonly key: string;
  readonly label: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A schedule decides what each step works on, and learns only from what it is told.
 *
 * Every function is pure, and the state is plain data that survives JSON, so that a run can stop and go on exactly.
 * A step t = 1 … T goes as in step.ts: if `evaluates(state, t)` names objectives, each of their values at θ_t is
 * observed; one entry of `distribution(state, t)` is taken; the gradients of that choice are taken and the value of
 * each objective that has one is observed, f_DPO first.
 */
export interface Schedule<State = unknown> {
  /** The name by which commands and files call it. */
  readonly name: string;
  /** The name in figures and texts; `name` unless given. */
  readonly label?: string;
  /** What a step works on, for help texts: one line. */
  readonly description?: string;
  /**
   * Its own settings, from which the options of commands, their help and the description of a run follow: numbers,
   * booleans, texts, enums and tuples of numbers. A field's `meta` has its description and the name of its value.
   */
  readonly settings?: z.ZodObject;
  /** The settings that figures tell apart, where there are some. */
  readonly variants?: readonly Variant[];
  /** The state before step 1; throws an InputError on a setting it cannot work with. */
  init(settings: ScheduleSettings): State;
  /** The objectives whose values must be observed before the choice of step t; none unless given. */
  evaluates?(state: State, step: number): readonly ObjectiveName[];
  /**
   * What step t may work on; the probabilities sum to 1. A single entry is taken without a draw. Of several, one
   * uniform number u picks the first whose cumulative probability exceeds u, also where one of them has probability 1.
   */
  distribution(state: State, step: number): readonly Outcome[];
  /**
   * The state after being told the value of an objective at the current point. A schedule without it never looks at a
   * value: what it does is known beforehand, so that exact moments and worst cases can be computed.
   */
  observe?(state: State, objective: ObjectiveName, value: number): State;
  /** The objectives whose next minibatch a step consumes; those evaluated or stepped on unless given. */
  draws?(state: State, step: number, choice: Choice): readonly ObjectiveName[];
  /** The weighted gaps w_i (f_i − f_i*) on record, of a schedule that keeps them. */
  weightedGaps?(state: State): Pair;
  /**
   * The choice of a step on an objective, of a schedule that evaluates both at fixed steps, refreshes the record of
   * what it steps on, and always steps on the objective with the larger record, ties to SFT: it minimises F_max, and
   * its worst cases can be computed.
   */
  stepOnLarger?(state: State, objective: ObjectiveName): WeightedChoice;
  /**
   * The rule of a schedule that steps on `first` where its value lies above its optimum by more than `budget` and
   * `tolerance` together, and on `second` elsewhere, and hands over the average of the points at its steps on `second`: its
   * worst cases can be computed.
   */
  keepsWithin?(settings: ScheduleSettings): KeptBudget;
  /**
   * The objective whose steps' points the average of a run is taken over, of a schedule that hands over such an average;
   * the points of all steps unless given.
   */
  averagedOver?(state: State): ObjectiveName;
  /** The stages of a schedule that has two: what remedies for forgetting add to stage two begins behind the first. */
  stages?(state: State): Stages;
  /** How compiled kernels run it; where it is absent or gives none, the reference runs it. */
  kernel?(state: State): KernelRule | undefined;
}

/** What one objective may lose while the other is stepped on. */
export interface KeptBudget {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** δ. */
  readonly budget: number;
  /** e. */
  readonly tolerance: number;
}

/** How compiled kernels run a schedule (assembly/convex/run.ts). */
export type KernelRule =
  /** Stages on one objective and the other in turn: the last step of every stage but the last one, ascending. */
  | { readonly kind: 'stages'; readonly first: ObjectiveName; readonly ends: readonly number[] }
  /** Both gradients at every step: λ g_DPO + (1 − λ) g_SFT. */
  | { readonly kind: 'weighted-sum'; readonly lambda: number }
  /** DPO with a probability, which may depend on the step, otherwise SFT: one uniform number is drawn at every step. */
  | { readonly kind: 'draw'; readonly dpoProbability: number | ((step: number) => number) }
  /** The objective with the larger recorded weighted gap, its gradient by its factor; both are evaluated every `period` steps. */
  | {
      readonly kind: 'larger-gap';
      readonly lambda: number;
      readonly period: number;
      readonly ideal: Pair;
      readonly factors: Pair;
    }
  /**
   * DPO, along λ g, with probability 1/(1 + exp((gap of SFT − gap of DPO)/smoothing)) by the weighted gaps, otherwise SFT,
   * along (1 − λ) g; both are evaluated at every step.
   */
  | { readonly kind: 'smooth-larger-gap'; readonly lambda: number; readonly smoothing: number; readonly ideal: Pair }
  /**
   * The first objective where its value, evaluated at every step, lies above a threshold, otherwise the other, over whose
   * steps' points the average goes.
   */
  | { readonly kind: 'threshold'; readonly first: ObjectiveName; readonly threshold: number };

/** Both objectives, in the order in which their values are told. */
export const bothObjectives: readonly ObjectiveName[] = ['dpo', 'sft'];

/** Steps on one objective alone. */
export const stepOn: Readonly<Record<ObjectiveName, WeightedChoice>> = {
  dpo: { dpo: 1, sft: 0 },
  sft: { dpo: 0, sft: 1 },
};
