import { InputError } from '../../base/input-error.js';
import { renamed } from '../weights/renamed.js';
import { checkFiniteHalves, finite, requireShape, sizeOf, type RowRange, type Weights } from '../weights/weights.js';
import { architectureOf, type ModelConfig } from './architecture/index.js';
import type { TensorSource } from './assemble.js';
import { weightShapes } from './decoder.js';

/**
 * The weights of a checkpoint by the names that its configuration gives them.
 * @param place the config.json, for an error's words
 * @throws InputError where the configuration has no place for a tensor, or more layers than the file has tensors
 */
export function weightsOf(config: ModelConfig, weights: Weights, place: string): Weights {
  // Every layer has tensors of its own: the names of more layers are not even written down.
  if (config.layers > weights.shapes.size) {
    const most = `at most ${weights.shapes.size}, the tensors of ${weights.source}`;
    throw new InputError(`${place}: layers`, config.layers, most);
  }
  requireNoOther(weights, config);
  return withHeadNames(weights, config);
}

/**
 * The tensors of a checkpoint for `assembleModel`; a number that is not finite is refused where it is read.
 * @throws InputError where a tensor of the configuration is missing or has another shape
 */
export function tensorsOf(weights: Weights, config: ModelConfig): TensorSource {
  for (const [name, shape] of weightShapes(config)) requireShape(weights, name, shape);
  const { source, shapes } = weights;
  const position = (name: string, { first }: RowRange): number => first * sizeOf((shapes.get(name) ?? []).slice(1));
  return {
    values: (name, rows) => finite(weights.read(name, rows), source, name, position(name, rows)),
    halfType: (name) => weights.halfType(name),
    halves: (name, rows, into) => {
      weights.readHalves(name, rows, into);
      checkFiniteHalves(into, weights.halfType(name) ?? 'float16', source, name, position(name, rows));
    },
  };
}

/** What is stored with the weights of blocks and follows from the configuration: masks and frequencies. */
const buffers = /\.(?:rotary_emb\.inv_freq|masked_bias|attn\.bias|attention\.bias)$/;

/**
 * Throws an InputError where the body of a model has a tensor that its configuration has no place for, as the bias of a map
 * that has none, or a layer beyond the last: the numbers would be those of another model. Other heads are passed over.
 */
function requireNoOther({ source, shapes }: Weights, config: ModelConfig): void {
  const { embedding, blocks } = architectureOf(config);
  const base = embedding.slice(0, embedding.indexOf('.') + 1);
  const known = weightShapes(config);
  for (const [name, shape] of shapes) {
    const whole = name.startsWith(`${blocks.slice(base.length)}.`) ? `${base}${name}` : name;
    if (!whole.startsWith(base) || known.has(whole) || buffers.test(whole)) continue;
    throw new InputError(`${source}: ${name}`, shape, 'only tensors that config.json has a place for');
  }
}

/**
 * The weights of a checkpoint that was saved without its head's class, such as GPT-2's own: its names lack the first
 * part, `transformer.` or `model.`.
 */
function withHeadNames(weights: Weights, config: ModelConfig): Weights {
  const { embedding } = architectureOf(config);
  const base = embedding.slice(0, embedding.indexOf('.') + 1);
  if (weights.shapes.has(embedding) || !weights.shapes.has(embedding.slice(base.length))) return weights;
  const names = [...weightShapes(config).keys()].filter((name) => name.startsWith(base));
  return renamed(weights, new Map(names.map((name) => [name, name.slice(base.length)])));
}
