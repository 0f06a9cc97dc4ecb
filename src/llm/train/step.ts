import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../base/input-error.js';
import type { Stream } from '../../base/random-stream.js';
import type { ObjectiveName, Pair, Schedule } from '../../schedule/schedule.js';
import {
  choiceName,
  drawnChoice,
  drawnFor,
  evaluatedBefore,
  gradientsOf,
  observed,
  type ChoiceName,
} from '../../schedule/step.js';
import { NotFinite } from '../finite.js';
import type { Cursor } from '../data/cursor.js';
import type { TrainingState } from './checkpoint.js';
import { clipped, globalNorm } from './clipping.js';
import { chosenGradient, type ObjectiveLoss } from './gradient.js';
import type { Minibatch } from './minibatch.js';
import type { Optimiser } from './optimiser.js';
import { withAnchor, type Anchor } from './stage-two/anchor.js';

/** What a step needs and never changes. */
export interface StepSettings {
  readonly trainable: ReadonlyMap<string, tf.Variable>;
  readonly schedule: Schedule;
  readonly minibatch: (objective: ObjectiveName, cursor: Cursor) => Minibatch;
  /** The rate of a step along gradients of the given weights, told Σ ‖g_s‖² of the steps up to and with it. */
  readonly learningRate: (step: number, weights: Pair, squares: number) => number;
  /** The largest gradient norm; longer gradients are shortened to it, and none where it is infinite. */
  readonly maximumNorm: number;
  /** Zero moments where a run goes over to the other objective; by default they carry over. */
  readonly resetOptimizer: boolean;
  /** What stage two adds to its steps; undefined before. */
  readonly added?: AddedTerms;
}

/** Terms that stage two adds to the steps on its own objective alone. */
export interface AddedTerms {
  readonly objective: ObjectiveName;
  readonly anchor?: Anchor;
  /** The weight of the NLL of the chosen replies of the step's own minibatch. */
  readonly chosenNll?: number;
  /** A minibatch of replies of the model of stage one, and the weight of their loss. */
  readonly ownReplies?: { readonly weight: number; readonly minibatch: (cursor: Cursor) => Minibatch };
}

/** What a step did. */
export interface StepOutcome {
  readonly choice: ChoiceName;
  /** The loss stepped on, at the point before the step: the weighted sum of those whose gradients were taken, and of terms. */
  readonly loss: number;
  /** Every objective value seen in the step, on its minibatch. */
  readonly values: Partial<Record<ObjectiveName, number>>;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** How far from their start the variables are after the step, where the optimiser holds them near. */
  readonly distance?: number;
  /** The most bytes that tensors took at the end of a forward pass. */
  readonly tensorBytes: number;
}

/**
 * One optimiser step: evaluate what the schedule asks for, let it choose, step, and tell it what was seen.
 *
 * The cursor of an objective moves where the schedule evaluates it, steps on it, or says that it draws from it: its
 * values and its gradient then come from one minibatch, and what is drawn and not needed is passed over unread. So
 * ALRIGHT and Sequential draw a minibatch of the chosen objective only, Mix of both, and MAXRIGHT one of each in every step.
 * With gradient accumulation all of this, the coin included, happens once a step.
 *
 * Throws an InputError where a loss or the gradient is not finite.
 */
