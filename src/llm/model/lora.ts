import { InputError } from '../../base/input-error.js';
import { stream } from '../../base/random-stream.js';

/** Low-rank adapters: W x + (alpha / rank) B A x beside the linear maps whose module name ends in a target. */
export interface LoraConfig {
  readonly rank: number;
  readonly alpha: number;
  /** Last parts of module names, as in HF: query_key_value, q_proj, … */
  readonly targets: readonly string[];
}

/** A fresh adapter's shape and the seed of its start. */
export interface LoraOptions extends LoraConfig {
  readonly seed: number;
}

/** One adapted module: A of shape [rank, in] and B of shape [out, rank]. */
export interface LoraShape {
  readonly module: string;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * The modules of a model that an adapter's targets name, by the names and shapes of its tensors.
 * @throws InputError when a target names no linear map
 */
export function loraShapes(shapes: ReadonlyMap<string, readonly number[]>, targets: readonly string[]): LoraShape[] {
  const linear = [...shapes].flatMap(([name, shape]) => {
    const module = /^(.*\.layers\..*)\.weight$/.exec(name)?.[1];
    return module !== undefined && shape.length === 2 ? [{ module, outputs: shape[0], inputs: shape[1] }] : [];
  });
  const matches = (module: string, target: string): boolean => module === target || module.endsWith(`.${target}`);
  for (const target of targets) {
    if (linear.some(({ module }) => matches(module, target))) continue;
    const names = [...new Set(linear.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))];
    throw new InputError('lora targets', target, `some of ${names.join(', ')}`);
  }
  return linear.filter(({ module }) => targets.some((target) => matches(module, target)));
}

/** The attention maps that the published runs adapt. */
export function attentionTargets(architecture: 'neox' | 'llama'): readonly string[] {
  return architecture === 'neox' ? ['query_key_value'] : ['q_proj', 'v_proj'];
}

/** The name of a module's factor in PEFT's adapter files. */
export function peftName(module: string, factor: 'A' | 'B'): string {
  return `base_model.model.${module}.lora_${factor}.weight`;
}

/**
 * The starting factor A of a module: uniform in ±1/sqrt(in), PEFT's own start (Kaiming uniform with a = sqrt(5)).
 * B starts at zero, so that a fresh adapter changes nothing. Each module has a random stream of its own.
 */
export function initialFactor({ module, inputs }: LoraShape, { rank, seed }: LoraOptions): Float32Array {
  const random = stream(seed, `lora ${module}`);
  const bound = 1 / Math.sqrt(inputs);
  return Float32Array.from({ length: rank * inputs }, () => (2 * random.uniform() - 1) * bound);
}
