import { InputError } from '../../src/base/input-error.js';
import { jsonOf } from '../../src/base/json-text.js';
import { configFromJson, type ModelConfig } from '../../src/llm/model/architecture/index.js';
import { weightsOf } from '../../src/llm/model/checkpoint-weights.js';
import { tokenizerFromJson } from '../../src/llm/tokenizer/from-json.js';
import { withRows } from '../../src/llm/tokenizer/rows.js';
import type { Tokenizer } from '../../src/llm/tokenizer/tokenizer.js';
import type { OpenFile } from '../../src/llm/weights/read-file.js';
import { safetensorsIn, safetensorsInShards } from '../../src/llm/weights/safetensors-format.js';
import type { Weights } from '../../src/llm/weights/weights.js';

/** A model in Hugging Face form whose weights are yet to be read. */
export interface OpenModel {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/**
 * The model of a folder's files, in a worker: their parts are read when they are needed, so that weights are never in memory
 * as a file.
 * @throws InputError naming the file that is missing, or what is wrong with it
 */
export async function openModelFiles(files: readonly File[]): Promise<OpenModel> {
  const named = (name: string): File | undefined => files.find((file) => file.name === name);
  const json = async (name: string): Promise<unknown> => {
    const file = named(name);
    return file && jsonOf(await file.text(), name);
  };
  const required = async (name: string): Promise<unknown> => {
    const content = await json(name);
    if (content !== undefined) return content;
    throw new InputError('model', files.map(({ name: chosen }) => chosen).join(', '), `${name} among the files`);
  };
  const modelConfig = await required('config.json');
  const config = configFromJson('config.json', modelConfig);
  const tokenizer = tokenizerFromJson(await required('tokenizer.json'), {
    modelConfig,
    config: await json('tokenizer_config.json'),
    specialTokensMap: await json('special_tokens_map.json'),
    generationConfig: await json('generation_config.json'),
  });
  const open = (name: string): Weights | undefined => {
    const file = named(name);
    return file && safetensorsIn(openBlob(file));
  };
  const index = 'model.safetensors.index.json';
  const whole = open('model.safetensors');
  const weights = whole ?? safetensorsInShards(index, await required(index), open);
  return {
    config,
    weights: weightsOf(config, weights, 'config.json'),
    tokenizer: withRows(tokenizer, config.vocabularySize, 'tokenizer.json'),
  };
}

/** Reads at once, as workers may; TypeScript declares it for workers alone. */
declare const FileReaderSync: new () => { readAsArrayBuffer: (blob: Blob) => ArrayBuffer };

function openBlob(file: File): OpenFile {
  const reader = new FileReaderSync();
  return {
    path: file.name,
    size: file.size,
    read: (position, length, into) => {
      const bytes = new Uint8Array(reader.readAsArrayBuffer(file.slice(position, position + length)));
      into?.set(bytes);
      return into ?? bytes;
    },
    close: () => undefined,
  };
}
