/** A config.json's fields, as a property test makes them. */
export interface RopeJson {
  readonly rope_type: string;
  readonly factor?: number;
  readonly low_freq_factor?: number;
  readonly high_freq_factor?: number;
  readonly original_max_position_embeddings?: number;
  readonly attention_factor?: number;
  readonly beta_fast?: number;
  readonly beta_slow?: number;
  readonly mscale?: number;
  readonly mscale_all_dim?: number;
  readonly truncate?: boolean;
}

/** Radians per position of each pair, and the factor of cosines and sines, by the formulas of transformers. */
export function referenceRope(
  rope: RopeJson,
  width: number,
  theta: number,
  contextLength: number,
): { frequencies: number[]; attentionFactor: number } {
  const { factor = 1, original_max_position_embeddings: original = contextLength } = rope;
  const plain = Array.from({ length: width / 2 }, (_, i) => 1 / theta ** ((2 * i) / width));
  if (rope.rope_type === 'linear') return { frequencies: plain.map((f) => f / factor), attentionFactor: 1 };
  if (rope.rope_type === 'dynamic') {
    // The base of a sequence within the context: (factor · 1 − (factor − 1)) to a power.
    const base = theta * ((factor * contextLength) / contextLength - (factor - 1)) ** (width / (width - 2));
    return { frequencies: plain.map((_, i) => base ** ((-2 * i) / width)), attentionFactor: 1 };
  }
  if (rope.rope_type === 'llama3') {
    const { low_freq_factor: low = 1, high_freq_factor: high = 4 } = rope;
    const frequencies = plain.map((f) => {
      const wavelength = (2 * Math.PI) / f;
      if (wavelength < original / high) return f;
      if (wavelength > original / low) return f / factor;
      const smooth = (original / wavelength - low) / (high - low);
      return ((1 - smooth) * f) / factor + smooth * f;
    });
    return { frequencies, attentionFactor: 1 };
  }
  if (rope.rope_type !== 'yarn') return { frequencies: plain, attentionFactor: 1 };
  const correction = (rotations: number): number =>
    (width * Math.log(original / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
  let low = correction(rope.beta_fast ?? 32);
  let high = correction(rope.beta_slow ?? 1);
  if (rope.truncate !== false) [low, high] = [Math.floor(low), Math.ceil(high)];
  [low, high] = [Math.max(low, 0), Math.min(high, width - 1)];
  if (low === high) high += 0.001;
  const frequencies = plain.map((f, i) => {
    const ramp = Math.min(1, Math.max(0, (i - low) / (high - low)));
    return (1 / factor) * f * ramp + f * (1 - ramp);
  });
  const scale = (m: number): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1);
  const both = rope.mscale !== undefined && rope.mscale_all_dim !== undefined;
  const usual = both ? scale(rope.mscale ?? 0) / scale(rope.mscale_all_dim ?? 0) : scale(1);
  return { frequencies, attentionFactor: rope.attention_factor ?? usual };
}
