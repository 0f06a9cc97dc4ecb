import { InputError } from '../../base/input-error.js';
import { stream, type Stream } from '../../base/random-stream.js';
import type { ProblemFile } from '../problem/format.js';
import { integerFrom, lossFields, type LossOptions, positive } from './checks.js';
import { fromTextDefaults } from './defaults.js';
import { hashedNgrams, textSeen, type NgramUnit } from './hashed-ngrams.js';
import type { DemonstrationRecord, PreferenceRecord } from './records.js';

/** Options of `fromText`; absent ones are `fromTextDefaults`. */
export interface FromTextOptions extends LossOptions {
  readonly preferences: readonly PreferenceRecord[];
  readonly sft: readonly DemonstrationRecord[];
  /** What φ(x, y) is; so far there is one kind. */
  readonly features?: 'hashed-ngrams';
  /** Length of the features. */
  readonly dimension?: number;
  /** Candidate replies of an SFT example, the true one among them. */
  readonly candidates?: number;
  /** How many records of each kind, drawn without replacement. */
  readonly examples?: number;
  readonly unit?: NgramUnit;
  readonly ngram?: number;
  readonly radius?: number;
  readonly seed?: number;
}

/**
 * The log-linear pair of real text: φ(x, y) are `hashedNgrams`, the reference and the start are θ = 0, the uniform policy.
 *
 * An SFT example's candidates are the true reply, first, and replies of other records, all different, drawn uniformly:
 * f_SFT is the cross-entropy of telling the true reply from these. Preferences are taken as they are.
 * Throws an InputError naming the option that is out of range, or that asks for more than the records hold.
 *
 * The defaults of β and of the ball's radius are chosen on the text of docs/problems.md and explained there.
 */
export function fromText(options: FromTextOptions): ProblemFile {
  const { preferences, sft, ...given } = { ...fromTextDefaults, ...options };
  const candidates = integerFrom(2, 'candidates', given.candidates);
  const examples = integerFrom(1, 'examples', given.examples);
  const radius = positive('radius', given.radius);
  const seed = integerFrom(0, 'seed', given.seed);
  const { dimension } = given;
  const features = hashedNgrams({ dimension, unit: given.unit, ngram: given.ngram });
  const fewest = Math.min(preferences.length, sft.length);
  if (examples > fewest) {
    const held = `${preferences.length} preferences and ${sft.length} SFT records`;
    throw new InputError('examples', examples, `at most ${fewest}: the files hold ${held}`);
  }
  const replies = distinct(
    sft.map(({ reply }) => reply),
    given.unit,
  );
  if (candidates > replies.length) {
    throw new InputError(
      'candidates',
      candidates,
      `at most the ${replies.length} different replies of the SFT records`,
    );
  }
  const others = stream(seed, 'sft-candidates');
  const zero = new Array<number>(dimension).fill(0);
  return {
    kind: 'log-linear',
    dimension,
    ...lossFields(given),
    reference: zero,
    radius,
    start: zero,
    sft: sample(sft, examples, stream(seed, 'sft-examples')).map(({ prompt, reply }) => ({
      candidates: distinctReplies({ seen: textSeen(reply, given.unit), text: reply }, candidates, replies, others).map(
        (text) => features(prompt, text),
      ),
      target: 0,
    })),
    dpo: sample(preferences, examples, stream(seed, 'dpo-examples')).map(({ prompt, chosen, rejected }) => ({
      chosen: features(prompt, chosen),
      rejected: features(prompt, rejected),
    })),
  };
}

/** The first of all texts that are the same to the features. */
function distinct(texts: readonly string[], unit: NgramUnit): SeenText[] {
  const found = new Map<string, SeenText>();
  for (const text of texts) {
    const seen = textSeen(text, unit);
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
