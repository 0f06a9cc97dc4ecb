import { InputError } from '../base/input-error.js';
import {
  bothObjectives,
  type Choice,
  type Gram,
  type ObjectiveName,
  type Outcome,
  type Pair,
  type Schedule,
} from './schedule.js';

/** What a step worked on, as files and figures call it: one objective, or both. */
export const choiceNames = ['sft', 'dpo', 'mix'] as const;
export type ChoiceName = (typeof choiceNames)[number];

/** The name of a choice that works on both objectives. */
export const onBoth = 'mix' satisfies ChoiceName;

/** The objectives whose values a schedule must be told before step t. */
export function evaluatedBefore<State>(
  schedule: Schedule<State>,
  state: State,
  step: number,
): readonly ObjectiveName[] {
  return schedule.evaluates?.(state, step) ?? none;
}

/** The state after a schedule is told a value; unchanged where it does not listen. */
export function observed<State>(
  schedule: Schedule<State>,
  state: State,
  objective: ObjectiveName,
  value: number,
): State {
  return schedule.observe === undefined ? state : schedule.observe(state, objective, value);
}

/** The state after a schedule is told the values that it asks for before step t. */
export function informed<State>(
  schedule: Schedule<State>,
  state: State,
  step: number,
  valueOf: (objective: ObjectiveName) => number,
): State {
  let told = state;
  for (const objective of evaluatedBefore(schedule, state, step)) {
    told = observed(schedule, told, objective, valueOf(objective));
  }
  return told;
}

/** What step t works on: the only outcome, or the one that a uniform number from [0, 1) picks. */
export function drawnChoice<State>(
  schedule: Schedule<State>,
  state: State,
  step: number,
  uniform: () => number,
): Choice {
  const outcomes = checkedDistribution(schedule, state, step);
  if (outcomes.length === 1) return outcomes[0].choice;
  const u = uniform();
  let sum = 0;
  for (const { choice, probability } of outcomes) {
    sum += probability;
    if (u < sum) return choice;
  }
  // Probabilities that sum to 1 except for rounding.
  return outcomes.reduce((last, outcome) => (outcome.probability > 0 ? outcome : last)).choice;
}

/** Everything that step t works on with a probability above 0. */
export function possibleOutcomes<State>(schedule: Schedule<State>, state: State, step: number): readonly Outcome[] {
  return checkedDistribution(schedule, state, step).filter(({ probability }) => probability > 0);
}

/** The objectives whose gradients a choice takes, f_DPO first. */
export function gradientsOf(choice: Choice): readonly ObjectiveName[] {
  if ('weigh' in choice) return bothObjectives;
  const { dpo, sft, gradients } = choice;
  if (gradients !== undefined) return gradients;
  return dpo === 0 ? (sft === 0 ? none : onlySft) : sft === 0 ? onlyDpo : bothObjectives;
}

/** The weights of a choice's gradients; `gram` is asked only where they depend on it. */
export function weightsOf(choice: Choice, gram: () => Gram): Pair {
  return 'weigh' in choice ? choice.weigh(gram()) : choice;
}

/** What a choice works on, in a word. */
export function choiceName(choice: Choice): ChoiceName {
  const objectives = gradientsOf(choice);
  return objectives.length === 1 ? objectives[0] : onBoth;
}

/** The objectives whose next minibatch a step consumes. */
export function drawnFor<State>(
  schedule: Schedule<State>,
  state: State,
  step: number,
  choice: Choice,
): readonly ObjectiveName[] {
  if (schedule.draws !== undefined) return schedule.draws(state, step, choice);
  const needed = [...evaluatedBefore(schedule, state, step), ...gradientsOf(choice)];
  return bothObjectives.filter((objective) => needed.includes(objective));
}

/** Where a choice is taken: the point, which moves, and arrays for both gradients. */
export interface StepContext {
  readonly theta: Float64Array;
  /** α, or what gives α from the squared length of what it multiplies. */
  readonly stepSize: number | ((squaredLength: number) => number);
  /** Writes the gradient of an objective at the point, and returns the value that the schedule is told. */
  readonly gradient: (objective: ObjectiveName, into: Float64Array) => number;
  readonly gradients: Readonly<Record<ObjectiveName, Float64Array>>;
}

