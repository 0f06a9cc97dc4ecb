import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** A decoder-only language model on the current backend, in float32. */
export interface LanguageModel {
  readonly architecture: 'neox' | 'llama';
  readonly vocabularySize: number;
  /** The most tokens the model can attend over. */
  readonly contextLength: number;
  /** The variables that training changes: the LoRA factors by PEFT name, or every weight by its HF name. */
  readonly trainable: ReadonlyMap<string, Variable>;
  /**
   * The final hidden states (after the last norm) of right-padded token ids, shape [batch, length, width].
   * Attention is causal, so right padding changes no earlier position. `adapter: false` leaves the LoRA factors out.
   */
  hidden(ids: Tensor, options?: { readonly adapter?: boolean }): Tensor;
  /** The vocabulary logits of hidden states, shape [rows, width] → [rows, vocabularySize]. */
  project(hidden: Tensor): Tensor;
  dispose(): void;
}