export async function takeStep(
  state: TrainingState,
  optimiser: Optimiser,
  coin: Stream,
  settings: StepSettings,
): Promise<{ state: TrainingState; outcome: StepOutcome }> {
  const { schedule, trainable } = settings;
  const step = state.step + 1;
  const minibatches = new Map<ObjectiveName, Minibatch>();
  const minibatch = (objective: ObjectiveName): Minibatch => {
    const drawn = minibatches.get(objective) ?? settings.minibatch(objective, state.cursors[objective]);
    minibatches.set(objective, drawn);
    return drawn;
  };

  let scheduleState = state.schedule;
  const values: Partial<Record<ObjectiveName, number>> = {};
  const observe = (objective: ObjectiveName, value: number): void => {
    values[objective] = value;
    scheduleState = observed(schedule, scheduleState, objective, value);
  };
  for (const objective of evaluatedBefore(schedule, scheduleState, step)) {
    const parts = minibatch(objective).parts.map((loss) => tf.tidy(() => loss()));
    observe(objective, finite(await summed(parts), step, objective));
  }

  const choice = drawnChoice(schedule, scheduleState, step, () => coin.uniform());
  drawnFor(schedule, scheduleState, step, choice).forEach(minibatch);
  const steppedOn = gradientsOf(choice);
  if (steppedOn.length === 0)
    throw new InputError(`schedule ${schedule.name}: step ${step}`, choice, 'a weight other than 0 for DPO or SFT');
  const added = steppedOn.length === 1 && steppedOn[0] === settings.added?.objective ? settings.added : undefined;
  const { chosenNll } = added ?? {};
  // The values of parts that add an NLL of their own.
  const withoutNll: tf.Scalar[] = [];
  const asked =
    chosenNll === undefined
      ? undefined
      : { weight: chosenNll, own: (value: tf.Scalar) => void withoutNll.push(tf.keep(value)) };
  const losses: ObjectiveLoss[] = steppedOn.flatMap((objective) =>
    minibatch(objective).parts.map((part) => ({ objective, loss: () => part(asked) })),
  );
  const ownLosses = losses.length;
  if (added?.ownReplies !== undefined) {
    const { weight, minibatch: draw } = added.ownReplies;
    const drawn = draw(state.cursors.sft);
    minibatches.set('sft', drawn);
    losses.push(...drawn.parts.map((loss) => ({ objective: 'sft' as const, loss: () => loss(), weight })));
  }
  const found = await chosenGradient(trainable, choice, losses);
  const { weights, tensorBytes } = found;
  const [parts, replies] = [found.values.slice(0, ownLosses), found.values.slice(ownLosses)];
  const anchored = added?.anchor && withAnchor(trainable, found.gradients, added.anchor);
  const gradients = anchored?.gradients ?? found.gradients;
  const norm = globalNorm(gradients);
  const gradientNorm = await read(norm);
  const seen = new Map<ObjectiveName, number>();
  let loss = 0;
  for (const objective of steppedOn) {
    const total = await summed(parts.filter((_, part) => losses[part].objective === objective));
    const value = asked === undefined ? total : await summed(withoutNll);
    seen.set(objective, value);
    loss += weights[objective] * value + (total - value);
  }
  if (replies.length > 0) loss += (added?.ownReplies?.weight ?? 0) * (await summed(replies));
  if (anchored !== undefined) loss += await summed([anchored.value]);
  try {
    for (const [name, value] of [...seen, ['loss', loss], ['gradient norm', gradientNorm]] as const) {
      finite(value, step, name);
    }
  } catch (error) {
    tf.dispose([...gradients.values(), norm]);
    throw error;
  }
  for (const [objective, value] of seen) observe(objective, value);

  const name = choiceName(choice);
  if (settings.resetOptimizer && state.lastChoice !== null && state.lastChoice !== name) optimiser.reset();
  const squares = (state.squares ?? 0) + gradientNorm ** 2;
  const learningRate = settings.learningRate(step, weights, squares);
  const { maximumNorm } = settings;
  const shortened = maximumNorm < Infinity ? clipped(gradients, norm, maximumNorm) : gradients;
  const distance = await optimiser.step(shortened, learningRate);
  tf.dispose([...shortened.values(), norm]);

  return {
    state: {
      ...state,
      step,
      schedule: scheduleState,
      lastChoice: name,
      cursors: {
        sft: minibatches.get('sft')?.cursor ?? state.cursors.sft,
        dpo: minibatches.get('dpo')?.cursor ?? state.cursors.dpo,
      },
      coin: coin.state(),
      updates: optimiser.updates,
      ...(state.squares !== undefined && { squares }),
      stopped: null,
    },
    outcome: {
      ...{ choice: name, loss, values, gradientNorm, learningRate, tensorBytes },
      ...(distance !== undefined && { distance }),
    },
  };
}

/** The sum of the parts of a loss, which are disposed. */
async function summed(parts: readonly tf.Scalar[]): Promise<number> {
  let sum = 0;
  for (const part of parts) {
    sum += await read(part);
    part.dispose();
  }
  return sum;
}

async function read(scalar: tf.Scalar): Promise<number> {
  return (await scalar.data())[0];
}

function finite(value: number, step: number, name: string): number {
  if (!Number.isFinite(value)) {
    throw new NotFinite(`step ${step}: ${name}`, value, 'a finite number; a smaller step size may help');
  }
  return value;
}
