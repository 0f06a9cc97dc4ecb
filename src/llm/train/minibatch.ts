import type * as tf from '@tensorflow/tfjs-core';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { draw, type Cursor, type EpochOrder } from '../data/cursor.js';
import type { SftExample } from '../data/sft.js';
import type { PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import { chosenTokens, dpoLoss, sftLoss, sftTokens, type AddedNll, type ReferencedPair } from '../loss/objective.js';
import { dropoutOf, type DropoutSettings } from '../model/dropout.js';
import type { LanguageModel } from '../model/language-model.js';

/** What the parts of a minibatch of preferences may be asked to add. */
export type AskedNll = Pick<AddedNll, 'weight' | 'own'>;

/** A minibatch of one objective: the losses of its parts add up to the objective on the whole. */
export interface Minibatch {
  readonly parts: readonly ((chosenNll?: AskedNll) => tf.Scalar)[];
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
  /** What is left out of an adapter's inputs; by default nothing. */
  readonly dropout?: DropoutSettings;
}

/** The next SFT minibatch: its mean is over all response tokens of all its parts. */
export function sftMinibatch(source: MinibatchSource<SftExample>, cursor: Cursor): Minibatch {
  const { parts, examples, after } = next(source, cursor);
  const tokens = sftTokens(examples);
  const { model, dropout } = source;
  const losses = parts.map((part, i) => () => sftLoss(model, part, tokens, dropoutOf(dropout, key('sft', cursor, i))));
  return { parts: losses, cursor: after };
}

/** The next preference minibatch: its mean is over all pairs of all its parts. */
export function dpoMinibatch(
  source: MinibatchSource<ReferencedPair>,
  cursor: Cursor,
  settings: PreferenceLossSettings,
): Minibatch {
  const { parts, examples, after } = next(source, cursor);
  const { model, dropout } = source;
  const losses = parts.map(
    (part, i) => (asked?: AskedNll) =>
      dpoLoss(model, part, settings, examples.length, {
        ...dropoutOf(dropout, key('dpo', cursor, i)),
        chosenNll: asked && { ...asked, tokens: chosenTokens(examples) },
      }),
  );
  return { parts: losses, cursor: after };
}

/** The name of a part of a minibatch: what is left out of it is the same whenever and wherever it is computed. */
function key(objective: ObjectiveName, { epoch, position }: Cursor, part: number): string {
  return `${objective} ${epoch} ${position} ${part}`;
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
