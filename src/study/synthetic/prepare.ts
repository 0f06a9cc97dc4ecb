import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jsonLines } from '../../base/text.js';
import { writeTexts } from '../../base/whole-file.js';
import { version } from '../../base/version.js';
import type { Backend } from '../../engine/names.js';
import { writeRandomModel } from '../../llm/model/random.js';
import { isFree } from '../../llm/results/attempt.js';
import { isWholeRun } from '../../llm/results/run-folder.js';
import { digestOf } from '../../base/digest.js';
import { makeFolder } from '../../base/folder.js';
import { syntheticCorpus } from './language.js';
import { syntheticConfig, syntheticTokenizerJson } from './model.js';
import { pretrain, type PretrainingTask } from './pretrain.js';
import { pretraining } from './pretraining.js';

/** A model that speaks the synthetic language, and its data files. */
export interface SyntheticFiles {
  readonly model: string;
  readonly sft: string;
  readonly preferences: string;
  readonly evaluationSft: string;
  readonly evaluationPreferences: string;
}

/** What to prepare, and where. */
export interface SyntheticOptions {
  readonly seed: number;
  readonly conflict: number;
  readonly backend: Backend;
  /** A folder to keep the model and the data in. */
  readonly cache: string;
  readonly onStep?: (step: number, steps: number) => void;
  /** What pre-trains the model; this thread, unless given. */
  readonly pretrain?: (task: PretrainingTask) => Promise<void>;
}

/**
 * Writes a synthetic corpus and pre-trains a small NeoX model on its language, where the cache does not hold them. The
 * model depends on the seed and not on the conflict; killed on the way, its training goes on from the last checkpoint.
 */
export async function prepareSynthetic({
  seed,
  conflict,
  backend,
  cache,
  onStep,
  pretrain: train = (task) => pretrain(task, onStep),
}: SyntheticOptions): Promise<SyntheticFiles> {
  const corpus = syntheticCorpus({ seed, conflict });
  const tokenizer = syntheticTokenizerJson();
  const identity = { version, backend: backend.name, seed, pretraining, corpus: corpus.pretraining, tokenizer };
  const folder = join(cache, `synthetic-${digestOf(JSON.stringify(identity)).slice(0, 16)}`);
  const data = join(folder, `data-${digestOf(JSON.stringify([corpus.sft, corpus.preferences])).slice(0, 16)}`);
  makeFolder(data);
  const files = {
    model: join(folder, 'model'),
    sft: await writeRecords(join(data, 'sft.train.jsonl'), corpus.sft.train),
    preferences: await writeRecords(join(data, 'preferences.train.jsonl'), corpus.preferences.train),
    evaluationSft: await writeRecords(join(data, 'sft.held-out.jsonl'), corpus.sft.heldOut),
    evaluationPreferences: await writeRecords(join(data, 'preferences.held-out.jsonl'), corpus.preferences.heldOut),
  };
  if (await isWholeRun(files.model)) return files;
  // What is damaged there is made anew.
  if (!isFree(files.model)) rmSync(files.model, { recursive: true });
  const start = join(folder, 'random');
  await writeRandomModel(start, syntheticConfig(), { seed, tokenizer });
  const language = await writeRecords(join(folder, 'language.jsonl'), corpus.pretraining);
  await train({ start, language, preferences: files.preferences, folder: files.model, seed });
  return files;
}

async function writeRecords(path: string, records: readonly object[]): Promise<string> {
  await writeTexts(path, jsonLines(records));
  return path;
}