/**
 * Takes a choice: computes its gradients, tells the schedule the values that come with them, and moves the point to
 * θ − α (w_DPO g_DPO + w_SFT g_SFT). Returns the schedule's state after it.
 */
export function takeChoice<State>(
  schedule: Schedule<State>,
  state: State,
  choice: Choice,
  context: StepContext,
): State {
  const { theta, stepSize, gradient, gradients } = context;
  const objectives = gradientsOf(choice);
  let told = state;
  for (const objective of objectives) {
    told = observed(schedule, told, objective, gradient(objective, gradients[objective]));
  }
  const weights = weightsOf(choice, () => gramOf(gradients.dpo, gradients.sft));
  const size = typeof stepSize === 'number' ? stepSize : stepSize(squaredLength(objectives, weights, gradients));
  if (objectives.length === 2) {
    const { dpo, sft } = gradients;
    for (let i = 0; i < theta.length; i++) theta[i] -= size * (weights.dpo * dpo[i] + weights.sft * sft[i]);
  } else {
    for (const objective of objectives) {
      const [weight, along] = [weights[objective], gradients[objective]];
      for (let i = 0; i < theta.length; i++) theta[i] -= size * (weight * along[i]);
    }
  }
  return told;
}

/** ‖w_DPO g_DPO + w_SFT g_SFT‖² of the gradients that were taken. */
function squaredLength(
  objectives: readonly ObjectiveName[],
  weights: Pair,
  gradients: StepContext['gradients'],
): number {
  const gram = gramOf(gradients.dpo, gradients.sft);
  if (objectives.length === 2) {
    return weights.dpo ** 2 * gram.dpo + weights.sft ** 2 * gram.sft + 2 * weights.dpo * weights.sft * gram.inner;
  }
  return objectives.reduce((sum, objective) => sum + weights[objective] ** 2 * gram[objective], 0);
}

/** The inner products of two gradients. */
export function gramOf(dpo: Float64Array, sft: Float64Array): Gram {
  let [dd, ss, ds] = [0, 0, 0];
  for (let i = 0; i < dpo.length; i++) {
    dd += dpo[i] * dpo[i];
    ss += sft[i] * sft[i];
    ds += dpo[i] * sft[i];
  }
  return { dpo: dd, sft: ss, inner: ds };
}

/**
 * Whether what a schedule does is known before any function is: it looks at no value, and the weights of what it may
 * work on in the given steps depend on no gradient. Exact moments and worst cases of such schedules can be computed.
 */
export function isOpenLoop<State>(schedule: Schedule<State>, initial: State, steps: number): boolean {
  if (schedule.observe !== undefined) return false;
  for (let t = 1; t <= steps; t++) {
    if (possibleOutcomes(schedule, initial, t).some(({ choice }) => 'weigh' in choice)) return false;
  }
  return true;
}

const none: readonly ObjectiveName[] = [];
const onlyDpo: readonly ObjectiveName[] = ['dpo'];
const onlySft: readonly ObjectiveName[] = ['sft'];

/** A schedule's distribution; throws an InputError where it is none, as one of a user's own may be. */
function checkedDistribution<State>(schedule: Schedule<State>, state: State, step: number): readonly Outcome[] {
  const outcomes = schedule.distribution(state, step);
  let sum = 0;
  for (const { probability, choice } of outcomes) {
    if (!(probability >= 0)) refuse('probability', probability, 'numbers ≥ 0');
    if (!isChoice(choice)) {
      refuse('choice', choice, 'finite weights of both gradients, as in { dpo: 1, sft: 0 }');
    }
    sum += probability;
  }
  if (!(Math.abs(sum - 1) <= 1e-9)) refuse('sum of probabilities', sum, '1');
  return outcomes;

  function refuse(what: string, value: unknown, expected: string): never {
    throw new InputError(`schedule ${schedule.name}: step ${step}: ${what}`, value, expected);
  }
}

/** Whether what a user's schedule gives is a choice: there nothing has checked the types. */
function isChoice(value: unknown): value is Choice {
  if (typeof value !== 'object' || value === null) return false;
  if ('weigh' in value) return typeof value.weigh === 'function';
  return 'dpo' in value && 'sft' in value && Number.isFinite(value.dpo) && Number.isFinite(value.sft);
}
