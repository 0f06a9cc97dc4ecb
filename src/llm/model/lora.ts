import { stream } from '../../base/random-stream.js';
import type { LinearMap } from './architecture/linear-maps.js';

/** Low-rank adapters: W x + (alpha / rank) B A x beside the linear maps whose module name ends in a target. */
export interface LoraConfig {
  readonly rank: number;
  readonly alpha: number;
  /** Last parts of module names, as in HF: query_key_value, q_proj, …; or a regular expression, or "all-linear". */
  readonly targets: readonly string[] | string;
  /** Ranks and alphas of modules whose name ends in an expression; the first that does counts. */
  readonly rankPattern?: Readonly<Record<string, number>>;
  readonly alphaPattern?: Readonly<Record<string, number>>;
  /** Whether B A is scaled by alpha / √rank (Kalajdzievski, arXiv 2312.03732). */
  readonly rankStabilised?: boolean;
  /** Whether every output has a magnitude of its own (DoRA: Liu et al., arXiv 2402.09353). */
  readonly weightDecomposed?: boolean;
  /** Modules that are no targets. */
  readonly exclude?: readonly string[] | string;
  /** The numbers of the layers that are adapted, by default all; and what stands before the number in names. */
  readonly layers?: readonly number[];
  readonly layersPattern?: readonly string[];
  /** Modules that the adapter's file holds whole. */
  readonly saved?: readonly string[];
}

/** A fresh adapter's shape and the seed of its start. */
export interface LoraOptions extends LoraConfig {
  readonly seed: number;
}

/** The name of an adapted module's tensor in PEFT's adapter files. */
export function factorName(
  { module, kind }: { readonly module: string; readonly kind: string },
  factor: 'A' | 'B' | 'magnitude',
): string {
  if (factor === 'magnitude') return `base_model.model.${module}.lora_magnitude_vector`;
  return kind === 'embedding' ? `base_model.model.${module}.lora_embedding_${factor}` : peftName(module, factor);
}

/** The name of a linear map's factor in PEFT's adapter files. */
export function peftName(module: string, factor: 'A' | 'B'): string {
  return `base_model.model.${module}.lora_${factor}.weight`;
}

/**
 * The starting factor A of a module: uniform in ±1/sqrt(in), PEFT's own start (Kaiming uniform with a = sqrt(5)).
 * B starts at zero, so that a fresh adapter changes nothing. Each module has a random stream of its own.
 */
export function initialFactor(
  { module, inputs }: LinearMap,
  { rank, seed }: Pick<LoraOptions, 'rank' | 'seed'>,
): Float32Array {
  const random = stream(seed, `lora ${module}`);
  const bound = 1 / Math.sqrt(inputs);
  return Float32Array.from({ length: rank * inputs }, () => (2 * random.uniform() - 1) * bound);
}
