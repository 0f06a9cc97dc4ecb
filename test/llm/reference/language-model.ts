import { Tape, type Matrix } from './autodiff.js';

/** The sizes and constants of a model, as its config.json says. */
export interface Settings {
  readonly architecture: 'neox' | 'llama';
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
  readonly tiedHead: boolean;
  /** alpha / rank of the adapter. */
  readonly adapterScale: number;
}

/** Every tensor by its HF or PEFT name; vectors are matrices of one row. */
export type Parameters = ReadonlyMap<string, Matrix>;

/** log p of the tokens from `promptLength` on, each given all before it, summed: a 1 × 1 matrix. */
export function logProbability(
  tape: Tape,
  settings: Settings,
  parameters: Parameters,
  ids: readonly number[],
  promptLength: number,
): Matrix {
  const get = (name: string): Matrix => {
    const found = parameters.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const linear = (x: Matrix, module: string): Matrix => {
    let y = tape.timesTransposed(x, get(`${module}.weight`));
    const bias = parameters.get(`${module}.bias`);
    if (bias !== undefined) y = tape.plus(y, bias);
    const a = parameters.get(`base_model.model.${module}.lora_A.weight`);
    if (a === undefined) return y;
    const b = get(`base_model.model.${module}.lora_B.weight`);
    return tape.plus(y, tape.scaled(tape.timesTransposed(tape.timesTransposed(x, a), b), settings.adapterScale));
  };
  const norm = (x: Matrix, name: string): Matrix =>
    settings.architecture === 'neox'
      ? tape.plus(
          tape.product(tape.normalised(tape.centred(x), settings.epsilon), get(`${name}.weight`)),
          get(`${name}.bias`),
        )
      : tape.product(tape.normalised(x, settings.epsilon), get(`${name}.weight`));
  const attention = (query: Matrix, key: Matrix, value: Matrix): Matrix => {
    const scores = tape.scaled(
      tape.timesTransposed(tape.rotated(query, settings.frequencies), tape.rotated(key, settings.frequencies)),
      settings.attentionFactor ** 2 / Math.sqrt(settings.headWidth),
    );
    return tape.times(tape.exponential(tape.logSoftmax(scores, (row) => row + 1)), value);
  };
  const model = { tape, settings, linear, norm, attention, get };
  const hidden = settings.architecture === 'neox' ? neox(model, ids) : llama(model, ids);
  const embedding = settings.architecture === 'neox' ? 'gpt_neox.embed_in.weight' : 'model.embed_tokens.weight';
  const head = settings.architecture === 'neox' ? 'embed_out.weight' : 'lm_head.weight';
  const logits = tape.timesTransposed(hidden, get(settings.tiedHead ? embedding : head));
  const targets = ids.slice(promptLength);
  const predictors = targets.map((_, i) => promptLength + i - 1);
  return tape.sumAt(tape.logSoftmax(logits), predictors, targets);
}

interface Model {
  tape: Tape;
  settings: Settings;
  linear: (x: Matrix, module: string) => Matrix;
  norm: (x: Matrix, name: string) => Matrix;
  attention: (query: Matrix, key: Matrix, value: Matrix) => Matrix;
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
      return attention(part(0), part(1), part(2));
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
