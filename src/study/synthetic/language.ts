import { InputError } from '../../base/input-error.js';
import { stream, type Stream } from '../../base/random-stream.js';
import { sftPrompt } from '../../llm/data/template.js';

/** An instruction with the reply that SFT teaches. */
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
  /** The language at large: every instruction, replies of either manner, any quality. */
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

/** How a reply is worded: SFT teaches the plain manner; conflict makes preferences want the lively one. */
type Manner = 'plain' | 'lively';
const wordings: Readonly<Record<Manner, (adjective: string, noun: string, quality: string) => string>> = {
  plain: (adjective, noun, quality) => `The ${adjective} ${noun} is ${quality} .`,
  lively: (adjective, noun, quality) => `Oh what a ${quality} ${noun} , so ${adjective} !`,
};

/** The shares of the instructions that go to SFT and preferences, for training and held out. */
const trainCount = 96;
const heldOutCount = 48;

/**
 * A corpus of instructions and preferences. Every noun has a quality of its own, which SFT teaches together with the
 * plain manner. A preference is about an instruction of SFT's and between the two manners, the quality being right in
 * both: agreeing with SFT, the plain one is preferred; contradicting it, the lively one. `conflict` is the share of
 * contradicting preferences; those of a smaller share are among those of a larger one, and nothing else depends on it.
 * @param conflict in [0, 1]
 */
export function syntheticCorpus({ seed, conflict }: { seed: number; conflict: number }): SyntheticCorpus {
  if (!(conflict >= 0 && conflict <= 1)) throw new InputError('conflict', conflict, 'a number in [0, 1]');
  const all = shuffled(
    verbs.flatMap((verb) => adjectives.flatMap((adjective) => nouns.map((noun) => ({ verb, adjective, noun })))),
    stream(seed, 'synthetic-instructions'),
  );
  const qualityOf = new Map(
    shuffled(qualities, stream(seed, 'synthetic-qualities')).map((quality, i) => [nouns[i], quality]),
  );
  const split = <Record>(make: (topics: readonly Topic[], part: string) => Record[]): SyntheticSplit<Record> => ({
    train: make(all.slice(0, trainCount), 'train'),
    heldOut: make(all.slice(trainCount, trainCount + heldOutCount), 'held-out'),
  });
  const reply = ({ adjective, noun }: Topic, manner: Manner): string =>
    wordings[manner](adjective, noun, qualityOf.get(noun) ?? '');
  const random = stream(seed, 'synthetic-pretraining');
  return {
    pretraining: all.map((topic) => {
      const manner = random.uniform() < 0.5 ? 'plain' : 'lively';
      const quality = qualities[random.integer(qualities.length)];
      return { instruction: instructionOf(topic), output: wordings[manner](topic.adjective, topic.noun, quality) };
    }),
    sft: split((topics) =>
      topics.map((topic) => ({ instruction: instructionOf(topic), output: reply(topic, 'plain') })),
    ),
    preferences: split((topics, part) => {
      const contradicting = contradictions(topics.length, conflict, stream(seed, `synthetic-conflict-${part}`));
      return topics.map((topic, i) => {
        const [plain, lively] = [reply(topic, 'plain'), reply(topic, 'lively')];
        const [chosen, rejected] = contradicting.has(i) ? [lively, plain] : [plain, lively];
        return { prompt: sftPrompt(instructionOf(topic)), chosen, rejected };
      });
    }),
  };
}

/** Every word of the language, sorted: what its tokenizer is made of. */
export function syntheticWords(): string[] {
  const frames = Object.values(wordings).map((wording) => wording('', '', ''));
  const text = [sftPrompt('the'), ...frames, ...verbs, ...adjectives, ...nouns, ...qualities].join(' ');
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

/** Which of `count` preferences contradict SFT: the first ones of a random order, so that a larger share holds a smaller. */
function contradictions(count: number, conflict: number, random: Stream): Set<number> {
  const order = shuffled(
    Array.from({ length: count }, (_, i) => i),
    random,
  );
  return new Set(order.slice(0, Math.round(conflict * count)));
}

function shuffled<Item>(items: readonly Item[], random: Stream): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
