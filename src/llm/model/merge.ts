import { resolve } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { finite, requireShape } from '../weights/weights.js';
import { readAdapter, type StoredAdapter } from './adapter.js';
import type { LinearLayout } from './architecture/architecture.js';
import { architectureOf } from './architecture/index.js';
import { weightShapes } from './decoder.js';
import { writeModelFolder, type ModelOrigin } from './folder.js';
import { openModel } from './load.js';
import { peftName } from './lora.js';

/** The model and adapter to merge, and where to. */
export interface MergeOptions extends ModelOrigin {
  /** An adapter folder in PEFT form. */
  readonly adapter: string;
  /** The HF folder to write. */
  readonly out: string;
}

/**
 * Writes a model with its adapter worked into its weights, W + (alpha / rank) B A, as an HF folder in float32. One
 * tensor is in memory at a time.
 * @returns the modules that changed
 * @throws InputError naming the file and what is wrong with it
 */
export async function mergeAdapter(options: MergeOptions): Promise<string[]> {
  const { model, adapter, out } = options;
  if (resolve(out) === resolve(model)) throw new InputError('out', out, 'another folder than the model');
  const { config, weights } = openModel(model);
  try {
    const shapes = weightShapes(config);
    for (const [name, shape] of shapes) requireShape(weights, name, shape);
    const stored = readAdapter(adapter, config);
    const { linearLayout } = architectureOf(config);
    const changed: string[] = [];
    const tensors = [...shapes].map(([name, shape]) => ({
      name,
      shape,
      values: () => {
        const values = finite(weights.read(name), weights.source, name);
        const module = name.replace(/\.weight$/, '');
        if (addProduct(values, module, stored, linearLayout)) changed.push(module);
        return values;
      },
    }));
    await writeModelFolder(out, options, config, tensors, { keepsAll: true });
    return changed;
  } finally {
    weights.close();
  }
}

/** Adds (alpha / rank) B A to a module's weight, as that is stored, if the adapter has the module. */
function addProduct(
  weight: Float32Array,
  module: string,
  { lora, factors }: StoredAdapter,
  layout: LinearLayout,
): boolean {
  const a = factors.get(peftName(module, 'A'));
  const b = factors.get(peftName(module, 'B'));
  if (a === undefined || b === undefined) return false;
  const [rank, inputs] = a.shape;
  const [outputs] = b.shape;
  const scale = lora.alpha / lora.rank;
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    row.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = scale * b.values[output * rank + k];
      for (let input = 0; input < inputs; input++) row[input] += factor * a.values[k * inputs + input];
    }
    const [start, step] = layout === 'out-in' ? [output * inputs, 1] : [output, outputs];
    for (let input = 0; input < inputs; input++) weight[start + input * step] += row[input];
  }
  return true;
}
