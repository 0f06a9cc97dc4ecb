import type * as tf from '@tensorflow/tfjs-core';
import { draw, type Cursor, type EpochOrder } from '../data/cursor.js';
import type { SftExample } from '../data/sft.js';
import type { PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import { dpoLoss, sftLoss, sftTokens, type ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';

/** A minibatch of one objective: the losses of its parts add up to the objective on the whole. */
export interface Minibatch {
  readonly parts: readonly (() => tf.Scalar)[];
  /** The cursor after it. */
  readonly cursor: Cursor;
}

/** Where an objective's minibatches come from. */
export interface MinibatchSource<Example> {
  readonly model: LanguageModel;
  readonly examples: readonly Example[];
  readonly order: EpochOrder;
  /** Examples that go through the model together. */
  readonly batchSize: number;
  /** Batches whose gradients are added before a step; n batches of b give the step of one batch of n·b. */
  readonly accumulation: number;
}

/** The next SFT minibatch: its mean is over all response tokens of all its parts. */
export function sftMinibatch(source: MinibatchSource<SftExample>, cursor: Cursor): Minibatch {
  const { parts, examples, after } = next(source, cursor);
  const tokens = sftTokens(examples);
  return { parts: parts.map((part) => () => sftLoss(source.model, part, tokens)), cursor: after };
}

/** The next preference minibatch: its mean is over all pairs of all its parts. */
export function dpoMinibatch(
  source: MinibatchSource<ReferencedPair>,
  cursor: Cursor,
  settings: PreferenceLossSettings,
): Minibatch {
  const { parts, examples, after } = next(source, cursor);
  return { parts: parts.map((part) => () => dpoLoss(source.model, part, settings, examples.length)), cursor: after };
}

function next<Example>(
  { examples, order, batchSize, accumulation }: MinibatchSource<Example>,
  cursor: Cursor,
): { parts: Example[][]; examples: Example[]; after: Cursor } {
  const drawn = draw(cursor, batchSize * accumulation, order);
  const all = drawn.indices.map((index) => examples[index]);
  const parts = Array.from({ length: accumulation }, (_, part) => all.slice(part * batchSize, (part + 1) * batchSize));
  return { parts, examples: all, after: drawn.cursor };
}
