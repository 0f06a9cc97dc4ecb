import * as tf from '@tensorflow/tfjs-core';
import { stream } from '../../base/random-stream.js';
import type { Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { epochOrder, firstCursor } from '../data/cursor.js';
import type { Sequence } from '../data/sequence.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import { adamw } from '../train/adamw.js';
import { dpoMinibatch, sftMinibatch } from '../train/minibatch.js';
import { initialState } from '../train/training.js';
import { takeStep, type StepOutcome, type StepSettings } from '../train/step.js';

/** Training steps to measure. */
export interface StepTaskOptions {
  readonly model: LanguageModel;
  readonly schedule: Schedule;
  readonly scheduleSettings: ScheduleSettings;
  /** Sequences (SFT) or pairs of sequences (DPO) in a batch. */
  readonly batch: number;
  /** Tokens of every sequence; all but the first are predicted. */
  readonly length: number;
  readonly seed?: number;
}

/** Takes step after step of the trainer. */
export interface StepTask {
  /** The sequences of the batches: SFT's are the first half, which are DPO's chosen replies too. */
  readonly sequences: readonly Sequence[];
  readonly step: () => Promise<StepOutcome>;
  /** Computes both objectives on their batches, as MAXRIGHT does every so many steps. */
  readonly evaluate: () => Promise<void>;
  readonly dispose: () => void;
}

/**
 * Steps of `llm train` under a schedule, on batches of random tokens that every step takes again. The reference
 * policy's log-probabilities are 0: they are constants, which cost nothing.
 */
export function stepTask(options: StepTaskOptions): StepTask {
  const { model, schedule, scheduleSettings, batch, length, seed = 0 } = options;
  const sequences = randomTokens(model.vocabularySize, 2 * batch, length, seed);
  const source = { model, order: epochOrder(batch, seed, 'sft', false), batchSize: batch, accumulation: 1 };
  const sft = sequences.slice(0, batch).map((sequence, index) => ({ index, sequence }));
  const pairs: ReferencedPair[] = sft.map(({ index, sequence }) => ({
    pair: { index, chosen: sequence, rejected: sequences[batch + index] },
    reference: { chosen: 0, rejected: 0 },
  }));
  const settings: StepSettings = {
    trainable: model.trainable,
    schedule,
    minibatch: (objective, cursor) =>
      objective === 'sft'
        ? sftMinibatch({ ...source, examples: sft }, cursor)
        : dpoMinibatch({ ...source, examples: pairs }, cursor, { beta: 0.1 }),
    learningRate: () => 1e-4,
    maximumNorm: 1,
    resetOptimizer: false,
  };
  const optimiser = adamw(model.trainable);
  const coin = stream(seed, 'coin');
  let state = initialState({ schedule, scheduleSettings }, coin);
  return {
    sequences,
    step: async () => {
      const taken = await takeStep(state, optimiser, coin, settings);
      state = taken.state;
      return taken.outcome;
    },
    evaluate: async () => {
      for (const objective of ['sft', 'dpo'] as const) {
        for (const part of settings.minibatch(objective, firstCursor).parts) {
          const value = tf.tidy(part);
          await value.data();
          value.dispose();
        }
      }
    },
    dispose: () => {
      optimiser.dispose();
    },
  };
}

/** Sequences of random tokens without a prompt: all but the first token of each are predicted. */
export function randomTokens(vocabulary: number, count: number, length: number, seed = 0): Sequence[] {
  const random = stream(seed, 'measured-tokens');
  return Array.from({ length: count }, () => ({
    promptLength: 0,
    ids: Int32Array.from({ length }, () => random.integer(vocabulary)),
  }));
}
