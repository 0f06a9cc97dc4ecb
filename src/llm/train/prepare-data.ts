import type { PreferencePair } from '../data/preferences.js';
import type { SftExample } from '../data/sft.js';
import { logProbabilitiesOf, replies } from '../evaluate.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import type { ObjectiveData } from './training.js';

/** Tokenised examples of both objectives; undefined where no step is on one. */
export interface Examples {
  readonly sft: readonly SftExample[] | undefined;
  readonly preferences: readonly PreferencePair[] | undefined;
}

/** Joins pairs with the log-probabilities of the reference policy. */
export type JoinsReference = (pairs: readonly PreferencePair[]) => Promise<ReferencedPair[]>;

/** The data of a training, in their order: examples as they are, pairs with what the reference policy says of them. */
export async function prepareData(data: readonly Examples[], referenced: JoinsReference): Promise<ObjectiveData[]> {
  const prepared: ObjectiveData[] = [];
  for (const { sft = [], preferences } of data) {
    prepared.push({ sft, preferences: preferences === undefined ? [] : await referenced(preferences) });
  }
  return prepared;
}

/** The log-probabilities of the replies of pairs under the reference policy, pair by pair. */
export interface ReferenceValues {
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
}

/** What a model says of pairs as their reference policy. */
export async function referenceValues(
  model: LanguageModel,
  pairs: readonly PreferencePair[],
  options: Parameters<typeof logProbabilitiesOf>[2] = {},
): Promise<ReferenceValues> {
  const values = await logProbabilitiesOf(model, replies(pairs.map((pair) => ({ pair }))), options);
  return {
    chosen: Array.from(values.filter((_, position) => position % 2 === 0)),
    rejected: Array.from(values.filter((_, position) => position % 2 === 1)),
  };
}

/** The pairs with the values of their reference policy. */
export function withReferenceValues(
  pairs: readonly PreferencePair[],
  { chosen, rejected }: ReferenceValues,
): ReferencedPair[] {
  return pairs.map((pair, index) => ({ pair, reference: { chosen: chosen[index], rejected: rejected[index] } }));
}
