import { copyFileSync, cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileRefusal } from '../../base/file-refusal.js';
import { downloaded } from '../weights/device-memory.js';
import { isContentsList } from '../results/contents.js';
import { findTokenizer } from '../tokenizer/load.js';
import { mergesFile } from '../tokenizer/vocabulary-and-merges.js';
import { makeFolder } from '../../base/folder.js';
import { parseJson, writeJson } from '../../base/json-file.js';
import { writeSafetensors, type StoredType, type WritableTensor } from '../weights/safetensors.js';
import { configJson, type ModelConfig } from './architecture/index.js';
import type { LanguageModel } from './language-model.js';
import { wholeTensors } from './parts.js';

/** Where a model came from: its config and tokenizer go along with what is made of it. */
export interface ModelOrigin {
  readonly model: string;
  readonly tokenizer?: string;
}

/**
 * Writes a model as an HF folder, in float32 unless told otherwise: model.safetensors, the tokenizer, and config.json last, so that a folder
 * that has one is complete.
 * @param options.keepsAll whether every other file of the origin's folder comes along, except for weights
 * @param options.changes fields of config.json that are not the origin's
 * @param options.type what every number is rounded to
 * @throws InputError when the disk is full or the folder cannot be written
 */
export async function writeModelFolder(
  folder: string,
  origin: ModelOrigin,
  config: ModelConfig,
  tensors: readonly WritableTensor[],
  {
    keepsAll = false,
    changes = {},
    type = 'float32',
  }: { keepsAll?: boolean; changes?: Readonly<Record<string, unknown>>; type?: StoredType | undefined } = {},
): Promise<void> {
  makeFolder(folder);
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, { format: 'pt' }, type);
  if (keepsAll) copyOthers(origin.model, folder);
  const tokenizer = origin.tokenizer ?? findTokenizer(origin.model);
  copy(tokenizer, folder);
  for (const name of ['tokenizer_config.json', 'special_tokens_map.json', mergesFile, 'chat_template.jinja']) {
    const beside = join(dirname(tokenizer), name);
    if (existsSync(beside)) copy(beside, folder);
  }
  const generation = join(origin.model, 'generation_config.json');
  if (existsSync(generation)) copy(generation, folder);
  await writeJson(join(folder, 'config.json'), { ...originConfig(origin.model, config, type), ...changes });
}

/** Writes a model as it stands, without its adapter, as an HF folder: the end of full fine-tuning. */
export async function writeModel(folder: string, model: LanguageModel, origin: ModelOrigin): Promise<void> {
  const tensors = Array.from(wholeTensors(model.weights), ([name, { shape, parts }]) => ({
    name,
    shape,
    values: async function* () {
      for (const { tensor } of parts) yield await downloaded(tensor);
    },
  }));
  await writeModelFolder(folder, origin, model.config, tensors);
}

/** The origin's own config.json, fields we do not know included, except for the type of the weights. */
function originConfig(model: string, config: ModelConfig, type: StoredType): Record<string, unknown> {
  if (!statSync(model).isDirectory()) return { ...configJson(config), torch_dtype: type };
  const { dtype, ...rest } = parseJson(join(model, 'config.json')) as Record<string, unknown>;
  return { ...rest, ...(dtype !== undefined && { dtype: type }), torch_dtype: type };
}

/** Weights in any form, and what lists them. */
const weightFile = /\.(?:safetensors|bin|pt|pth|ckpt|gguf|ggml|h5|msgpack|onnx|onnx_data|npz|tflite)$|\.index\.json$/;

/** Copies what a model's folder has besides weights and config.json: chat template, generation config, licence, … */
function copyOthers(model: string, folder: string): void {
  if (!statSync(model).isDirectory()) return;
  const kept = (path: string): boolean => resolve(path) !== resolve(folder) && !weightFile.test(path);
  for (const name of readdirSync(model)) {
    // Hidden ones are what downloads and editors leave.
    if (name.startsWith('.') || name === 'config.json' || isContentsList(name) || !kept(join(model, name))) continue;
    try {
      cpSync(join(model, name), join(folder, name), { recursive: true, dereference: true, filter: kept });
    } catch (error) {
      throw fileRefusal(folder, error, `room for a copy of ${join(model, name)}`);
    }
  }
}

function copy(file: string, folder: string): void {
  try {
    copyFileSync(file, join(folder, basename(file)));
  } catch (error) {
    throw fileRefusal(folder, error, `room for a copy of ${file}`);
  }
}
