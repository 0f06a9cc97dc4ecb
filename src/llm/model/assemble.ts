import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { InputError } from '../../base/input-error.js';
import { nextTurn } from '../../base/next-turn.js';
import { asHalfMatrix, knowsHalves, type HalfType } from '../../engine/half-matrix.js';
import { largestTensor, machineMemory, roomForTensors, uploaded } from '../weights/device-memory.js';
import { sizeOf, type RowRange } from '../weights/weights.js';
import type { StoredAdapter } from './adapter.js';
import type { ModelConfig } from './architecture/index.js';
import { createDecoder, frozenMatrices, weightShapes } from './decoder.js';
import type { LanguageModel } from './language-model.js';
import { adaptedModules } from './adapted-modules.js';
import { factorName, initialFactor, type LoraOptions } from './lora.js';
import { partName, rowParts } from './parts.js';

/** Where a model's tensors come from, by their HF names. */
export interface TensorSource {
  /** The numbers of some rows of a tensor, each asked for once. */
  readonly values: (name: string, rows: RowRange) => Float32Array;
  /** The type of half the size that a tensor is stored in, where it is such a type, and what writes some of its rows as they are. */
  readonly halfType?: (name: string) => HalfType | undefined;
  readonly halves?: (name: string, rows: RowRange, into: Uint16Array) => void;
}

/** What is made of a model's tensors. */
export interface AssembleOptions {
  /** An adapter, or every weight; by default nothing is trainable. */
  readonly trained?: StoredAdapter | 'every weight' | undefined;
  /** The most bytes of one tensor, larger ones are held in parts; by default what the device takes. */
  readonly largestTensor?: number | undefined;
  /** Whether the backward pass runs every block again. */
  readonly recompute?: boolean | undefined;
  /**
   * Whether matrices of halves stay outside of the wasm backend's module, and are brought in by panels where they are
   * multiplied; by default where what is held would fill more than half of it.
   */
  readonly weightsOutside?: boolean | undefined;
}

/**
 * Puts a model's tensors onto the current backend. Matrices that are stored in halves, and not trained, stay so where the
 * backend multiplies with them.
 * @param source numbers, or a function that gives them
 * @throws InputError where they cannot fit
 */
export async function assembleModel(
  config: ModelConfig,
  source: TensorSource | TensorSource['values'],
  options: AssembleOptions = {},
): Promise<LanguageModel> {
  const { values, halfType, halves }: TensorSource = typeof source === 'function' ? { values: source } : source;
  const { trained, largestTensor: largest = largestTensor(), recompute = false } = options;
  const adapter = trained === 'every weight' ? undefined : trained;
  const frozen =
    trained === 'every weight' || !knowsHalves() ? new Set<string>() : frozenMatrices(config, adapter?.lora);
  const heldAs = (name: string, columns: number): HalfType | undefined =>
    frozen.has(name) && columns % 2 === 0 ? halfType?.(name) : undefined;
  const outside = await liesOutside(heldBytes(config, heldAs, trained), trained === undefined, options.weightsOutside);
  const trainable = new Map<string, Variable>();
  for (const [name, { shape, values: start }] of adapter?.factors ?? []) {
    trainable.set(name, variableOf(tf.tensor(start, [...shape], 'float32')));
  }
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    const columns = shape.at(-1) ?? 0;
    const half = heldAs(name, columns);
    for (const rows of rowParts(name, shape, largest)) {
      const part = partName(name, rows, shape);
      const within = ({ first, end }: RowRange): RowRange => ({ first: rows.first + first, end: rows.first + end });
      const held = [rows.end - rows.first, ...shape.slice(1)];
      const start =
        half === undefined || halves === undefined
          ? await uploaded((some, into) => {
              into.set(values(name, within(some)));
            }, held)
          : asHalfMatrix(
              await uploaded(
                ({ first, end }, { buffer, byteOffset, byteLength }) => {
                  halves(name, within({ first, end }), new Uint16Array(buffer, byteOffset, byteLength / 2));
                },
                [held[0], columns / 2],
                'int32',
                outside,
              ),
              half,
            );
      if (trained === 'every weight') trainable.set(part, variableOf(start));
      weights.set(part, trainable.get(part) ?? start);
      // Loading can take minutes: between tensors an interrupt is heard.
      await nextTurn();
    }
  }
  return createDecoder({ config, weights, trainable, lora: adapter?.lora, recompute });
}

/** Bytes of matrices of halves, and of all else that a model and its training hold from the start. */
interface HeldBytes {
  readonly halves: number;
  readonly others: number;
}

function heldBytes(
  config: ModelConfig,
  heldAs: (name: string, columns: number) => HalfType | undefined,
  trained: StoredAdapter | 'every weight' | undefined,
): HeldBytes {
  let [halves, others] = [0, 0];
  for (const [name, shape] of weightShapes(config)) {
    if (heldAs(name, shape.at(-1) ?? 0) === undefined) others += 4 * sizeOf(shape);
    else halves += 2 * sizeOf(shape);
    // A gradient and two moments.
    if (trained === 'every weight') others += 12 * sizeOf(shape);
  }
  const factors = trained === 'every weight' ? undefined : trained?.factors;
  for (const { shape } of factors?.values() ?? []) others += 16 * sizeOf(shape);
  return { halves, others };
}

/**
 * Whether matrices of halves stay outside of the module.
 * @throws InputError where weights, and what training holds of each trained one, cannot fit on the backend, or on the machine
 */
async function liesOutside(
  { halves, others }: HeldBytes,
  isUntrained: boolean,
  asked: boolean | undefined,
): Promise<boolean> {
  const room = roomForTensors();
  const mayLieOutside = tf.getBackend() === 'wasm';
  const outside = mayLieOutside && halves > 0 && (asked ?? halves + others > room / 2);
  const what = isUntrained ? 'weights' : 'weights, gradients and moments';
  const gibibytes = (count: number): string => `${(count / 2 ** 30).toFixed(1)} GiB`;
  const refuse = (bytes: number, most: number, whose: string): void => {
    if (bytes <= most) return;
    throw new InputError(
      'model',
      `${gibibytes(bytes)} of ${what}`,
      `at most ${gibibytes(most)}, the memory of ${whose}`,
    );
  };
  refuse(outside ? others : halves + others, room, `the ${tf.getBackend()} backend`);
  if (mayLieOutside) refuse(halves + others, await machineMemory(), 'this machine');
  return outside;
}

/** An adapter that changes nothing yet. */
export function freshAdapter(options: LoraOptions, config: ModelConfig): StoredAdapter {
  const { seed, ...lora } = options;
  const factors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const target of typeof lora.targets === 'string' ? [] : lora.targets) {
    // A list that a user gives has no name in vain, where PEFT's own defaults may.
    adaptedModules(config, { ...lora, targets: [target] });
  }
  for (const adapted of adaptedModules(config, lora)) {
    const { inputs, outputs, rank } = adapted;
    factors.set(factorName(adapted, 'A'), { shape: [rank, inputs], values: initialFactor(adapted, { rank, seed }) });
    factors.set(factorName(adapted, 'B'), { shape: [outputs, rank], values: new Float32Array(outputs * rank) });
  }
  return { lora, factors };
}

/** A variable that starts as a tensor, which it takes over. */
export function variableOf(start: Tensor): Variable {
  const result = tf.variable(start);
  start.dispose();
  return result;
}
