import * as tf from '@tensorflow/tfjs-core';
import { tokenBatch } from '../data/batch.js';
import { continued, responseTokens, type Sequence } from '../data/sequence.js';
import { logProbabilitiesOf } from '../evaluate.js';
import { requireBatchSize } from '../batch-size.js';
import { requireFinite } from '../finite.js';
import type { LanguageModel } from '../model/language-model.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { fewShotPrompt, letters, type Question } from './questions.js';

/** A question, and what a model thinks of its options. */
export interface ScoredQuestion {
  readonly question: Question;
  /** log P(" A" | prompt) to log P(" D" | prompt). */
  readonly logLikelihoods: readonly number[];
  /** The position of the likeliest option. */
  readonly chosen: number;
  /** The answered questions that stood before it: fewer than asked for where the context has no room. */
  readonly shots: number;
}

/** What is to be answered, and by whom. */
export interface MultipleChoiceOptions {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly questions: readonly Question[];
  /** The answered questions to put before each. */
  readonly examples: readonly Question[];
  /** What the questions are about. */
  readonly subject: string;
  /** Sequences that go through the model together; it changes no result beyond rounding. */
  readonly batchSize?: number;
  /** Called after every batch with the questions done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Answers multiple-choice questions by the log-likelihoods of the options' letters behind the prompt. Where a prompt is
 * over the model's context, examples are left out from the first on; a question that has no room even alone is dropped.
 * @returns the questions kept, in the given order
 */
export async function answer({
  model,
  tokenizer,
  questions,
  examples,
  subject,
  batchSize = 8,
  onProgress,
}: MultipleChoiceOptions): Promise<ScoredQuestion[]> {
  const prepared = questions.flatMap((question) => {
    const fitting = fit(question, examples, { tokenizer, subject, context: model.contextLength });
    return fitting === undefined ? [] : [{ question, ...fitting }];
  });
  const groups = prepared.map(({ continuations }) => continuations);
  const values = await groupLogProbabilities(model, groups, { batchSize, ...(onProgress && { onProgress }) });
  return prepared.map(({ question, shots }, index) => {
    const logLikelihoods = values[index];
    return { question, logLikelihoods, chosen: logLikelihoods.indexOf(Math.max(...logLikelihoods)), shots };
  });
}

/** The four continuations of a question's prompt, with as many examples as there is room for. */
function fit(
  question: Question,
  examples: readonly Question[],
  { tokenizer, subject, context }: { tokenizer: Tokenizer; subject: string; context: number },
): { continuations: Sequence[]; shots: number } | undefined {
  for (let shots = examples.length; shots >= 0; shots--) {
    const prompt = fewShotPrompt(question, examples.slice(examples.length - shots), subject);
    const continuations = continued(
      tokenizer,
      prompt,
      letters.map((letter) => ` ${letter}`),
    );
    if (continuations.every(({ ids }) => ids.length <= context)) return { continuations, shots };
  }
  return undefined;
}

/**
 * The log-probabilities of several continuations of one prompt, for each of some prompts. Where every continuation is a
 * single token, a prompt goes through the model once instead of once for each.
 */
export async function groupLogProbabilities(
  model: LanguageModel,
  groups: readonly (readonly Sequence[])[],
  { batchSize = 8, onProgress }: Pick<MultipleChoiceOptions, 'batchSize' | 'onProgress'> = {},
): Promise<number[][]> {
  requireBatchSize(batchSize);
  const size = letters.length;
  if (groups.flat().some((sequence) => responseTokens(sequence) !== 1)) {
    const values = await logProbabilitiesOf(model, groups.flat(), {
      batchSize,
      onProgress: (done) => onProgress?.(Math.floor(done / size)),
    });
    return groups.map((_, index) => Array.from(values.subarray(size * index, size * (index + 1))));
  }
  const byLength = Array.from(groups.keys()).sort((a, b) => groups[b][0].ids.length - groups[a][0].ids.length);
  const result = groups.map((): number[] => []);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const members = byLength.slice(start, start + batchSize);
    const logits = await lastLogSoftmax(
      model,
      members.map((member) => groups[member][0]),
    );
    members.forEach((member, row) => {
      const offset = row * model.vocabularySize;
      result[member] = groups[member].map(({ ids }) => logits[offset + ids[ids.length - 1]]);
    });
    onProgress?.(start + members.length);
    // Lets signals and progress through between batches.
    await new Promise(setImmediate);
  }
  return result;
}

/** The log-softmax of what each sequence's last token was predicted from, shape [sequences, vocabularySize]. */
async function lastLogSoftmax(model: LanguageModel, sequences: readonly Sequence[]): Promise<Float32Array> {
  const { ids, rows, length, positions, tokens } = tokenBatch(sequences, model);
  const values = tf.tidy(() => {
    const hidden = model.hidden(tf.tensor2d(ids, [rows, length], 'int32'));
    const states = tf.reshape(hidden, [rows * length, -1]);
    const logits = model.project(tf.gather(states, tf.tensor1d(positions.subarray(0, tokens), 'int32')));
    return tf.sub(logits, tf.logSumExp(logits, 1, true));
  });
  const data = await values.data<'float32'>();
  values.dispose();
  requireFinite('log-probability', data);
  return data;
}
