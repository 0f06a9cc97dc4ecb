import { nextTurn } from '../base/next-turn.js';
import { requireBatchSize } from './batch-size.js';
import { requireFinite } from './finite.js';
import { tokenBatch } from './data/batch.js';
import type { SftExample } from './data/sft.js';
import type { Sequence } from './data/sequence.js';
import { preferenceLossOf } from '../preference-loss/index.js';
import { numbers, type PreferenceLossSettings } from '../preference-loss/preference-loss.js';
import { sequenceLogProbabilities } from './loss/log-probability.js';
import { lengthOf, sftTokens, type ReferencedPair } from './loss/objective.js';
import type { LanguageModel } from './model/language-model.js';

/** The four log-probabilities of a preference pair. */
export interface PairLogProbabilities {
  /** The record's number in its file, from 0. */
  readonly index: number;
  readonly chosen: number;
  readonly rejected: number;
  readonly referenceChosen: number;
  readonly referenceRejected: number;
}

/** Both objectives over whole files. Of one without data the numbers are NaN, in JSON null, and the count is 0. */
export interface Evaluation {
  /** f_SFT: the cross-entropy of all response tokens, per token. */
  readonly sft: { readonly loss: number; readonly tokens: number };
  /** f_DPO, the share of pairs whose chosen reward is strictly larger, and the mean rewards β log(π/π_ref). */
  readonly dpo: {
    readonly loss: number;
    readonly accuracy: number;
    readonly chosenReward: number;
    readonly rejectedReward: number;
    readonly pairs: number;
  };
  readonly perExample: readonly PairLogProbabilities[];
}

/** What to evaluate, and how. */
export interface EvaluationOptions {
  readonly model: LanguageModel;
  readonly sft: readonly SftExample[];
  readonly preferences: readonly ReferencedPair[];
  readonly settings: PreferenceLossSettings;
  /**
   * Sequences that go through the model together: unless given eight, or as many as have 2,048 tokens. It changes no
   * result beyond rounding.
   */
  readonly batchSize?: number;
  /** Called after every batch with the sequences done and their total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Both objectives of a model over whole files, in float32, summed over sequences in double precision.
 * Throws an InputError where one of them is not finite.
 */
export async function evaluate({
  model,
  sft,
  preferences,
  settings,
  batchSize,
  onProgress,
}: EvaluationOptions): Promise<Evaluation> {
  const count = sft.length + 2 * preferences.length;
  const responses = sft.map(({ sequence }) => sequence);
  const ofResponses = await logProbabilitiesOf(model, responses, {
    batchSize,
    onProgress: (done) => onProgress?.(done, count),
  });
  const ofReplies = await logProbabilitiesOf(model, replies(preferences), {
    batchSize,
    onProgress: (done) => onProgress?.(sft.length + done, count),
  });
  const tokens = sftTokens(sft);
  const total = ofResponses.reduce((sum, value) => sum + value, 0);
  const perExample = preferences.map(({ pair, reference }, position) => ({
    index: pair.index,
    chosen: ofReplies[2 * position],
    rejected: ofReplies[2 * position + 1],
    referenceChosen: reference.chosen,
    referenceRejected: reference.rejected,
  }));
  const evaluation = {
    sft: { loss: -total / tokens, tokens },
    dpo: preferenceSummary(perExample, preferences, settings),
    perExample,
  };
  if (sft.length > 0) requireFinite('f_SFT', [evaluation.sft.loss]);
  if (preferences.length > 0) requireFinite('f_DPO', [evaluation.dpo.loss]);
  return evaluation;
}

/** The chosen and rejected replies of some pairs, in turn. */
export function replies(preferences: readonly Pick<ReferencedPair, 'pair'>[]): Sequence[] {
  return preferences.flatMap(({ pair }) => [pair.chosen, pair.rejected]);
}

function preferenceSummary(
  values: readonly PairLogProbabilities[],
  preferences: readonly ReferencedPair[],
  settings: PreferenceLossSettings,
): Evaluation['dpo'] {
  const { beta } = settings;
  const { compares, value } = preferenceLossOf(settings);
  let [loss, correct, chosenReward, rejectedReward] = [0, 0, 0, 0];
  for (const [position, pair] of values.entries()) {
    const { pair: replies } = preferences[position];
    const compared =
      compares === 'log-ratio'
        ? [pair.chosen - pair.referenceChosen, pair.rejected - pair.referenceRejected]
        : [pair.chosen / lengthOf(replies.chosen), pair.rejected / lengthOf(replies.rejected)];
    const [chosen, rejected] = compared.map((one) => beta * one);
    loss += value(numbers, (chosen - rejected) / beta, settings);
    correct += chosen > rejected ? 1 : 0;
    chosenReward += chosen;
    rejectedReward += rejected;
  }
  const count = values.length;
  return {
    loss: loss / count,
    accuracy: correct / count,
    chosenReward: chosenReward / count,
    rejectedReward: rejectedReward / count,
    pairs: count,
  };
}

/** What goes through the model together: this many sequences, or as many short ones as have so many tokens. */
const [sequencesTogether, tokensTogether] = [8, 2048];

/** log π(response | prompt) of each sequence, in the given order; sequences of like length share a batch. */
export async function logProbabilitiesOf(
  model: LanguageModel,
  sequences: readonly Sequence[],
  {
    adapter = true,
    batchSize,
    onProgress,
  }: { adapter?: boolean; batchSize?: number | undefined; onProgress?: (done: number, total: number) => void } = {},
): Promise<Float32Array> {
  if (batchSize !== undefined) requireBatchSize(batchSize);
  const values = new Float32Array(sequences.length);
  const byLength = Array.from(sequences.keys()).sort((a, b) => sequences[b].ids.length - sequences[a].ids.length);
  let start = 0;
  while (start < byLength.length) {
    const longest = sequences[byLength[start]].ids.length;
    const size = batchSize ?? Math.max(sequencesTogether, Math.floor(tokensTogether / Math.max(1, longest)));
    const members = byLength.slice(start, start + size);
    const inBatch = members.map((member) => sequences[member]);
    const computed = sequenceLogProbabilities(model, tokenBatch(inBatch, model), { adapter });
    const ofMembers = await computed.data();
    computed.dispose();
    requireFinite('log-probability', ofMembers);
    members.forEach((member, row) => (values[member] = ofMembers[row]));
    start += members.length;
    onProgress?.(start, sequences.length);
    // Lets signals and progress through between batches.
    await nextTurn();
  }
  return values;
}
