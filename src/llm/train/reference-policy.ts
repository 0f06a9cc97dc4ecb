import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import type { Backend } from '../../engine/names.js';
import type { PreferencePair } from '../data/preferences.js';
import { replies } from '../evaluate.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import { loadModel, underAdapter } from '../model/load.js';
import { version } from '../../base/version.js';
import { digestOf } from '../../base/digest.js';
import { digestOfModel, digestOfSequences, withReference } from './reference.js';

/** Which policy the preference loss measures against, seen from the model that is trained. */
export interface ReferencePolicy {
  /** The model on the backend, and where it came from. */
  readonly model: LanguageModel;
  readonly path: string;
  readonly tokenizer?: string;
  /** A model or an adapter folder; by default the model without its adapter. */
  readonly reference?: string;
  readonly backend: Backend;
  /** The folder where log-probabilities are kept. */
  readonly cache: string;
  readonly onProgress?: (done: number, total: number) => void;
}

const modelDigests = new Map<string, Promise<string>>();

/** The digest of a model's files, read once in a process: they can be many gigabytes. */
export function modelDigest(path: string): Promise<string> {
  const digest = modelDigests.get(path) ?? digestOfModel(path);
  modelDigests.set(path, digest);
  return digest;
}

/**
 * The pairs with the log-probabilities of the reference policy, computed only where the cache does not hold them.
 * Throws an InputError where the reference has another vocabulary than the model.
 */
export async function referencedPairs(
  pairs: readonly PreferencePair[],
  { model, path, tokenizer, reference, backend, cache, onProgress }: ReferencePolicy,
): Promise<ReferencedPair[]> {
  const isAdapter = reference !== undefined && existsSync(join(reference, 'adapter_config.json'));
  const base = reference === undefined || isAdapter ? path : reference;
  const digest = await modelDigest(base);
  const openReference = async (): Promise<LanguageModel> => {
    const shared = isAdapter ? await underAdapter(model, path, reference) : undefined;
    if (shared !== undefined) return shared;
    const loaded = await loadModel({
      model: base,
      ...(tokenizer !== undefined && { tokenizer }),
      ...(isAdapter && { adapter: reference }),
    });
    return loaded.model;
  };
  return withReference({
    pairs,
    key: {
      model: isAdapter ? digestOf(`${digest} ${await modelDigest(reference)}`) : digest,
      data: digestOfSequences(replies(pairs.map((pair) => ({ pair })))),
      backend: backend.name,
      version,
    },
    cache,
    open: async () => {
      if (reference === undefined) return { model, adapter: false, close: () => undefined };
      const opened = await openReference();
      if (opened.vocabularySize !== model.vocabularySize) {
        const expected = `a model with the vocabulary of ${path}, ${model.vocabularySize}`;
        throw new InputError('reference', reference, expected);
      }
      return {
        model: opened,
        adapter: true,
        close: () => {
          opened.dispose();
        },
      };
    },
    ...(onProgress && { onProgress }),
  });
}
