import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { hasKernel } from '../../engine/fused-kernels.js';
import { adapt, adaptedEmbedding, adaptedHead, factorsOf } from './adapted-map.js';
import { adaptedModules, type AdaptedModule } from './adapted-modules.js';
import { architectureOf, type ModelConfig } from './architecture/index.js';
import { linearMaps } from './architecture/linear-maps.js';
import { causalMask } from './attention.js';
import { addToRows, reshape } from './custom-gradient.js';
import type { Dropout } from './dropout.js';
import type { LanguageModel } from './language-model.js';
import { linear } from './linear.js';
import type { LoraConfig } from './lora.js';
import { embed, timesTransposed, type Network, type Place } from './network.js';
import { wholeTensors } from './parts.js';
import { recomputed } from './recompute.js';
import { rotaryTables } from './rotary.js';

/** The names and shapes of a model's tensors, as in HF checkpoints. */
export function weightShapes(config: ModelConfig): Map<string, number[]> {
  return architectureOf(config).shapes(config);
}

/**
 * The matrices that a model with an adapter, or without one, reads in products and by rows alone: linear maps, embedding and
 * head except for those that DoRA or a head's adapter works with.
 */
export function frozenMatrices(config: ModelConfig, lora: LoraConfig | undefined): Set<string> {
  const { embedding, head } = architectureOf(config);
  const names = new Set([...linearMaps(config).map(({ module }) => `${module}.weight`), embedding, head]);
  for (const { module, kind } of lora === undefined ? [] : adaptedModules(config, lora)) {
    if (kind === 'head') names.delete(config.tiedHead ? embedding : head);
    else if (lora?.weightDecomposed === true) names.delete(`${module}.weight`);
  }
  return names;
}

/** What a model is made of; it owns the tensors from here on. */
export interface DecoderParts {
  readonly config: ModelConfig;
  /** Every tensor of the model without an adapter by HF name, or by part name those held in parts. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** The adapter's factors by PEFT name, or all of `weights`, or nothing. */
  readonly trainable: ReadonlyMap<string, Variable>;
  readonly lora: LoraConfig | undefined;
  /** Whether the backward pass runs every block again, so that nothing but its input is kept of it. */
  readonly recompute?: boolean;
}

/** The language model of a configuration and its tensors. */
export function createDecoder({ config, weights, trainable, lora, recompute = false }: DecoderParts): LanguageModel {
  const architecture = architectureOf(config);
  const headName = config.tiedHead ? architecture.embedding : architecture.head;
  const { frequencies, attentionFactor } = architecture.rotation(config);
  const window = architecture.window?.(config);

  const held = wholeTensors(weights);
  const parts = (name: string): readonly Tensor[] => {
    const tensor = held.get(name);
    if (tensor === undefined) throw new Error(`the model has no tensor ${name}`);
    return tensor.parts.map((part) => part.tensor);
  };
  const modules = new Map(lora === undefined ? [] : adaptedModules(config, lora).map((one) => [one.module, one]));
  const named = (weight: string): AdaptedModule | undefined => modules.get(weight.replace(/\.weight$/, ''));
  const network = (adapted: boolean, dropout?: Dropout): Network => ({
    parts,
    embed: (ids) => {
      const rows = embed(parts(architecture.embedding), ids);
      const factors = adapted ? factorsOf(named(architecture.embedding), trainable) : undefined;
      return factors === undefined ? rows : adaptedEmbedding(rows, tf.reshape(ids, [-1]), factors);
    },
    weight: (name) => {
      const [tensor, ...rest] = parts(name);
      if (rest.length > 0) throw new Error(`${name} is held in parts`);
      return tensor;
    },
    block: (name, rows, place, block) => {
      const differentiates = recompute && tf.engine().state.gradientDepth > 0 && place.memory === undefined;
      if (!differentiates) return tf.tidy(() => block(rows, place));
      const own = [...trainable].flatMap(([variable, one]) => (variable.includes(`${name}.`) ? [one] : []));
      return recomputed(block, rows, place, own);
    },
    linear: (rows, module) => {
      const bias = weights.get(`${module}.bias`);
      const factors = adapted ? factorsOf(modules.get(module), trainable) : undefined;
      if (factors?.magnitude !== undefined) {
        const weight = parts(`${module}.weight`);
        const plain = linear(rows, weight, undefined, architecture.linearLayout);
        const scaled = adapt(rows, plain, factors, weight, architecture.linearLayout);
        return bias === undefined ? scaled : addToRows(scaled, bias);
      }
      const mapped = linear(rows, parts(`${module}.weight`), bias, architecture.linearLayout);
      return factors === undefined ? mapped : adapt(dropout?.(rows, module) ?? rows, mapped, factors);
    },
  });

  const toVocabulary: LanguageModel['toVocabulary'] = (rows, adapted = true, dropout) => {
    const factors = adapted ? factorsOf(named(architecture.head), trainable) : undefined;
    const head = parts(headName);
    if (factors === undefined) return { rows, head, trained: head[0] instanceof tf.Variable };
    return { ...adaptedHead(rows, head, factors, dropout?.(rows, headName)), trained: true };
  };

  return {
    vocabularySize: config.vocabularySize,
    contextLength: config.contextLength,
    config,
    lora,
    trainable,
    weights,
    hidden: (ids, { adapter: adapted = true, dropout, cache, layers = config.layers } = {}) =>
      tf.tidy(() => {
        const [batch, length] = ids.shape;
        const past = cache?.length ?? 0;
        if (past + length > config.contextLength) {
          throw new RangeError(`${past + length} tokens, the model attends over at most ${config.contextLength}`);
        }
        const reach = cache === undefined ? length : Math.ceil((past + length) / cacheStep) * cacheStep;
        const tables = rotaryTables(frequencies, config.headWidth, past, length, attentionFactor);
        const composed = cache !== undefined || !hasKernel('Attention');
        const beyondWindow = window !== undefined && past + length > window;
        const place: Place = {
          ...{ batch, length, past, tables },
          mask: composed ? causalMask(past, length, reach) : undefined,
          windowMask: beyondWindow ? causalMask(past, length, reach, window) : undefined,
          memory: cache && { cache, slots: slots(past, length, reach) },
        };
        const rows = architecture.hidden({ ...config, layers }, network(adapted, dropout), ids, place);
        if (cache !== undefined) cache.length += length;
        return reshape(rows, [batch, length, config.width]);
      }),
    head: parts(headName),
    toVocabulary,
    project: (hidden) => {
      const { rows, head } = toVocabulary(hidden);
      return timesTransposed(rows, head);
    },
    dispose: () => {
      tf.dispose([...new Set([...weights.values(), ...trainable.values()])]);
    },
  };
}

/**
 * A cache grows by this many positions at once: a GPU keeps freed buffers for tensors of the same size, so that a new
 * size at every token would fill it.
 */
const cacheStep = 64;

/** The matrix [reach, length] that puts position i of what is new into row past + i. */
function slots(past: number, length: number, reach: number): Tensor {
  const matrix = new Float32Array(reach * length);
  for (let i = 0; i < length; i++) matrix[(past + i) * length + i] = 1;
  return tf.tensor2d(matrix, [reach, length]);
}
