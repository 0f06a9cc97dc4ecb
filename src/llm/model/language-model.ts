import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { ModelConfig } from './architecture/index.js';
import type { KeyValueCache } from './cache.js';
import type { Dropout } from './dropout.js';
import type { LoraConfig } from './lora.js';

/** A decoder-only language model on the current backend, in float32. */
export interface LanguageModel {
  readonly vocabularySize: number;
  /** The most tokens the model can attend over. */
  readonly contextLength: number;
  readonly config: ModelConfig;
  /** How the trained adapter is shaped; undefined where there is none. */
  readonly lora: LoraConfig | undefined;
  /** The variables that training changes: the LoRA factors by PEFT name, or every weight, named as in `weights`. */
  readonly trainable: ReadonlyMap<string, Variable>;
  /**
   * Every tensor of the model without its adapter, by HF name; those of `trainable` among them in full fine-tuning. A
   * tensor too large for one buffer of the device is held in runs of rows, by part names (parts.ts).
   */
  readonly weights: ReadonlyMap<string, Tensor>;
  /**
   * The final hidden states (after the last norm) of right-padded token ids, shape [batch, length, width].
   * Attention is causal, so right padding changes no earlier position. `adapter: false` leaves the LoRA factors out.
   * `dropout` leaves out a part of what goes into them. With a `cache` the ids continue the sequences whose keys and values
   * it holds, and theirs are added to it. `layers` runs only the first so many blocks before that norm; 0 leaves the
   * embedding.
   */
  hidden(
    ids: Tensor,
    options?: {
      readonly adapter?: boolean;
      readonly dropout?: Dropout;
      readonly cache?: KeyValueCache;
      readonly layers?: number;
    },
  ): Tensor;
  /** What hidden states are multiplied with for logits, [vocabularySize, width], as the runs of rows it is held in. */
  readonly head: readonly Tensor[];
  /**
   * Rows of hidden states and the head to multiply them with for logits: [rows, columns] and [vocabularySize, columns].
   * A head with an adapter has columns more than the model is wide. `trained` says whether the head needs a gradient.
   */
  toVocabulary(
    rows: Tensor,
    adapted?: boolean,
    dropout?: Dropout,
  ): { readonly rows: Tensor; readonly head: readonly Tensor[]; readonly trained: boolean };
  /** The vocabulary logits of hidden states, shape [rows, width] → [rows, vocabularySize]. */
  project(hidden: Tensor): Tensor;
  dispose(): void;
}
