import { preparePreference, type PreferencePair } from '../../src/llm/data/preferences.js';
import { prepareSft, type SftExample } from '../../src/llm/data/sft.js';
import { sftPrompt } from '../../src/llm/data/template.js';
import type { Tokenizer } from '../../src/llm/tokenizer/tokenizer.js';
import { syntheticCorpus, type SyntheticCorpus } from '../../src/study/synthetic/language.js';
import type { SessionSettings } from './settings.js';

/** What a session's models are trained on and asked, in tokens of a tokenizer. */
export interface Texts {
  readonly sft: readonly SftExample[];
  readonly preferences: readonly PreferencePair[];
  readonly question: HeldOutPrompt;
  /** The most tokens of a sequence. */
  readonly maximumLength: number;
}

/** A prompt that is held out of the training, with the reply that SFT teaches and the one that preferences want. */
export interface HeldOutPrompt {
  readonly prompt: string;
  /** The prompt without its template. */
  readonly instruction: string;
  readonly plain: string;
  readonly lively: string;
  readonly pair: PreferencePair;
  /** Whether the plain reply is the chosen one, as it is where the data agree with SFT. */
  readonly plainIsChosen: boolean;
  readonly tokenizer: Tokenizer;
}

/** The synthetic language's texts, and beside them those of the language at large, for a pre-training. */
export function prepareTexts(
  { seed, conflict, examples }: Pick<SessionSettings, 'seed' | 'conflict' | 'examples'>,
  tokenizer: Tokenizer,
  maximumLength: number,
): Texts & { readonly language: () => readonly SftExample[] } {
  const corpus = syntheticCorpus({ seed, conflict });
  const sftOf = (rows: readonly object[]): SftExample[] =>
    recordsOf(rows).flatMap((record) => prepareSft(record, tokenizer, { maximumLength }) ?? []);
  return {
    sft: sftOf(corpus.sft.train).slice(0, examples),
    preferences: recordsOf(corpus.preferences.train)
      .flatMap((record) => preparePreference(record, tokenizer, { maximumLength }) ?? [])
      .slice(0, examples),
    question: questionOf(corpus, tokenizer, maximumLength),
    maximumLength,
    language: () => sftOf(corpus.pretraining),
  };
}

function recordsOf(
  rows: readonly object[],
): { readonly index: number; readonly place: string; readonly fields: Record<string, unknown> }[] {
  return rows.map((fields, index) => ({
    index,
    place: `record ${index + 1}`,
    fields: fields as Record<string, unknown>,
  }));
}

function questionOf({ sft, preferences }: SyntheticCorpus, tokenizer: Tokenizer, maximumLength: number): HeldOutPrompt {
  const [asked] = preferences.heldOut;
  const [record] = recordsOf([asked]);
  const pair = preparePreference(record, tokenizer, { maximumLength });
  if (pair === undefined) throw new Error('the question of the page is too long');
  const topic = sft.heldOut.find(({ instruction }) => sftPrompt(instruction).trim() === asked.prompt.trim());
  const plainIsChosen = topic?.output === asked.chosen.trim();
  const [plain, lively] = plainIsChosen ? [asked.chosen, asked.rejected] : [asked.rejected, asked.chosen];
  const instruction = topic?.instruction ?? asked.prompt;
  return {
    prompt: asked.prompt,
    instruction,
    plain: plain.trim(),
    lively: lively.trim(),
    pair,
    plainIsChosen,
    tokenizer,
  };
}
