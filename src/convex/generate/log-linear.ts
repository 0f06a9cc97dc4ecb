import { inner } from '../../base/vector.js';
import { InputError } from '../../base/input-error.js';
import { minimize } from '../optimum/minimize.js';
import { stream } from '../../base/random-stream.js';
import { problemData } from '../problem/data.js';
import { checkProblemFile, type LogLinearFile, type ProblemFile } from '../problem/format.js';
import { logLinearSft } from '../problem/log-linear-sft.js';
import { checkedStart, integerFrom, lossFields, type LossOptions, positive } from './checks.js';
import { logLinearDefaults } from './defaults.js';
import { gaussianVector, orthonormalPair } from './orthonormal.js';

/**
 * Where the reference policy of a generated log-linear pair comes from. `zero`: the uniform policy; `random`: a policy as
 * sharp as the generating ones; `sft`: the minimiser of f_SFT.
 */
export type ReferenceKind = 'zero' | 'random' | 'sft';

/** Options of `logLinear`; absent ones are `logLinearDefaults`. */
export interface LogLinearOptions extends LossOptions {
  readonly dimension?: number;
  /** Candidate replies of an SFT example, the target among them. */
  readonly candidates?: number;
  /** How many examples of both kinds, or of each. */
  readonly examples?: number | { readonly dpo: number; readonly sft: number };
  /** From −1, aligned, over 0, orthogonal, to 1, opposed; in dimension 1 only −1 and 1, the default there. */
  readonly conflict?: number;
  /** How far the generating policies are from the uniform and the reference policy: the norm of their θ. */
  readonly sharpness?: number;
  readonly radius?: number;
  readonly reference?: ReferenceKind;
  /** Zero where absent. */
  readonly start?: readonly number[];
  readonly seed?: number;
}

/**
 * A random log-linear pair whose data two policies generated.
 *
 * Features are standard normal. The SFT targets are drawn from π_θ with θ = sharpness · u_SFT. The preferences are
 * drawn from the Bradley–Terry model of the reward for which θ_ref + sharpness · u_DPO is the optimal policy:
 * P(chosen over rejected) = σ(β · sharpness · u_DPOᵀ(φ_chosen − φ_rejected)). The unit vectors satisfy
 * ⟨u_SFT, u_DPO⟩ = −conflict. With many examples each objective's minimiser tends to its generating policy (projected
 * where that lies outside the ball), so at conflict −1 and reference zero the two objectives agree.
 * All draws but the two directions are shared by every value of conflict.
 * Throws an InputError naming the option that is out of range.
 */
export function logLinear(options: LogLinearOptions = {}): ProblemFile {
  const dimension = integerFrom(1, 'dimension', options.dimension ?? logLinearDefaults.dimension);
  const given = { ...logLinearDefaults, ...(dimension === 1 ? { conflict: 1 } : {}), ...options };
  const candidates = integerFrom(2, 'candidates', given.candidates);
  const counts = typeof given.examples === 'number' ? { dpo: given.examples, sft: given.examples } : given.examples;
  integerFrom(1, 'examples', counts.dpo);
  integerFrom(1, 'examples', counts.sft);
  const sharpness = positive('sharpness', given.sharpness);
  const beta = positive('beta', given.beta);
  const radius = positive('radius', given.radius);
  const seed = integerFrom(0, 'seed', given.seed);
  const start = checkedStart(options.start, dimension, radius);
  const directions = generatingDirections(dimension, given.conflict, seed);

  const sft = sftExamples(counts.sft, candidates, directions.sft, sharpness, seed);
  const dpo = dpoExamples(counts.dpo, directions.dpo, beta * sharpness, seed);
  const file = { kind: 'log-linear' as const, dimension, ...lossFields(given), radius, start, sft, dpo };
  return { ...file, reference: referencePoint(given.reference, file, sharpness, seed) };
}

function generatingDirections(dimension: number, conflict: number, seed: number): { dpo: number[]; sft: number[] } {
  if (!(conflict >= -1 && conflict <= 1)) throw new InputError('conflict', conflict, 'a number in [−1, 1]');
  if (dimension === 1 && Math.abs(conflict) !== 1) {
    throw new InputError('conflict', conflict, '−1 or 1, the only ones in dimension 1');
  }
  const [sft, across] = orthonormalPair(stream(seed, 'generating-directions'), dimension);
  const rest = Math.sqrt(1 - conflict * conflict);
  return { sft, dpo: sft.map((entry, i) => -conflict * entry + rest * across[i]) };
}

function sftExamples(
  count: number,
  candidates: number,
  direction: readonly number[],
  sharpness: number,
  seed: number,
): LogLinearFile['sft'] {
  const features = stream(seed, 'sft-features');
  const targets = stream(seed, 'sft-targets');
  return Array.from({ length: count }, () => {
    const replies = Array.from({ length: candidates }, () => gaussianVector(features, direction.length));
    const logits = replies.map((reply) => sharpness * inner(direction, reply));
    return { candidates: replies, target: drawnFrom(logits, targets.uniform()) };
  });
}

function dpoExamples(
  count: number,
  direction: readonly number[],
  rewardScale: number,
  seed: number,
): LogLinearFile['dpo'] {
  const features = stream(seed, 'dpo-features');
  const choices = stream(seed, 'dpo-choices');
  return Array.from({ length: count }, () => {
    const replies = [gaussianVector(features, direction.length), gaussianVector(features, direction.length)];
    const rewards = replies.map((reply) => rewardScale * inner(direction, reply));
    const first = drawnFrom(rewards, choices.uniform()) === 0;
    return first ? { chosen: replies[0], rejected: replies[1] } : { chosen: replies[1], rejected: replies[0] };
  });
}

/** The index that a uniform number draws from the softmax of the logits. */
function drawnFrom(logits: readonly number[], uniform: number): number {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (let k = 0; k < weights.length - 1; k++) {
    left -= weights[k];
    if (left < 0) return k;
  }
  return weights.length - 1;
}

function referencePoint(
  kind: ReferenceKind,
  file: Omit<LogLinearFile, 'reference'>,
  sharpness: number,
  seed: number,
): number[] {
  const { dimension, start, radius } = file;
  const zero = new Array<number>(dimension).fill(0);
  switch (kind) {
    case 'zero':
      return zero;
    case 'random':
      return orthonormalPair(stream(seed, 'reference'), dimension)[0].map((entry) => sharpness * entry);
    case 'sft': {
      const data = problemData(checkProblemFile({ ...file, reference: zero }));
      if (data.kind !== 'log-linear') throw new TypeError('expected log-linear data');
      const sft = logLinearSft(data.sft, dimension);
      const { minimizer, certificate } = minimize(sft, { start: Float64Array.from(start), radius, modulus: 0 });
      if (!(certificate <= 1e-10)) throw new Error(`the SFT minimiser is certified only to ${certificate}`);
      return Array.from(minimizer);
    }
  }
}
