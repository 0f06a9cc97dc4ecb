import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Hub } from '../../../src/llm/hub/hub.js';
import { parseIdentifier } from '../../../src/llm/hub/identifier.js';
import { dataPath, modelPath } from '../../../src/llm/hub/paths.js';
import { stream } from '../../../src/base/random-stream.js';
import { answered } from '../../cli/in-process.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeToyFiles } from '../toy.js';
import { startHub, type Repository, type TestHub } from './server.js';

const folder = temporaryFolder();
const toy = await writeToyFiles(folder);
const random = stream(1, 'hub-test');
const weights = Buffer.from(Uint8Array.from({ length: 3_000_000 }, () => random.integer(256)));
const commits = { first: '1'.repeat(40), second: '2'.repeat(40) };

function repositories(): [Repository, Repository, Repository] {
  return [
    {
      kind: 'model',
      name: 'lab/tiny',
      commit: commits.first,
      files: {
        'README.md': Buffer.from('# tiny'),
        'config.json': readFileSync(join(toy.model, 'config.json')),
        'model.safetensors': readFileSync(join(toy.model, 'model.safetensors')),
        'pytorch_model.bin': Buffer.from('a pickle that nobody wants'),
        'tokenizer.json': readFileSync(join(toy.model, 'tokenizer.json')),
        'onnx/model.onnx': Buffer.from('nor this'),
      },
    },
    {
      kind: 'model',
      name: 'lab/big',
      commit: commits.first,
      files: { 'config.json': Buffer.from('{}'), 'model.safetensors': weights },
    },
    {
      kind: 'dataset',
      name: 'lab/pairs',
      commit: commits.first,
      files: {
        'data/train-00000-of-00001.parquet': readFileSync(new URL('../data/parquet/zstd.parquet', import.meta.url)),
        'data/test-00000-of-00001.parquet': Buffer.from('PAR1'),
        'preferences.jsonl': readFileSync(toy.preferences),
        'sft.jsonl': readFileSync(toy.sft),
      },
    },
  ];
}

