import { InputError } from '../../base/input-error.js';
import { stream, type Stream } from '../../base/random-stream.js';
import { integerFrom } from './checks.js';
import { textSeen, type NgramUnit } from './hashed-ngrams.js';
import type { DemonstrationRecord, PreferenceRecord } from './records.js';

/** Records, and what is drawn from them. */
export interface TextDraw {
  readonly preferences: readonly PreferenceRecord[];
  readonly sft: readonly DemonstrationRecord[];
  /** Candidate replies of an SFT example, the true one among them. */
  readonly candidates: number;
  /** How many records of each kind, drawn without replacement. */
  readonly examples: number;
  /** What makes two replies the same: their words or their characters, and whether their order counts. */
  readonly unit: NgramUnit;
  readonly ngram: number;
  readonly seed: number;
}

/** Texts that a log-linear problem is made of. */
export interface DrawnTexts {
  /** The true reply is the first. */
  readonly sft: readonly { readonly prompt: string; readonly replies: readonly string[] }[];
  readonly dpo: readonly PreferenceRecord[];
}

/**
 * Draws records of both kinds, and for every SFT example other replies of the SFT records that differ from the true one
 * and from each other, uniformly. Throws an InputError naming the option that asks for more than the records hold.
 */
export function drawTexts({ preferences, sft, unit, ngram, ...given }: TextDraw): DrawnTexts {
  const candidates = integerFrom(2, 'candidates', given.candidates);
  const examples = integerFrom(1, 'examples', given.examples);
  const seed = integerFrom(0, 'seed', given.seed);
  const fewest = Math.min(preferences.length, sft.length);
  if (examples > fewest) {
    const held = `${preferences.length} preferences and ${sft.length} SFT records`;
    throw new InputError('examples', examples, `at most ${fewest}: the files hold ${held}`);
  }
  const seenAs = { unit, ngram };
  const replies = distinct(
    sft.map(({ reply }) => reply),
    seenAs,
  );
  if (candidates > replies.length) {
    throw new InputError(
      'candidates',
      candidates,
      `at most the ${replies.length} different replies of the SFT records`,
    );
  }
  const others = stream(seed, 'sft-candidates');
  return {
    sft: sample(sft, examples, stream(seed, 'sft-examples')).map(({ prompt, reply }) => ({
      prompt,
      replies: distinctReplies({ seen: textSeen(reply, seenAs), text: reply }, candidates, replies, others),
    })),
    dpo: sample(preferences, examples, stream(seed, 'dpo-examples')),
  };
}

/** The first of all texts that are the same to the features. */
function distinct(texts: readonly string[], seenAs: Pick<TextDraw, 'unit' | 'ngram'>): SeenText[] {
  const found = new Map<string, SeenText>();
  for (const text of texts) {
    const seen = textSeen(text, seenAs);
    if (!found.has(seen)) found.set(seen, { seen, text });
  }
  return [...found.values()];
}

/** A text, and that text as the features see it. */
interface SeenText {
  readonly seen: string;
  readonly text: string;
}

/** The true reply and others drawn from the replies, `count` in all that differ as the features see them. */
function distinctReplies(reply: SeenText, count: number, replies: readonly SeenText[], random: Stream): string[] {
  const chosen = new Map([[reply.seen, reply.text]]);
  while (chosen.size < count) {
    const { seen, text } = replies[random.integer(replies.length)];
    if (!chosen.has(seen)) chosen.set(seen, text);
  }
  return [...chosen.values()];
}

/** `count` of the records, drawn uniformly without replacement. */
function sample<Entry>(records: readonly Entry[], count: number, random: Stream): Entry[] {
  const shuffled = [...records];
  for (let i = 0; i < count; i++) {
    const other = i + random.integer(shuffled.length - i);
    [shuffled[i], shuffled[other]] = [shuffled[other], shuffled[i]];
  }
  return shuffled.slice(0, count);
}
