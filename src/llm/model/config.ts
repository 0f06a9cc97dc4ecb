import * as z from 'zod';
import { InputError } from '../../base/input-error.js';
import { ropeSchema } from './rope-config.js';

/** The sizes and constants that a decoder of any architecture has. */
export interface DecoderConfig {
  readonly architecture: string;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly width: number;
  readonly intermediateWidth: number;
  readonly layers: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly normEpsilon: number;
  /** Whether the head is the embedding itself. */
  readonly tiedHead: boolean;
}

/** The sizes of a small decoder in the usual proportions, its vocabulary the byte tokenizer's. */
export function smallSizes({ width = 32, heads = 4 }: Partial<Pick<DecoderConfig, 'width' | 'heads'>>) {
  return {
    vocabularySize: 257,
    contextLength: 128,
    width,
    intermediateWidth: 4 * width,
    layers: 2,
    heads,
    headWidth: width / heads,
  };
}

/** A size in a config.json. */
export const count = z.int().positive();
/** The fields of a config.json that most architectures name alike. */
export const sharedSchema = z.object({
  vocab_size: count,
  max_position_embeddings: count.default(2048),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  hidden_act: z.string().optional(),
  tie_word_embeddings: z.boolean().default(false),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  quantization_config: z.null('none: quantised weights are not read').optional(),
});

/** The sizes that most architectures name alike. */
export function sharedSizes(json: z.output<typeof sharedSchema>) {
  return {
    vocabularySize: json.vocab_size,
    contextLength: json.max_position_embeddings,
    width: json.hidden_size,
    intermediateWidth: json.intermediate_size,
    layers: json.num_hidden_layers,
    heads: json.num_attention_heads,
    tiedHead: json.tie_word_embeddings,
  };
}

/** The fields of config.json that most architectures name alike. */
export function sharedJson(config: DecoderConfig): Record<string, unknown> {
  return {
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    intermediate_size: config.intermediateWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    tie_word_embeddings: config.tiedHead,
    torch_dtype: 'float32',
  };
}

/** The width of a head where heads share the width of the model; throws an InputError where they cannot. */
export function headWidthOf(
  source: string,
  width: number,
  heads: number,
  fields = { width: 'hidden_size', heads: 'num_attention_heads' },
): number {
  if (width % heads !== 0)
    throw new InputError(`${source}: ${fields.heads}`, heads, `a divisor of ${fields.width} ${width}`);
  return width / heads;
}

/** The width, checked to be of whole pairs. */
export function evenWidth(path: string, width: number): number {
  if (width % 2 !== 0) throw new InputError(`${path}: rotated width of a head`, width, 'an even number');
  return width;
}

/** Throws an InputError where a model was trained with another activation. */
export function requireActivation(path: string, activation: string, expected: string): void {
  if (activation !== expected) throw new InputError(`${path}: hidden_act`, activation, expected);
}
