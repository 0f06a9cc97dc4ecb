import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { downloadFiles } from './download.js';
import { parseIdentifier } from './identifier.js';
import type { Hub, Wanted } from './hub.js';
import { keepRevision, listRepository, type HubFile } from './listing.js';

/**
 * The path of a model or adapter on this machine. A path that exists is taken as it is; org/name or org/name@revision
 * is downloaded from the hub, except for what the cache holds; other texts come back unchanged.
 * @param field the option that the text was given to
 * @throws InputError where the hub cannot be reached, does not have it, or has no weights in safetensors
 */
export async function modelPath(text: string, field: string, hub: Hub): Promise<string> {
  return pathOf(text, { field, kind: 'model', choose: modelFiles }, hub);
}

/**
 * The path of a data file on this machine. A path that exists is taken as it is; org/dataset, org/dataset:file or
 * org/dataset@revision:file is downloaded from the hub, except for what the cache holds; other texts come back unchanged.
 * Without a file it is the repository's only data file, or else the only one with the word train in its path.
 * @param field the option that the text was given to
 * @throws InputError where the hub cannot be reached or does not have it, and where no file or several could be meant
 */
export async function dataPath(text: string, field: string, hub: Hub): Promise<string> {
  const choose = (files: readonly HubFile[], wanted: Wanted): HubFile[] => [dataFile(files, wanted)];
  return pathOf(text, { field, kind: 'dataset', choose }, hub);
}

interface HubFileChoice {
  readonly field: string;
  readonly kind: 'model' | 'dataset';
  readonly choose: (files: readonly HubFile[], wanted: Wanted) => readonly HubFile[];
}

async function pathOf(text: string, { field, kind, choose }: HubFileChoice, hub: Hub): Promise<string> {
  const identifier = existsSync(text) ? undefined : parseIdentifier(text, kind);
  if (identifier === undefined) return text;
  const wanted = { field, identifier };
  const listing = await listRepository(wanted, hub);
  const files = choose(listing.files, wanted);
  await downloadFiles(files, listing, wanted, hub);
  await keepRevision(wanted, listing, hub);
  return kind === 'model' ? listing.folder : join(listing.folder, files[0].path);
}

const besideWeights = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.json',
  'merges.txt',
  'generation_config.json',
  'chat_template.jinja',
];

/** The files that a model, or where there is none an adapter, is loaded from. */
function modelFiles(files: readonly HubFile[], { field, identifier: { name } }: Wanted): HubFile[] {
  const all = (pattern: RegExp): HubFile[] => files.filter(({ path }) => pattern.test(path));
  const sets = [
    { needs: 'config.json', weights: all(/^model\.safetensors$/) },
    { needs: 'config.json', weights: all(/^model(-\d+-of-\d+\.safetensors|\.safetensors\.index\.json)$/) },
    { needs: 'adapter_config.json', weights: all(/^adapter_model\.safetensors$/) },
  ];
  const found = sets.find(({ needs, weights }) => weights.length > 0 && files.some(({ path }) => path === needs));
  if (found === undefined) {
    throw new InputError(field, name, 'a repository with a model or an adapter in safetensors, and its config');
  }
  return [...files.filter(({ path }) => path === found.needs || besideWeights.includes(path)), ...found.weights];
}

function dataFile(files: readonly HubFile[], { field, identifier: { name, file } }: Wanted): HubFile {
  if (file !== undefined) {
    const named = files.find(({ path }) => path === file);
    if (named !== undefined) return named;
  }
  const data = files.filter(({ path }) => /\.(jsonl|parquet|jsonl\.gz)$/.test(path));
  const training = data.filter(({ path }) => /(^|[/_.-])train/.test(path));
  const candidates = data.length === 1 ? data : training;
  if (file === undefined && candidates.length === 1) return candidates[0];
  const names = data.map(({ path }) => path).join(', ');
  const expected = data.length === 0 ? 'a dataset with JSONL or Parquet files' : `${name}:FILE with one of ${names}`;
  throw new InputError(field, file === undefined ? name : `${name}:${file}`, expected);
}
