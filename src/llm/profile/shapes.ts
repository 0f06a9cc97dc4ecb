import { InputError } from '../../base/input-error.js';
import { neoxConfig } from '../model/architecture/neox.js';
import type { StoredType } from '../weights/safetensors.js';
import { architectures, type ModelConfig } from '../model/architecture/index.js';

/** A model size to measure steps on, and the batch it is measured with. */
export interface MeasuredShape {
  readonly config: ModelConfig;
  /** Sequences (SFT) or pairs of sequences (DPO) in a batch. */
  readonly batch: number;
  /** Tokens of every sequence. */
  readonly length: number;
  /** The type that the published weights of the shape are stored in; float32 unless given. */
  readonly type?: StoredType;
}

const contextLength = 2048;

/**
 * Models of random weights by name: GPT-NeoX of 0.27 M and 10 M parameters in Pythia's proportions, with vocabularies
 * that do not outweigh them, and the shapes of Pythia-14m, -160m, -410m, -1b and -2.8b, which are published in float16.
 */
export const shapes = {
  small: {
    config: neoxConfig({ vocabularySize: 512, width: 64, layers: 4, heads: 4, contextLength }),
    batch: 4,
    length: 128,
  },
  medium: {
    config: neoxConfig({ vocabularySize: 4096, width: 320, layers: 6, heads: 5, contextLength }),
    batch: 4,
    length: 256,
  },
  'pythia-14m': {
    config: neoxConfig({ vocabularySize: 50304, width: 128, layers: 6, heads: 4, contextLength }),
    batch: 2,
    length: 256,
    type: 'float16',
  },
  'pythia-160m': {
    config: neoxConfig({ vocabularySize: 50304, width: 768, layers: 12, heads: 12, contextLength }),
    batch: 4,
    length: 512,
    type: 'float16',
  },
  'pythia-410m': {
    config: neoxConfig({ vocabularySize: 50304, width: 1024, layers: 24, heads: 16, contextLength }),
    batch: 2,
    length: 512,
    type: 'float16',
  },
  'pythia-1b': {
    config: neoxConfig({ vocabularySize: 50304, width: 2048, layers: 16, heads: 8, contextLength }),
    batch: 2,
    length: 512,
    type: 'float16',
  },
  'pythia-2.8b': {
    config: neoxConfig({ vocabularySize: 50304, width: 2560, layers: 32, heads: 32, contextLength }),
    batch: 1,
    length: 512,
    type: 'float16',
  },
} as const satisfies Record<string, MeasuredShape>;

/** All of these, and for each architecture one of the sizes of `small` by the architecture's name. */
const allShapes: Readonly<Record<string, MeasuredShape>> = {
  ...shapes,
  ...Object.fromEntries(
    architectures.map((architecture): [string, MeasuredShape] => {
      const sizes = { vocabularySize: 512, width: 64, layers: 4, heads: 4, contextLength };
      return [architecture.name, { config: architecture.example(sizes), batch: 4, length: 128 }];
    }),
  ),
};

/**
 * The shape of a name.
 * @param field the option that names it
 * @throws InputError listing the names
 */
export function shapeNamed(field: string, name: string): MeasuredShape {
  if (Object.hasOwn(allShapes, name)) return allShapes[name];
  throw new InputError(field, name, shapeNames().join(', '));
}

/** Every shape's name. */
export function shapeNames(): string[] {
  return Object.keys(allShapes);
}
