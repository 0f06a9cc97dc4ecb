import { InputError } from '../../base/input-error.js';
import type { ProblemFile } from '../problem/format.js';
import { fromUniformPolicy, positive } from './checks.js';
import { fromTextDefaults } from './defaults.js';
import { drawTexts } from './draw-texts.js';
import type { FromTextOptions } from './from-text.js';

/** A reply and what it answers. */
export interface PromptAndReply {
  readonly prompt: string;
  readonly reply: string;
}

/** Options of `fromFeatures`; absent ones are `fromTextDefaults`. */
export interface FromFeaturesOptions extends Omit<FromTextOptions, 'features' | 'dimension' | 'ngram'> {
  /** φ(x, y) of many replies at once, all of one length, before they are standardised. */
  readonly featuresOf: (texts: readonly PromptAndReply[]) => Promise<readonly ArrayLike<number>[]>;
}

/**
 * The log-linear pair of real text under features of the caller's, such as a language model's: drawn like those of
 * `fromText`, then standardised, that is each coordinate has mean 0 and deviation 1 over all replies of the problem (0
 * throughout where it is constant), to seven digits. Reference and start are θ = 0, the uniform policy.
 */
export async function fromFeatures({ featuresOf, ...options }: FromFeaturesOptions): Promise<ProblemFile> {
  const given = { ...fromTextDefaults, ...options };
  const radius = positive('radius', given.radius);
  const { sft, dpo } = drawTexts(given);
  const texts = [
    ...sft.flatMap(({ prompt, replies }) => replies.map((reply) => ({ prompt, reply }))),
    ...dpo.flatMap(({ prompt, chosen, rejected }) => [chosen, rejected].map((reply) => ({ prompt, reply }))),
  ];
  const features = standardised(await featuresOf(texts));
  const dimension = features[0].length;
  const { candidates } = given;
  const pairs = features.slice(sft.length * candidates);
  return {
    ...fromUniformPolicy(given, dimension, radius),
    sft: sft.map((_, n) => ({ candidates: features.slice(n * candidates, (n + 1) * candidates), target: 0 })),
    dpo: dpo.map((_, n) => ({ chosen: pairs[2 * n], rejected: pairs[2 * n + 1] })),
  };
}

/** Every coordinate with mean 0 and deviation 1, rounded to seven digits. */
function standardised(rows: readonly ArrayLike<number>[]): number[][] {
  const [{ length }] = rows;
  const scaled = rows.map((row, n) => {
    if (row.length !== length) throw new InputError(`features of reply ${n}`, row.length, `${length} numbers`);
    return Array.from(row);
  });
  for (let i = 0; i < length; i++) {
    const mean = scaled.reduce((sum, row) => sum + row[i], 0) / scaled.length;
    const deviation = Math.sqrt(scaled.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / scaled.length);
    // What varies by less than the rounding of single precision is taken to be constant.
    const constant = !(deviation > 1e-6 * Math.abs(mean));
    for (const row of scaled) row[i] = constant ? 0 : Number(((row[i] - mean) / deviation).toPrecision(7));
  }
  return scaled;
}
