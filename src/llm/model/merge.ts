import { resolve } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { checkModelFiles } from '../results/contents.js';
import type { StoredType } from '../weights/safetensors.js';
import { finite, requireShape } from '../weights/weights.js';
import { readAdapter, type StoredAdapter } from './adapter.js';
import { adaptedModules, type AdaptedModule } from './adapted-modules.js';
import type { LinearLayout } from './architecture/architecture.js';
import { architectureOf } from './architecture/index.js';
import { weightShapes } from './decoder.js';
import { writeModelFolder, type ModelOrigin } from './folder.js';
import { openModel } from './load.js';
import { factorName } from './lora.js';

/** The model and adapter to merge, and where to. */
export interface MergeOptions extends ModelOrigin {
  /** An adapter folder in PEFT form. */
  readonly adapter: string;
  /** The HF folder to write. */
  readonly out: string;
  /** What the merged weights, computed in double precision, are rounded to; by default float32. */
  readonly dtype?: StoredType | undefined;
}

/**
 * Writes a model with its adapter worked into its weights as an HF folder, in float32 or a type of half the size. One
 * tensor is in memory at a time.
 * @returns the modules that changed
 * @throws InputError naming the file and what is wrong with it
 */
export async function mergeAdapter(options: MergeOptions): Promise<string[]> {
  const { model, adapter, out } = options;
  if (resolve(out) === resolve(model)) throw new InputError('out', out, 'another folder than the model');
  for (const folder of [model, adapter]) await checkModelFiles(folder);
  const { config, weights } = openModel(model);
  try {
    const shapes = weightShapes(config);
    for (const [name, shape] of shapes) requireShape(weights, name, shape);
    const stored = readAdapter(adapter, config, weights);
    const modules = new Map(adaptedModules(config, stored.lora).map((one) => [`${one.module}.weight`, one]));
    const { linearLayout, head, embedding } = architectureOf(config);
    // A tied head and an embedding of which one is adapted are two matrices from here on.
    const unties = config.tiedHead && (modules.has(head) || modules.has(embedding));
    const written = unties ? { ...config, tiedHead: false } : config;
    const changed: string[] = [];
    const tensors = [...weightShapes(written)].map(([name, shape]) => ({
      name,
      shape,
      values: () => {
        const source = unties && name === head ? embedding : name;
        const values = finite(weights.read(source), weights.source, source);
        const module = modules.get(name);
        if (module === undefined) return values;
        const layout = module.kind === 'block' ? linearLayout : module.kind === 'head' ? 'out-in' : 'in-out';
        addProduct(values, module, stored, layout);
        changed.push(module.module);
        return finite(values, out, name);
      },
    }));
    await writeModelFolder(out, options, written, tensors, {
      keepsAll: true,
      type: options.dtype,
      ...(unties && { changes: { tie_word_embeddings: false } }),
    });
    return changed;
  } finally {
    weights.close();
  }
}

/** Adds scale · B A to a module's weight, as that is stored, and brings its outputs to their magnitudes, with DoRA. */
function addProduct(
  weight: Float32Array,
  module: AdaptedModule,
  { factors }: StoredAdapter,
  layout: LinearLayout,
): void {
  const [a, b, magnitude] = (['A', 'B', 'magnitude'] as const).map((factor) => factors.get(factorName(module, factor)));
  if (a === undefined || b === undefined) throw new Error(`no factors of ${module.module}`);
  const { rank, inputs, outputs, scale } = module;
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    const [start, step] = layout === 'out-in' ? [output * inputs, 1] : [output, outputs];
    for (let input = 0; input < inputs; input++) row[input] = weight[start + input * step];
    for (let k = 0; k < rank; k++) {
      const factor = scale * b.values[output * rank + k];
      for (let input = 0; input < inputs; input++) row[input] += factor * a.values[k * inputs + input];
    }
    const ratio =
      magnitude === undefined
        ? 1
        : magnitude.values[output] / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let input = 0; input < inputs; input++) weight[start + input * step] = ratio * row[input];
  }
}