let served: [Repository, Repository, Repository];
let server: TestHub;
let hub: Hub;
let run = 0;
beforeEach(async () => {
  served = repositories();
  server = await startHub(served);
  hub = { url: server.url, accessToken: undefined, cache: join(folder, `cache-${++run}`) };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe('identifiers', () => {
  it.each([
    ['lab/tiny', 'model', { kind: 'model', name: 'lab/tiny', revision: 'main' }],
    ['lab/tiny@v1.0', 'model', { kind: 'model', name: 'lab/tiny', revision: 'v1.0' }],
    ['lab/tiny@refs/pr/3', 'model', { kind: 'model', name: 'lab/tiny', revision: 'refs/pr/3' }],
    [
      'lab/pairs:data/a.jsonl',
      'dataset',
      { kind: 'dataset', name: 'lab/pairs', revision: 'main', file: 'data/a.jsonl' },
    ],
    ['lab/pairs@v2:a.parquet', 'dataset', { kind: 'dataset', name: 'lab/pairs', revision: 'v2', file: 'a.parquet' }],
    ['data/train.jsonl', 'dataset', undefined],
    ['models/stories.bin', 'model', undefined],
    ['./lab/tiny', 'model', undefined],
    ['/lab/tiny', 'model', undefined],
    ['../tiny', 'model', undefined],
    ['a/b/c', 'model', undefined],
    ['gpt2', 'model', undefined],
    ['lab/tiny:file', 'model', undefined],
  ] as const)('are read from %s as a %s', (text, kind, expected) => {
    expect(parseIdentifier(text, kind)).toEqual(expected);
  });
});

describe('a model of the hub', () => {
  it('comes with config, tokenizer and safetensors only, and a second time from the cache', async () => {
    const path = await modelPath('lab/tiny', 'model', hub);
    expect(path).toBe(join(hub.cache, 'models/lab/tiny', commits.first));
    expect(readdirSync(path).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    for (const name of readdirSync(path)) expect(readFileSync(join(path, name))).toEqual(served[0].files[name]);
    const before = server.requests.length;
    expect(await modelPath('lab/tiny', 'model', hub)).toBe(path);
    expect(server.requests.slice(before).map((request) => request.split('?')[0])).toEqual([
      'GET /api/models/lab/tiny/revision/main',
    ]);
  });

  it('comes from the cache where the hub is gone, and by its commit without a word to the hub', async () => {
    const path = await modelPath('lab/tiny', 'model', hub);
    const before = server.requests.length;
    expect(await modelPath(`lab/tiny@${commits.first}`, 'model', hub)).toBe(path);
    expect(server.requests.length).toBe(before);
    await server.close();
    const notes: string[] = [];
    expect(await modelPath('lab/tiny', 'model', { ...hub, onNote: (line) => notes.push(line) })).toBe(path);
    expect(notes).toEqual([`lab/tiny: ${hub.url} cannot be reached; main as it was, 111111111111`]);
  });

  it('comes anew where its branch has moved', async () => {
    const old = await modelPath('lab/tiny', 'model', hub);
    served[0].commit = commits.second;
    served[0].files['config.json'] = Buffer.from('{"changed":true}');
    const path = await modelPath('lab/tiny', 'model', hub);
    expect(path).toBe(join(hub.cache, 'models/lab/tiny', commits.second));
    expect(readFileSync(join(path, 'config.json'), 'utf8')).toBe('{"changed":true}');
    expect(readFileSync(join(old, 'config.json'))).toEqual(readFileSync(join(toy.model, 'config.json')));
  });

  it('comes in the shards of its index, or as an adapter', async () => {
    const shard = 'model-00001-of-00001.safetensors';
    served[0].files[shard] = served[0].files['model.safetensors'];
    delete served[0].files['model.safetensors'];
    served[0].files['model.safetensors.index.json'] = Buffer.from('{}');
    const path = await modelPath('lab/tiny', 'model', hub);
    expect(readdirSync(path).sort()).toEqual(['config.json', shard, 'model.safetensors.index.json', 'tokenizer.json']);
    served[1] = Object.assign(served[1], { files: { 'adapter_config.json': Buffer.from('{}') } });
    served[1].files['adapter_model.safetensors'] = weights;
    expect(readdirSync(await modelPath('lab/big', 'adapter', hub)).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
    ]);
  });

  it('gives way to a path that exists, and leaves other texts to those who read them', async () => {
    mkdirSync(join(folder, 'lab/tiny'), { recursive: true });
    const here = process.cwd();
    process.chdir(folder);
    try {
      expect(await modelPath('lab/tiny', 'model', hub)).toBe('lab/tiny');
    } finally {
      process.chdir(here);
    }
    expect(await modelPath('/no/such/model', 'model', hub)).toBe('/no/such/model');
    expect(server.requests).toEqual([]);
  });

  it('asks with the token of HF_TOKEN, which no other server sees', async () => {
    const guarded = await startHub(served, 'hf_secret');
    try {
      const asked = { ...hub, url: guarded.url };
      await expect(modelPath('lab/tiny', 'model', asked)).rejects.toThrow(/answers 401\), or HF_TOKEN set/);
      const path = await modelPath('lab/tiny', 'model', { ...asked, accessToken: 'hf_secret' });
      expect(existsSync(join(path, 'model.safetensors'))).toBe(true);
    } finally {
      await guarded.close();
    }
  });
});

describe('a download', () => {
  const part = (): string => join(hub.cache, 'models/lab/big', commits.first, 'model.safetensors.part');
  const whole = (): string => part().replace(/\.part$/, '');

  it('that was cut off leaves no file in its place, and goes on where it stopped', async () => {
    server.mischief.cutAfter = 2_000_000;
    await expect(modelPath('lab/big', 'model', hub)).rejects.toThrow(
      /model: got "lab\/big", expected a path that exists, or a network: .*download the folder elsewhere and give --model DIR/,
    );
    expect(existsSync(whole())).toBe(false);
    const have = statSync(part()).size;
    expect(have).toBeGreaterThan(0);
    expect(have).toBeLessThanOrEqual(2_000_000);
    const progress: number[] = [];
    await modelPath('lab/big', 'model', { ...hub, onProgress: (done) => progress.push(done) });
    expect(readFileSync(whole()).equals(weights)).toBe(true);
    expect(existsSync(part())).toBe(false);
    expect(server.requests.at(-1)).toMatch(new RegExp(`bytes=${have}-2999999$`));
    expect([progress[0], progress.at(-1)]).toEqual([have, weights.length]);
  });

  it('begins again where the part that is here is not part of the file, or the server gives no ranges', async () => {
    server.mischief.cutAfter = 2_000_000;
    await expect(modelPath('lab/big', 'model', hub)).rejects.toThrow();
    writeFileSync(part(), Buffer.alloc(1_000_000));
    await modelPath('lab/big', 'model', hub);
    expect(readFileSync(whole()).equals(weights)).toBe(true);

    const elsewhere = { ...hub, cache: `${hub.cache}-2` };
    server.mischief.cutAfter = 2_000_000;
    await expect(modelPath('lab/big', 'model', elsewhere)).rejects.toThrow();
    server.mischief.ignoreRange = 'model.safetensors';
    const path = await modelPath('lab/big', 'model', elsewhere);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
  });

  it.each(['model.safetensors', 'config.json'])(
    'is refused and leaves nothing where the checksum of %s is wrong',
    async (name) => {
      server.mischief.corrupt = name;
      const message = new RegExp(
        `lab/big: ${name.replace('.', '\\.')}: got "(sha256|git-sha1) [0-9a-f]+", expected .*as the hub lists it: run it again`,
      );
      await expect(modelPath('lab/big', 'model', hub)).rejects.toThrow(message);
      const left = readdirSync(join(hub.cache, 'models/lab/big', commits.first));
      expect(left).not.toContain(name);
      expect(left).not.toContain(`${name}.part`);
      delete server.mischief.corrupt;
      await modelPath('lab/big', 'model', hub);
      expect(readFileSync(whole()).equals(weights)).toBe(true);
    },
  );

  it('is refused where the hub refuses, cannot be reached or is in trouble', async () => {
    await expect(modelPath('lab/none', 'model', hub)).rejects.toThrow(
      /model: got "lab\/none", expected a path that exists, or a model that http:.* has \(it answers 401\), or HF_TOKEN set/,
    );
    await expect(modelPath('lab/tiny@v9', 'model', hub)).rejects.toThrow(/got "lab\/tiny@v9".*answers 404/);
    server.mischief.status = 503;
    await expect(modelPath('lab/tiny', 'model', hub)).rejects.toThrow(/not status 503: try again later/);
    const gone = await startHub([]);
    await gone.close();
    await expect(dataPath('lab/pairs', 'sft', { ...hub, url: gone.url })).rejects.toThrow(
      /sft: got "lab\/pairs", expected a path that exists, or a network: http:.*: connect ECONNREFUSED.*; download the file elsewhere and give --sft FILE/,
    );
  });

  it('is refused where the repository has nothing to load, or a path that leads out of it', async () => {
    delete served[0].files['model.safetensors'];
    await expect(modelPath('lab/tiny', 'model', hub)).rejects.toThrow(/a model or an adapter in safetensors/);
    served[2].files['../../evil.jsonl'] = Buffer.from('{}');
    await expect(dataPath('lab/pairs', 'sft', hub)).rejects.toThrow(/got "\.\.\/\.\.\/evil\.jsonl"/);
  });
});

describe('a data set of the hub', () => {
  it('is its training file, or the file that is named', async () => {
    const at = (file: string): string => join(hub.cache, 'datasets/lab/pairs', commits.first, file);
    const path = await dataPath('lab/pairs', 'preferences', hub);
    expect(path).toBe(at('data/train-00000-of-00001.parquet'));
    expect(await dataPath('lab/pairs:sft.jsonl', 'sft', hub)).toBe(at('sft.jsonl'));
    expect(readFileSync(at('sft.jsonl'))).toEqual(readFileSync(toy.sft));
    expect(existsSync(at('preferences.jsonl'))).toBe(false);
    const wrong = dataPath('lab/pairs:other.jsonl', 'sft', hub);
    await expect(wrong).rejects.toThrow(
      /sft: got "lab\/pairs:other\.jsonl", expected lab\/pairs:FILE with one of .*sft\.jsonl/,
    );
    delete served[2].files['data/train-00000-of-00001.parquet'];
    served[2].commit = commits.second;
    await expect(dataPath('lab/pairs', 'sft', hub)).rejects.toThrow(
      /FILE with one of data\/test.*, preferences\.jsonl/,
    );
  });
});

describe('the command line', () => {
  const words = (cache: string): string[] => [
    ...['evaluate', '--model', 'lab/tiny', '--sft', 'lab/pairs:sft.jsonl', '--preferences'],
    ...['lab/pairs:preferences.jsonl', '--backend', 'cpu', '--hub-cache', cache, '--json'],
  ];

  it('takes model and data by their ids, with the numbers of the files, and says in one line what is missing', async () => {
    vi.stubEnv('HF_ENDPOINT', server.url);
    vi.stubEnv('HF_TOKEN', '');
    const llm = (given: readonly string[]) => answered(['llm', ...given]);
    const local = ['evaluate', '--model', toy.model, '--sft', toy.sft, '--preferences', toy.preferences];
    const byId = await llm(words(hub.cache));
    expect(byId.code).toBe(0);
    const byPath = await llm([...local, '--backend', 'cpu', '--json']);
    expect(byId.stdout).toBe(byPath.stdout);
    await server.close();
    const offline = await llm(words(hub.cache));
    expect([offline.code, offline.stdout]).toEqual([0, byId.stdout]);
    const empty = await llm(words(join(folder, 'empty')));
    expect(empty.code).toBe(2);
    expect(empty.stderr).toMatch(
      /^[^\n]*model: got "lab\/tiny"[^\n]*ECONNREFUSED[^\n]*; download the folder elsewhere and give --model DIR\n$/,
    );
  });
});
