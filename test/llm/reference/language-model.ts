import { Tape, type Matrix } from './autodiff.js';

/** The sizes and constants of a model, as its config.json says. */
export interface Settings {
  readonly family: 'neox' | 'llama' | 'gpt2';
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly epsilon: number;
  /** Radians per position of each rotated pair. */
  readonly frequencies: readonly number[];
  /** What rotated queries and keys are multiplied with. */
  readonly attentionFactor: number;
  readonly parallelResidual: boolean;
  /** How many positions, its own included, a position sees in a layer. */
  readonly sees: (layer: number) => number;
  readonly tiedHead: boolean;
  /** alpha / rank of the adapter. */
  readonly adapterScale: number;
}

/** Every tensor by its HF or PEFT name; vectors are matrices of one row. */
export type Parameters = ReadonlyMap<string, Matrix>;

/**
 * log p of the tokens from `promptLength` on, each given all before it, summed: a 1 × 1 matrix.
 * @param targets other tokens to take the log p of at the same places
 */
export function logProbability(
  tape: Tape,
  settings: Settings,
  parameters: Parameters,
  ids: readonly number[],
  promptLength: number,
  targets: readonly number[] = ids.slice(promptLength),
): Matrix {
  const get = (name: string): Matrix => {
    const found = parameters.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const linear = (x: Matrix, module: string): Matrix => {
    const weight = get(`${module}.weight`);
    let y = settings.family === 'gpt2' ? tape.times(x, weight) : tape.timesTransposed(x, weight);
    const bias = parameters.get(`${module}.bias`);
    if (bias !== undefined) y = tape.plus(y, bias);
    const a = parameters.get(`base_model.model.${module}.lora_A.weight`);
    if (a === undefined) return y;
    const b = get(`base_model.model.${module}.lora_B.weight`);
    return tape.plus(y, tape.scaled(tape.timesTransposed(tape.timesTransposed(x, a), b), settings.adapterScale));
  };
  const norm = (x: Matrix, name: string): Matrix =>
    settings.family === 'llama'
      ? tape.product(tape.normalised(x, settings.epsilon), get(`${name}.weight`))
      : tape.plus(
          tape.product(tape.normalised(tape.centred(x), settings.epsilon), get(`${name}.weight`)),
          get(`${name}.bias`),
        );
  const attention = (layer: number, query: Matrix, key: Matrix, value: Matrix): Matrix => {
    const seen = settings.sees(layer);
    const scores = tape.scaled(
      tape.timesTransposed(tape.rotated(query, settings.frequencies), tape.rotated(key, settings.frequencies)),
      settings.attentionFactor ** 2 / Math.sqrt(settings.headWidth),
    );
    const weights = tape.logSoftmax(
      scores,
      (row) => row + 1,
      (row) => Math.max(0, row + 1 - seen),
    );
    return tape.times(tape.exponential(weights), value);
  };
  const model = { tape, settings, linear, norm, attention, get };
  const { hiddenStates, embedding, head } = families[settings.family];
  const logits = tape.timesTransposed(hiddenStates(model, ids), get(settings.tiedHead ? embedding : head));
  const predictors = targets.map((_, i) => promptLength + i - 1);
  return tape.sumAt(tape.logSoftmax(logits), predictors, targets);
}

interface Model {
  tape: Tape;
  settings: Settings;
  linear: (x: Matrix, module: string) => Matrix;
  norm: (x: Matrix, name: string) => Matrix;
  attention: (layer: number, query: Matrix, key: Matrix, value: Matrix) => Matrix;
  get: (name: string) => Matrix;
}

function neox({ tape, settings, linear, norm, attention, get }: Model, ids: readonly number[]): Matrix {
  const { heads, headWidth } = settings;
  let x = tape.rowsOf(get('gpt_neox.embed_in.weight'), ids);
  for (let layer = 0; layer < settings.layers; layer++) {
    const at = `gpt_neox.layers.${layer}`;
    const fused = linear(norm(x, `${at}.input_layernorm`), `${at}.attention.query_key_value`);
    const mixed = Array.from({ length: heads }, (_, head) => {
      const part = (which: number): Matrix => tape.columnsOf(fused, (3 * head + which) * headWidth, headWidth);
      return attention(layer, part(0), part(1), part(2));
    });
    const attended = linear(tape.beside(mixed), `${at}.attention.dense`);
    const mlpInput = settings.parallelResidual ? x : tape.plus(x, attended);
    const inner = linear(norm(mlpInput, `${at}.post_attention_layernorm`), `${at}.mlp.dense_h_to_4h`);
    const outer = linear(tape.map(inner, gelu, geluDerivative), `${at}.mlp.dense_4h_to_h`);
    x = tape.plus(tape.plus(x, attended), outer);
  }
  return norm(x, 'gpt_neox.final_layer_norm');
}

function llama({ tape, settings, linear, norm, attention, get }: Model, ids: readonly number[]): Matrix {
  const { heads, keyValueHeads, headWidth } = settings;
  let x = tape.rowsOf(get('model.embed_tokens.weight'), ids);
  for (let layer = 0; layer < settings.layers; layer++) {
    const at = `model.layers.${layer}`;
    const read = norm(x, `${at}.input_layernorm`);
    const [queries, keys, values] = ['q', 'k', 'v'].map((kind) => linear(read, `${at}.self_attn.${kind}_proj`));
    const mixed = Array.from({ length: heads }, (_, head) => {
      const shared = Math.floor((head * keyValueHeads) / heads) * headWidth;
      return attention(
        layer,
        tape.columnsOf(queries, head * headWidth, headWidth),
        tape.columnsOf(keys, shared, headWidth),
        tape.columnsOf(values, shared, headWidth),
      );
    });
    x = tape.plus(x, linear(tape.beside(mixed), `${at}.self_attn.o_proj`));
    const middle = norm(x, `${at}.post_attention_layernorm`);
    const gate = tape.map(linear(middle, `${at}.mlp.gate_proj`), silu, siluDerivative);
    x = tape.plus(x, linear(tape.product(gate, linear(middle, `${at}.mlp.up_proj`)), `${at}.mlp.down_proj`));
  }
  return norm(x, 'model.norm');
}

function gpt2({ tape, settings, linear, norm, attention, get }: Model, ids: readonly number[]): Matrix {
  const { heads, headWidth } = settings;
  const positions = ids.map((_, position) => position);
  let x = tape.plus(
    tape.rowsOf(get('transformer.wte.weight'), ids),
    tape.rowsOf(get('transformer.wpe.weight'), positions),
  );
  for (let layer = 0; layer < settings.layers; layer++) {
    const at = `transformer.h.${layer}`;
    const fused = linear(norm(x, `${at}.ln_1`), `${at}.attn.c_attn`);
    const mixed = Array.from({ length: heads }, (_, head) => {
      const part = (which: number): Matrix => tape.columnsOf(fused, (which * heads + head) * headWidth, headWidth);
      return attention(layer, part(0), part(1), part(2));
    });
    x = tape.plus(x, linear(tape.beside(mixed), `${at}.attn.c_proj`));
    const inner = linear(norm(x, `${at}.ln_2`), `${at}.mlp.c_fc`);
    x = tape.plus(x, linear(tape.map(inner, tanhGelu, tanhGeluDerivative), `${at}.mlp.c_proj`));
  }
  return norm(x, 'transformer.ln_f');
}

/** How each family is computed, and what its embedding and its head are called. */
const families = {
  neox: { hiddenStates: neox, embedding: 'gpt_neox.embed_in.weight', head: 'embed_out.weight' },
  llama: { hiddenStates: llama, embedding: 'model.embed_tokens.weight', head: 'lm_head.weight' },
  gpt2: { hiddenStates: gpt2, embedding: 'transformer.wte.weight', head: 'lm_head.weight' },
};

const tanhInner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const tanhGelu = (x: number): number => (x / 2) * (1 + Math.tanh(tanhInner(x)));
const tanhGeluDerivative = (x: number): number =>
  (1 + Math.tanh(tanhInner(x))) / 2 +
  ((x / 2) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2)) / Math.cosh(tanhInner(x)) ** 2;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const silu = (x: number): number => x * logistic(x);
const siluDerivative = (x: number): number => logistic(x) + x * logistic(x) * logistic(-x);

const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
const geluDerivative = (x: number): number =>
  (1 + erf(x / Math.SQRT2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);

/** erf x = (2/√π) e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), a series of one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
