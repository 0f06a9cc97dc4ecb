import { resolve } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { checkModelFiles } from '../results/contents.js';
import { finite } from '../weights/weights.js';
import { adaptedModules, type AdaptedModule } from './adapted-modules.js';
import { readAdapter, writeStoredAdapter, type StoredAdapter } from './adapter.js';
import type { ModelConfig } from './architecture/index.js';
import { openModel } from './load.js';
import { factorName, type LoraConfig } from './lora.js';

/** An adapter and the weight of what it adds to the model. */
export interface WeightedAdapter {
  readonly adapter: StoredAdapter;
  readonly weight: number;
}

/**
 * The adapter that adds Σ w_i s_i B_i A_i, the weighted sum of what some adapters add: its A are theirs one below the
 * other, its B theirs side by side, each times w_i s_i, so that its rank is the sum of theirs and nothing is lost but the
 * rounding of those products to float32. The sum of factors, in contrast, is not the factor of the sum.
 * @throws InputError where one of them is weight-decomposed (DoRA): magnitudes do not add up
 */
export function joinedAdapter(config: ModelConfig, parts: readonly WeightedAdapter[]): StoredAdapter {
  const modules = new Map<string, { module: AdaptedModule; parts: { part: WeightedAdapter; own: AdaptedModule }[] }>();
  for (const part of parts) {
    const { lora } = part.adapter;
    if (lora.weightDecomposed === true)
      throw new InputError('use_dora', true, 'adapters without magnitudes of their own');
    for (const own of adaptedModules(config, lora)) {
      const known = modules.get(own.module) ?? { module: own, parts: [] };
      known.parts.push({ part, own });
      modules.set(own.module, known);
    }
  }
  const factors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const ranks = new Map<string, number>();
  for (const { module, parts: joined } of modules.values()) {
    const { inputs, outputs } = module;
    const rank = joined.reduce((sum, { own }) => sum + own.rank, 0);
    ranks.set(module.module, rank);
    const [a, b] = [new Float32Array(rank * inputs), new Float32Array(outputs * rank)];
    let first = 0;
    for (const { part, own } of joined) {
      a.set(valuesOf(part.adapter, own, 'A'), first * inputs);
      const scale = part.weight * own.scale;
      const values = valuesOf(part.adapter, own, 'B');
      for (let output = 0; output < outputs; output++) {
        for (let k = 0; k < own.rank; k++) b[output * rank + first + k] = scale * values[output * own.rank + k];
      }
      first += own.rank;
    }
    factors.set(factorName(module, 'A'), { shape: [rank, inputs], values: a });
    factors.set(factorName(module, 'B'), { shape: [outputs, rank], values: b });
  }
  return { lora: configOf(ranks), factors };
}

/** Adapters of a model to be joined, and where to. */
export interface JoinOptions {
  readonly model: string;
  /** Adapter folders in PEFT form. */
  readonly adapters: readonly string[];
  /** A number for each, in their order; equal shares unless given. */
  readonly weights?: readonly number[] | undefined;
  /** The adapter folder to write. */
  readonly out: string;
}

/**
 * Writes the weighted sum of what some adapters of a model add to it as one adapter.
 * @returns its rank by module
 * @throws InputError naming the file and what is wrong with it
 */
export async function joinAdapters({
  model,
  adapters,
  weights: given,
  out,
}: JoinOptions): Promise<Record<string, number>> {
  const shares = given ?? adapters.map(() => 1 / adapters.length);
  if (shares.length !== adapters.length || !shares.every(Number.isFinite)) {
    throw new InputError('weights', given, `${adapters.length} numbers, one for each adapter`);
  }
  if ([model, ...adapters].some((path) => resolve(path) === resolve(out))) {
    throw new InputError('out', out, 'another folder than the model and the adapters');
  }
  for (const folder of [model, ...adapters]) await checkModelFiles(folder);
  const { config, weights } = openModel(model);
  try {
    const parts = adapters.map((path, i) => ({ adapter: readAdapter(path, config, weights), weight: shares[i] }));
    const joined = joinedAdapter(config, parts);
    for (const [name, { values }] of joined.factors) finite(values, out, name);
    await writeStoredAdapter(out, joined, config, model);
    return Object.fromEntries(adaptedModules(config, joined.lora).map(({ module, rank }) => [module, rank]));
  } finally {
    weights.close();
  }
}

/** An adapter's shape that names its modules in full, each with alpha equal to its rank: B A counts as it stands. */
function configOf(ranks: ReadonlyMap<string, number>): LoraConfig {
  const rank = Math.max(...ranks.values());
  const others = [...ranks].filter(([, own]) => own !== rank);
  const pattern = Object.fromEntries(others.map(([name, own]) => [name.replaceAll('.', '\\.'), own]));
  return {
    rank,
    alpha: rank,
    targets: [...ranks.keys()],
    ...(others.length > 0 && { rankPattern: pattern, alphaPattern: pattern }),
  };
}

function valuesOf({ factors }: StoredAdapter, module: AdaptedModule, factor: 'A' | 'B'): Float32Array {
  const found = factors.get(factorName(module, factor));
  if (found === undefined) throw new Error(`no factor ${factor} of ${module.module}`);
  return found.values;
}
