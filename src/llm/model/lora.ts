import { InputError } from '../../base/input-error.js';
import { stream } from '../../base/random-stream.js';
import type { ModelConfig } from './architecture/index.js';
import { linearMaps, type LinearMap } from './architecture/linear-maps.js';

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

/**
 * The modules of a model that an adapter's targets name: A of shape [rank, inputs] and B of [outputs, rank] for each.
 * @throws InputError when a target names no linear map
 */
export function loraShapes(config: ModelConfig, targets: readonly string[]): LinearMap[] {
  const linear = linearMaps(config);
  const matches = (module: string, target: string): boolean => module === target || module.endsWith(`.${target}`);
  for (const target of targets) {
    if (linear.some(({ module }) => matches(module, target))) continue;
    const names = [...new Set(linear.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))];
    throw new InputError('lora targets', target, `some of ${names.join(', ')}`);
  }
  return linear.filter(({ module }) => targets.some((target) => matches(module, target)));
}

/** The name of a module's factor in PEFT's adapter files. */
export function peftName(module: string, factor: 'A' | 'B'): string {
  return `base_model.model.${module}.lora_${factor}.weight`;
}

/**
 * The starting factor A of a module: uniform in ±1/sqrt(in), PEFT's own start (Kaiming uniform with a = sqrt(5)).
 * B starts at zero, so that a fresh adapter changes nothing. Each module has a random stream of its own.
 */
export function initialFactor({ module, inputs }: LinearMap, { rank, seed }: LoraOptions): Float32Array {
  const random = stream(seed, `lora ${module}`);
  const bound = 1 / Math.sqrt(inputs);
  return Float32Array.from({ length: rank * inputs }, () => (2 * random.uniform() - 1) * bound);
}
