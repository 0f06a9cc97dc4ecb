import type { Tensor } from '@tensorflow/tfjs-core';
import type { DecoderConfig } from '../config.js';
import type { Network, Place } from '../network.js';
import type { Rotation } from '../rotary.js';

/** All that the toolkit knows of an architecture: one file each, and one line in the table (index.ts). */
export interface Architecture<Config extends DecoderConfig = DecoderConfig> {
  /** What a configuration calls it. */
  readonly name: Config['architecture'];
  /** What people call it. */
  readonly label: string;
  /** The `model_type` of its config.json. */
  readonly modelType: string;
  /** The `architectures` entry of its config.json: the class of transformers. */
  readonly modelClass: string;
  /** The name of its embedding's weight, [vocabularySize, width]. */
  readonly embedding: string;
  /** The name of its head's weight, where that is not the embedding's. */
  readonly head: string;
  /** The module that lists its blocks: adapters change linear maps inside them. */
  readonly blocks: string;
  /** Whether its blocks' linear maps are stored as [out, in], or as [in, out] (Conv1D of transformers). */
  readonly linearLayout: LinearLayout;
  /** The attention maps that an adapter changes unless told otherwise, as last parts of module names. */
  readonly targets: readonly string[];

  /**
   * The configuration in the content of a config.json; absent fields get the defaults of Python's transformers.
   * @param source the file, for an error's words
   * @throws InputError naming the field, for an activation or a rotation that is not implemented too
   */
  read(source: string, json: unknown): Config;
  /** The fields of its config.json except for `architectures` and `model_type`. */
  json(config: Config): Record<string, unknown>;
  /** The names and shapes of a model's tensors, as in HF checkpoints. */
  shapes(config: Config): Map<string, number[]>;
  /** How heads are turned by their positions. */
  rotation(config: Config): Rotation;
  /** How many positions, its own included, a position sees in the layers that look back over a window. */
  window?(config: Config): number | undefined;
  /** The final hidden states of token ids [batch, length], as rows [batch · length, width]. */
  hidden(config: Config, network: Network, ids: Tensor, place: Place): Tensor;
  /** A small configuration in the usual proportions, its vocabulary the byte tokenizer's unless given. */
  example(sizes?: Partial<Config>): Config;
}

/** How the matrix of a linear map is stored. */
export type LinearLayout = 'out-in' | 'in-out';
