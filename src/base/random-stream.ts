import mt19937 from '@stdlib/random-base-mt19937';
import normalDistribution from '@stdlib/random-base-normal';

/** A named stream of random numbers: independent of every stream with another seed or purpose. */
export interface Stream {
  /** The next uniform number in [0, 1), with 53 random bits. */
  readonly uniform: () => number;
  /** The next standard normal number. */
  readonly normal: () => number;
  /** The next uniform integer in 0 … bound − 1. */
  readonly integer: (bound: number) => number;
  /** The generator's state, to be stored and given to `resumeStream`. */
  readonly state: () => number[];
}

/**
 * The stream of a seed and a purpose ("alright-coin", "dpo-sample", …).
 * The Mersenne Twister is seeded by the whole key (its init_by_array), so that streams of neighbouring seeds or of
 * different purposes share nothing, and schedules compared on one problem can share their samples by name.
 * @param seed a non-negative safe integer
 */
export function stream(seed: number, purpose: string): Stream {
  return onState(mt19937.factory({ seed: streamKey(seed, purpose) }).state);
}

/** The words that the stream of a seed and a purpose is seeded by; throws where the seed is no safe integer ≥ 0. */
export function streamKey(seed: number, purpose: string): Uint32Array {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed: got ${seed}, expected an integer ≥ 0`);
  return Uint32Array.from([seed >>> 0, Math.floor(seed / 2 ** 32), ...new TextEncoder().encode(purpose)]);
}

/** The stream that continues exactly where `state()` was taken. */
export function resumeStream(state: readonly number[]): Stream {
  return onState(Uint32Array.from(state));
}

/** Whether some numbers are the state of a stream. */
export function isStreamState(state: readonly number[]): boolean {
  try {
    resumeStream(state);
    return state.every((word) => word >= 0 && word < 2 ** 32);
  } catch {
    return false;
  }
}

/** Both generators work on the same state words; given a `prng` instead, the ziggurat would keep a hidden one of its own. */
function onState(state: Uint32Array): Stream {
  const generator = mt19937.factory({ state, copy: false });
  const standardNormal = normalDistribution.factory(0, 1, { state, copy: false });
  // 27 and 26 bits of two 32-bit words make the 53 bits of a double, as in the generator's reference code.
  const uniform = (): number => ((generator() >>> 5) * 2 ** 26 + (generator() >>> 6)) * 2 ** -53;
  return {
    uniform,
    normal: () => standardNormal(),
    integer: (bound) => Math.floor(uniform() * bound),
    state: () => Array.from(state),
  };
}
