import * as z from 'zod';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { readRope, ropeScalingJson, ropeSchema } from './rope-config.js';
import type { RopeScaling } from './rotary.js';

interface SharedConfig {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly width: number;
  readonly intermediateWidth: number;
  readonly layers: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** Whether the head is the embedding itself. */
  readonly tiedHead: boolean;
}

/** A GPT-NeoX model (Pythia): layer norms with bias, fused queries, keys and values, exact gelu. */
export interface NeoxConfig extends SharedConfig {
  readonly architecture: 'neox';
  /** How many of a head's coordinates are rotated. */
  readonly rotaryWidth: number;
  /** Whether attention and MLP read the same input, or the MLP what attention added to. */
  readonly parallelResidual: boolean;
  /** Whether the attention's linear maps have biases. */
  readonly attentionBias: boolean;
}

/** A Llama model: root-mean-square norms, grouped-query attention, gated silu. */
export interface LlamaConfig extends SharedConfig {
  readonly architecture: 'llama';
  readonly keyValueHeads: number;
  readonly ropeScaling: RopeScaling | undefined;
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
}

/** The configuration of a model of either architecture. */
export type ModelConfig = NeoxConfig | LlamaConfig;

const count = z.int().positive();
const sharedSchema = z.object({
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
const neoxSchema = sharedSchema.extend({
  rotary_pct: z.number().positive().max(1).default(0.25),
  rotary_emb_base: z.number().positive().optional(),
  rope_theta: z.number().positive().optional(),
  layer_norm_eps: z.number().positive().default(1e-5),
  use_parallel_residual: z.boolean().default(true),
  attention_bias: z.boolean().default(true),
});
const llamaSchema = sharedSchema.extend({
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  partial_rotary_factor: z.literal(1, '1 for llama').nullish(),
});

/**
 * Reads an HF config.json of a GPT-NeoX or Llama model; absent fields get the defaults of Python's transformers.
 * @throws InputError naming the file and the field, for another architecture, activation or rope scaling too
 */
export function readConfig(path: string): ModelConfig {
  const json = parseJson(path);
  const type = z.object({ model_type: z.string() }).safeParse(json);
  const modelType = type.success ? type.data.model_type : undefined;
  if (modelType === 'gpt_neox') return toNeoxConfig(path, parse(path, neoxSchema, json));
  if (modelType === 'llama') return toLlamaConfig(path, parse(path, llamaSchema, json));
  throw new InputError(`${path}: model_type`, modelType, 'gpt_neox or llama, the architectures that are implemented');
}

function parse<Schema extends z.ZodType>(path: string, schema: Schema, json: unknown): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  let value: unknown = json;
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  throw new InputError(`${path}: ${issue.path.join('.')}`, value, issue.message);
}

function toNeoxConfig(path: string, json: z.output<typeof neoxSchema>): NeoxConfig {
  requireActivation(path, json.hidden_act ?? 'gelu', 'gelu');
  const rope = readRope(path, json, json.max_position_embeddings);
  if (rope.scaling !== undefined) {
    throw new InputError(`${path}: rope_scaling`, json.rope_scaling ?? json.rope_parameters, 'none for gpt_neox');
  }
  const headWidth = headWidthOf(path, json.hidden_size, json.num_attention_heads);
  return {
    architecture: 'neox',
    ...shared(json),
    headWidth,
    normEpsilon: json.layer_norm_eps,
    ropeTheta: rope.theta ?? json.rope_theta ?? json.rotary_emb_base ?? 10000,
    rotaryWidth: evenWidth(path, Math.trunc(headWidth * (rope.partialFactor ?? json.rotary_pct))),
    parallelResidual: json.use_parallel_residual,
    attentionBias: json.attention_bias,
  };
}

function toLlamaConfig(path: string, json: z.output<typeof llamaSchema>): LlamaConfig {
  requireActivation(path, json.hidden_act ?? 'silu', 'silu');
  const keyValueHeads = json.num_key_value_heads ?? json.num_attention_heads;
  if (json.num_attention_heads % keyValueHeads !== 0) {
    throw new InputError(
      `${path}: num_key_value_heads`,
      keyValueHeads,
      `a divisor of ${json.num_attention_heads} heads`,
    );
  }
  const rope = readRope(path, json, json.max_position_embeddings);
  if ((rope.partialFactor ?? 1) !== 1) {
    throw new InputError(`${path}: partial_rotary_factor`, rope.partialFactor, '1 for llama');
  }
  return {
    architecture: 'llama',
    ...shared(json),
    headWidth: evenWidth(path, json.head_dim ?? headWidthOf(path, json.hidden_size, json.num_attention_heads)),
    keyValueHeads,
    normEpsilon: json.rms_norm_eps,
    ropeTheta: rope.theta ?? json.rope_theta ?? 10000,
    ropeScaling: rope.scaling,
    attentionBias: json.attention_bias,
    mlpBias: json.mlp_bias,
  };
}

function shared(json: z.output<typeof sharedSchema>) {
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

function headWidthOf(path: string, width: number, heads: number): number {
  if (width % heads !== 0)
    throw new InputError(`${path}: num_attention_heads`, heads, `a divisor of hidden_size ${width}`);
  return width / heads;
}

function evenWidth(path: string, width: number): number {
  if (width % 2 !== 0) throw new InputError(`${path}: rotated width of a head`, width, 'an even number');
  return width;
}

function requireActivation(path: string, activation: string, expected: string): void {
  if (activation !== expected) throw new InputError(`${path}: hidden_act`, activation, expected);
}

/** The config.json of a model, so that Python's transformers loads what is written beside it. */
export function configJson(config: ModelConfig): Record<string, unknown> {
  const common = {
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    intermediate_size: config.intermediateWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    tie_word_embeddings: config.tiedHead,
    torch_dtype: 'float32',
  };
  if (config.architecture === 'neox') {
    return {
      architectures: ['GPTNeoXForCausalLM'],
      model_type: 'gpt_neox',
      ...common,
      hidden_act: 'gelu',
      layer_norm_eps: config.normEpsilon,
      rotary_pct: config.rotaryWidth / config.headWidth,
      rotary_emb_base: config.ropeTheta,
      use_parallel_residual: config.parallelResidual,
      attention_bias: config.attentionBias,
    };
  }
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    ...common,
    hidden_act: 'silu',
    head_dim: config.headWidth,
    num_key_value_heads: config.keyValueHeads,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    rope_scaling: ropeScalingJson(config.ropeScaling),
    attention_bias: config.attentionBias,
    mlp_bias: config.mlpBias,
  };
}
