import { InputError } from '../../base/input-error.js';
import { stream, type Stream } from '../../base/random-stream.js';
import { shuffled } from '../../base/shuffled.js';
import { sftPrompt } from '../../llm/data/template.js';

/** An instruction with a reply that SFT teaches. */
export interface SyntheticSft {
  readonly instruction: string;
  readonly output: string;
}

/** A prompt with its preferred and its dispreferred reply. */
export interface SyntheticPreference {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** The records of one seed and one conflict. */
export interface SyntheticCorpus {
  /** The language at large: every instruction, replies of either manner, quality and moment right now and then. */
  readonly pretraining: readonly SyntheticSft[];
  readonly sft: SyntheticSplit<SyntheticSft>;
  readonly preferences: SyntheticSplit<SyntheticPreference>;
}

/** Records to train on, and others to evaluate on. */
export interface SyntheticSplit<Record> {
  readonly train: readonly Record[];
  readonly heldOut: readonly Record[];
}

const verbs = ['describe', 'explain', 'praise', 'picture', 'introduce', 'recall'];
const adjectives = ['old', 'quiet', 'bright', 'small', 'distant', 'golden', 'cold', 'green'];
const nouns = 'river mountain garden harbour castle forest island village bridge meadow lantern market'.split(' ');
const qualities = 'deep steep calm busy proud dark lonely gentle narrow wide warm loud'.split(' ');
const moments = ['dawn', 'noon', 'dusk', 'midnight', 'sunrise', 'harvest'];

/** How a reply is worded: SFT mostly teaches the plain manner; conflict makes preferences want the lively one. */
type Manner = 'plain' | 'lively';
type Wording = (adjective: string, noun: string, quality: string, moment: string) => string;
const wordings: Readonly<Record<Manner, Wording>> = {
  plain: (adjective, noun, quality, moment) => `The ${adjective} ${noun} is ${quality} at ${moment} .`,
  lively: (adjective, noun, quality, moment) => `Oh what a ${quality} ${noun} , so ${adjective} at ${moment} !`,
};

/** The instructions that SFT and preferences are about, for training (and validation) and held out. */
const trainCount = 448;
const heldOutCount = 128;

/**
 * The share of SFT replies in the lively manner, and of preferences that are the wrong way round. Without them each
 * objective would be minimised by probabilities of 0 and 1 only, that is, never; with them both have an optimum.
 */
export const livelyReplies = 0.2;
export const wrongPreferences = 0.05;

/** The share of qualities and moments that the language at large has right; the others are drawn from all. */
export const knownBefore = 0.3;

/**
 * A corpus of instructions and preferences. Every noun has a quality of its own and every verb a moment, which SFT
 * teaches together with the plain manner, in four of five replies. A preference is about an instruction of SFT's and
 * between the two manners, quality and moment being right in both: agreeing with SFT, the plain one is preferred;
 * contradicting it, the lively one; one in twenty is the wrong way round. `conflict` is the share of preferences whose
 * taste contradicts. The taste goes by the noun, so that it can be learnt: whole nouns contradict, except for one where the
 * share asks for a part. Those of a smaller share are among those of a larger one, and nothing else depends on it.
 * @param conflict in [0, 1]
 */
export function syntheticCorpus({ seed, conflict }: { seed: number; conflict: number }): SyntheticCorpus {
  if (!(conflict >= 0 && conflict <= 1)) throw new InputError('conflict', conflict, 'a number in [0, 1]');
  const all = shuffled(
    verbs.flatMap((verb) => adjectives.flatMap((adjective) => nouns.map((noun) => ({ verb, adjective, noun })))),
    stream(seed, 'synthetic-instructions'),
  );
  const qualityOf = paired(nouns, shuffled(qualities, stream(seed, 'synthetic-qualities')));
  const momentOf = paired(verbs, shuffled(moments, stream(seed, 'synthetic-moments')));
  const tasteOrder = shuffled(nouns, stream(seed, 'synthetic-taste'));
  const split = <Record>(make: (topics: readonly Topic[], part: string) => Record[]): SyntheticSplit<Record> => ({
    train: make(all.slice(0, trainCount), 'train'),
    heldOut: make(all.slice(trainCount, trainCount + heldOutCount), 'held-out'),
  });
  const reply = ({ verb, adjective, noun }: Topic, manner: Manner): string =>
    wordings[manner](adjective, noun, qualityOf.get(noun) ?? '', momentOf.get(verb) ?? '');
  const random = stream(seed, 'synthetic-pretraining');
  return {
    pretraining: all.map((topic) => {
      const manner = random.uniform() < 0.5 ? 'plain' : 'lively';
      const known = <Word>(right: Word | undefined, all: readonly Word[]): Word =>
        right !== undefined && random.uniform() < knownBefore ? right : all[random.integer(all.length)];
      const quality = known(qualityOf.get(topic.noun), qualities);
      const moment = known(momentOf.get(topic.verb), moments);
      const output = wordings[manner](topic.adjective, topic.noun, quality, moment);
      return { instruction: instructionOf(topic), output };
    }),
    sft: split((topics, part) => {
      const lively = evenShare(topics.length, livelyReplies, stream(seed, `synthetic-manners-${part}`));
      return topics.map((topic, i) => ({
        instruction: instructionOf(topic),
        output: reply(topic, lively.has(i) ? 'lively' : 'plain'),
      }));
    }),
    preferences: split((topics, part) => {
      const wrong = evenShare(topics.length, wrongPreferences, stream(seed, `synthetic-mistakes-${part}`));
      const byTaste = topics.map((_, i) => i).sort((a, b) => rank(topics[a]) - rank(topics[b]));
      const contradicting = new Set(byTaste.slice(0, Math.round(conflict * topics.length)));
      return topics.map((topic, i) => {
        const [plain, lively] = [reply(topic, 'plain'), reply(topic, 'lively')];
        const wanted = contradicting.has(i) !== wrong.has(i) ? lively : plain;
        return {
          prompt: sftPrompt(instructionOf(topic)),
          chosen: wanted,
          rejected: wanted === lively ? plain : lively,
        };
      });
    }),
  };

  function rank({ noun }: Topic): number {
    return tasteOrder.indexOf(noun);
  }
}

/** Every word of the language, sorted: what its tokenizer is made of. */
export function syntheticWords(): string[] {
  const frames = Object.values(wordings).map((wording) => wording('', '', '', ''));
  const text = [sftPrompt('the'), ...frames, ...verbs, ...adjectives, ...nouns, ...qualities, ...moments].join(' ');
  return [...new Set(text.match(/\w+|[^\w\s]+/g))].sort();
}

interface Topic {
  readonly verb: string;
  readonly adjective: string;
  readonly noun: string;
}

function instructionOf({ verb, adjective, noun }: Topic): string {
  return `${verb} the ${adjective} ${noun}`;
}

/** A share of `count` records, spread evenly over them, so that any stretch of them holds about as large a share. */
function evenShare(count: number, share: number, random: Stream): Set<number> {
  const size = Math.round(1 / share);
  const starts = Array.from({ length: Math.ceil(count / size) }, (_, i) => i * size);
  return new Set(starts.map((start) => start + random.integer(size)).filter((i) => i < count));
}

/** Each key with the value in its place. */
function paired(keys: readonly string[], values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(keys.map((key, i) => [key, values[i]]));
}
