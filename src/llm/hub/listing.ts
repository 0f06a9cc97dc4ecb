import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { parseJson, writeJson } from '../../base/json-file.js';
import { callParameters, hubRefusal, isNetworkError, type Hub, type Wanted } from './hub.js';

/** A file of a repository at one commit, and the checksum that the hub keeps of it. */
export interface HubFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** sha256 of the content, of large files; or the sha1 of git's blob. */
  readonly checksum: { readonly algorithm: 'sha256' | 'git-sha1'; readonly digest: string };
}

/** A repository at one commit. */
export interface Listing {
  readonly commit: string;
  readonly files: readonly HubFile[];
  /** Where the files of this commit are kept. */
  readonly folder: string;
}

const commitPattern = /^[0-9a-f]{40}$/;
const filesSchema = z.array(
  z.object({
    path: z.string(),
    size: z.int().nonnegative(),
    checksum: z.object({ algorithm: z.enum(['sha256', 'git-sha1']), digest: z.string() }),
  }),
);

/**
 * The files of a repository at the commit that its revision names now, or named when it was last here where the hub
 * cannot be reached.
 * @throws InputError where neither the hub nor the cache has it
 */
export async function listRepository(wanted: Wanted, hub: Hub): Promise<Listing> {
  const { kind, name, revision } = wanted.identifier;
  const repository = join(hub.cache, `${kind}s`, name);
  const commit = commitPattern.test(revision) ? revision : await commitOf(wanted, hub, repository);
  const path = join(repository, `${commit}.json`);
  const kept = keptFiles(path);
  const files = kept ?? (await askFiles(wanted, commit, hub));
  if (kept === undefined) await writeJson(path, files);
  return { commit, files, folder: join(repository, commit) };
}

/** The listing that the cache holds; undefined where it holds none, or a damaged one. */
function keptFiles(path: string): readonly HubFile[] | undefined {
  try {
    return checked(filesSchema, parseJson(path), { place: path });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Keeps which commit a revision named, once its files are here: what a run without a network goes by. */
export async function keepRevision({ identifier }: Wanted, { commit }: Listing, { cache }: Hub): Promise<void> {
  const { kind, name, revision } = identifier;
  if (!commitPattern.test(revision)) await writeJson(revisionPath(join(cache, `${kind}s`, name), revision), commit);
}

function revisionPath(repository: string, revision: string): string {
  return join(repository, 'revisions', `${encodeURIComponent(revision)}.json`);
}

async function commitOf(wanted: Wanted, hub: Hub, repository: string): Promise<string> {
  const { kind, name, revision } = wanted.identifier;
  const { datasetInfo, modelInfo } = await import('@huggingface/hub');
  const parameters = { ...callParameters(hub), name, revision };
  try {
    const { sha } =
      kind === 'model'
        ? await modelInfo({ ...parameters, additionalFields: ['sha'] })
        : await datasetInfo({ ...parameters, additionalFields: ['sha'] });
    if (!commitPattern.test(sha)) throw new Error(`the commit ${sha}`);
    return sha;
  } catch (error) {
    const path = revisionPath(repository, revision);
    if (!isNetworkError(error) || !existsSync(path)) throw hubRefusal(error, wanted, hub);
    const commit = checked(z.string().regex(commitPattern, 'a commit'), parseJson(path), { place: path });
    hub.onNote?.(`${name}: ${hub.url} cannot be reached; ${revision} as it was, ${commit.slice(0, 12)}`);
    return commit;
  }
}

async function askFiles(wanted: Wanted, commit: string, hub: Hub): Promise<HubFile[]> {
  const { kind, name } = wanted.identifier;
  const { listFiles } = await import('@huggingface/hub');
  const files: HubFile[] = [];
  const entries = listFiles({
    ...callParameters(hub),
    repo: { type: kind, name },
    revision: commit,
    // What a model is loaded from lies in the root.
    recursive: kind === 'dataset',
  });
  try {
    for await (const { type, path, size, oid, lfs } of entries) {
      if (type !== 'file') continue;
      requireInside(path, wanted);
      if (lfs !== undefined) files.push({ path, size: lfs.size, checksum: { algorithm: 'sha256', digest: lfs.oid } });
      else if (oid !== undefined) files.push({ path, size, checksum: { algorithm: 'git-sha1', digest: oid } });
    }
  } catch (error) {
    throw hubRefusal(error, wanted, hub);
  }
  return files;
}

/** Refuses a path that would be written outside the folder of its commit. */
function requireInside(path: string, { field }: Wanted): void {
  if (path.startsWith('/') || path.split(/[/\\]/).includes('..')) {
    throw new InputError(field, path, 'a repository whose files stay inside it');
  }
}
