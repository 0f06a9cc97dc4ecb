import type { ConvexFunction, Sampler, SamplerRandom } from './problem.js';

/** The samples of a function whose values are exact and whose gradient carries N(0, deviation² I), drawn anew each step. */
export function additiveNoise(
  { value, gradient }: Pick<ConvexFunction, 'value' | 'gradient'>,
  dimension: number,
  deviation: number,
  random: SamplerRandom,
): Sampler {
  const sample = new Float64Array(dimension);
  return {
    draw() {
      if (deviation === 0) return;
      for (let i = 0; i < dimension; i++) sample[i] = deviation * random.normal();
    },
    gradient(theta, out) {
      const exact = gradient(theta, out);
      for (let i = 0; i < dimension; i++) out[i] += sample[i];
      return exact;
    },
    value,
  };
}
