/** One of the two objectives of post-training. */
export type ObjectiveName = 'dpo' | 'sft';

/** A number for each objective. */
export interface Pair {
  readonly dpo: number;
  readonly sft: number;
}

/** What a step works on: one objective, or the weighted sum λ f_DPO + (1 − λ) f_SFT. */
export type Choice = ObjectiveName | 'mix';

/** The order of a sequential run's two stages. */
export type Order = 'sft-dpo' | 'dpo-sft';

/** Everything a schedule may be told before the first step; each schedule reads the fields it needs. */
export interface ScheduleSettings {
  /** Weight of DPO, in [0, 1]; SFT has weight 1 − λ. */
  readonly lambda: number;
  /** Number of updates in all, T. */
  readonly steps: number;
  /** Order of the stages of a sequential run. */
  readonly order?: Order;
  /** Steps of the first and of the second stage, in the order of the stages; they sum to `steps`. */
  readonly split?: readonly [number, number];
  /** MAXRIGHT evaluates both objectives every `period` steps. */
  readonly period?: number;
  /** The ideal point (f_DPO*, f_SFT*), from which MAXRIGHT measures its gaps. */
  readonly ideal?: Pair;
}

/**
 * A schedule decides which objective each step works on, and learns only from what it is told.
 *
 * Every function is pure, and the state is plain data that survives JSON, so that a run can stop and go on exactly.
 * A step t = 1 … T goes: if `evaluates(state, t)` names objectives, each of their values at θ_t is observed; then
 * `choose`; then the step is taken, and the value of what was stepped on is observed (both values for 'mix').
 */
export interface Schedule<State = unknown> {
  /** The name by which commands, files and figures call it. */
  readonly name: string;
  /** The state before step 1; throws an InputError on a setting it cannot work with. */
  init(settings: ScheduleSettings): State;
  /** The objectives whose values must be observed before the choice of step t. */
  evaluates(state: State, step: number): readonly ObjectiveName[];
  /** What step t works on; `uniform` draws from [0, 1). */
  choose(state: State, step: number, uniform: () => number): Choice;
  /** The state after being told the value of an objective at the current point. */
  observe(state: State, objective: ObjectiveName, value: number): State;
}

/** The objectives named by a schedule that needs no values before its choice. */
export const noObjectives: readonly ObjectiveName[] = [];
/** Both objectives. */
export const bothObjectives: readonly ObjectiveName[] = ['dpo', 'sft'];

/** The weight of each objective's gradient in a step on `choice`: a single objective is stepped on unweighted. */
export function gradientWeights(choice: Choice, lambda: number): Pair {
  switch (choice) {
    case 'dpo':
      return onlyDpo;
    case 'sft':
      return onlySft;
    case 'mix':
      return { dpo: lambda, sft: 1 - lambda };
  }
}

const onlyDpo: Pair = { dpo: 1, sft: 0 };
const onlySft: Pair = { dpo: 0, sft: 1 };
