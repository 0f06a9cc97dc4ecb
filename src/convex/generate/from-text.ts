import type { ProblemFile } from '../problem/format.js';
import { fromUniformPolicy, type LossOptions, positive } from './checks.js';
import { fromTextDefaults } from './defaults.js';
import { drawTexts } from './draw-texts.js';
import { hashedNgrams, type NgramUnit } from './hashed-ngrams.js';
import type { DemonstrationRecord, PreferenceRecord } from './records.js';

/** Options of `fromText`; absent ones are `fromTextDefaults`. */
export interface FromTextOptions extends LossOptions {
  readonly preferences: readonly PreferenceRecord[];
  readonly sft: readonly DemonstrationRecord[];
  /** What φ(x, y) is; `fromFeatures` takes any other. */
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
  const given = { ...fromTextDefaults, ...options };
  const radius = positive('radius', given.radius);
  const { dimension } = given;
  const features = hashedNgrams({ dimension, unit: given.unit, ngram: given.ngram });
  const { sft, dpo } = drawTexts(given);
  return {
    ...fromUniformPolicy(given, dimension, radius),
    sft: sft.map(({ prompt, replies }) => ({
      candidates: replies.map((reply) => features(prompt, reply)),
      target: 0,
    })),
    dpo: dpo.map(({ prompt, chosen, rejected }) => ({
      chosen: features(prompt, chosen),
      rejected: features(prompt, rejected),
    })),
  };
}
