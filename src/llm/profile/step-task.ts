import { stream } from '../../random/stream.js';
import { schedules } from '../../schedule/index.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { epochOrder, firstCursor } from '../data/cursor.js';
import type { Sequence } from '../data/sequence.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import { disposeAdamw, initialAdamw } from '../train/adamw.js';
import type { TrainingState } from '../train/checkpoint.js';
import { dpoMinibatch, sftMinibatch } from '../train/minibatch.js';
import { takeStep, type StepOutcome, type StepSettings } from '../train/step.js';

/** A training step to measure. */
export interface StepTaskOptions {
  readonly model: LanguageModel;
  readonly objective: ObjectiveName;
  /** Sequences (SFT) or pairs of sequences (DPO) in a batch. */
  readonly batch: number;
  /** Tokens of every sequence; all but the first are predicted. */
  readonly length: number;
  readonly seed?: number;
}

/** Takes step after step of the trainer on one batch of random tokens. */
export interface StepTask {
  readonly sequences: readonly Sequence[];
  readonly step: () => Promise<StepOutcome>;
  readonly dispose: () => void;
}

/** The step of `llm train` under one objective, on a batch of random tokens that every step takes again. */
export function stepTask({ model, objective, batch, length, seed = 0 }: StepTaskOptions): StepTask {
  const sequences = randomTokens(model.vocabularySize, objective === 'sft' ? batch : 2 * batch, length, seed);
  const order = epochOrder(batch, seed, objective, false);
  const source = { model, order, batchSize: batch, accumulation: 1 };
  const sft = sequences.map((sequence, index) => ({ index, sequence }));
  const pairs: ReferencedPair[] = Array.from({ length: objective === 'dpo' ? batch : 0 }, (_, index) => ({
    pair: { index, chosen: sequences[index], rejected: sequences[batch + index] },
    reference: { chosen: 0, rejected: 0 },
  }));
  const settings: StepSettings = {
    trainable: model.trainable,
    schedule: schedules[objective],
    lambda: 0.5,
    minibatch: (_, cursor) =>
      objective === 'sft'
        ? sftMinibatch({ ...source, examples: sft }, cursor)
        : dpoMinibatch({ ...source, examples: pairs }, cursor, { beta: 0.1 }),
    learningRate: () => 1e-4,
    maximumNorm: 1,
    adamw: {},
    resetOptimizer: false,
  };
  const optimiser = initialAdamw(model.trainable);
  const coin = stream(seed, 'coin');
  let state: TrainingState = {
    step: 0,
    schedule: settings.schedule.init({ lambda: 0.5, steps: 1 }),
    lastChoice: null,
    cursors: { sft: firstCursor, dpo: firstCursor },
    coin: coin.state(),
    updates: 0,
    stopped: null,
  };
  return {
    sequences,
    step: async () => {
      const taken = await takeStep(state, optimiser, coin, settings);
      state = taken.state;
      return taken.outcome;
    },
    dispose: () => {
      disposeAdamw(optimiser);
    },
  };
}

/** Sequences of random tokens without a prompt: all but the first token of each are predicted. */
export function randomTokens(vocabulary: number, count: number, length: number, seed: number): Sequence[] {
  const random = stream(seed, 'measured-tokens');
  return Array.from({ length: count }, () => ({
    promptLength: 0,
    ids: Int32Array.from({ length }, () => random.integer(vocabulary)),
  }));
}
