import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository of a test's hub. */
export interface Repository {
  readonly kind: 'model' | 'dataset';
  readonly name: string;
  /** The commit that main names. */
  commit: string;
  /** The content of its files; those above 1 kB are large files in LFS. */
  readonly files: Record<string, Buffer>;
}

/** What the next answers do wrong. */
export interface Mischief {
  /** The bytes after which the connection of the next download of this size or more is cut. */
  cutAfter?: number;
  /** A file whose bytes come out changed. */
  corrupt?: string;
  /** A file whose ranges are ignored: all of it comes. */
  ignoreRange?: string;
  /** A status for every request. */
  status?: number;
}

/** A hub on this machine, with the endpoints of huggingface.co that a download needs. */
export interface TestHub {
  readonly url: string;
  readonly mischief: Mischief;
  /** The requests so far, as "METHOD path range". */
  readonly requests: string[];
  close(): Promise<void>;
}

const [largeFile, pageSize] = [1000, 2];

/** Starts a hub with these repositories. Large files come by a redirect from a second server, as from a CDN. */
export async function startHub(repositories: readonly Repository[], accessToken?: string): Promise<TestHub> {
  const mischief: Mischief = {};
  const requests: string[] = [];
  const cdn = createServer((request, response) => {
    requests.push(line(request));
    // A CDN would refuse the hub's token.
    if (request.headers.authorization !== undefined) {
      end(response, 400, {});
      return;
    }
    const [, name, path] = decodeURIComponent(request.url ?? '').split('|');
    const repository = repositories.find((candidate) => candidate.name === name);
    serve(request, response, path, repository?.files[path], mischief);
  });
  const cdnUrl = await listen(cdn);
  const hub = createServer((request, response) => {
    requests.push(line(request));
    if (mischief.status !== undefined) {
      end(response, mischief.status, {});
      return;
    }
    const url = new URL(request.url ?? '', 'http://hub');
    const repository = repositories.find(
      ({ kind, name }) =>
        url.pathname.startsWith(`/api/${kind}s/${name}/`) ||
        url.pathname.startsWith(`${kind === 'model' ? '' : '/datasets'}/${name}/`),
    );
    const allowed = accessToken === undefined || request.headers.authorization === `Bearer ${accessToken}`;
    if (repository === undefined || !allowed) {
      end(response, 401, { error: 'Invalid username or password.' });
      return;
    }
    const [, verb, revision, ...rest] = url.pathname
      .slice(url.pathname.indexOf(repository.name) + repository.name.length)
      .split('/');
    const known = [repository.commit, 'main'].includes(decodeURIComponent(revision));
    if (!known) {
      end(response, 404, { error: `Invalid rev id: ${revision}` });
      return;
    }
    if (verb === 'revision') {
      end(response, 200, { _id: '1', id: repository.name, sha: repository.commit });
      return;
    }
    if (verb === 'tree') {
      tree(url, repository, hubUrl, response);
      return;
    }
    const path = rest.join('/');
    const content = repository.files[path] as Buffer | undefined;
    if (content === undefined) {
      response.setHeader('X-Error-Code', 'EntryNotFound');
      end(response, 404, { error: 'Entry not found' });
      return;
    }
    if (content.length <= largeFile) {
      serve(request, response, path, content, mischief);
      return;
    }
    response.writeHead(302, {
      Location: `${cdnUrl}/|${repository.name}|${encodeURIComponent(path)}`,
      'X-Linked-ETag': `"${sha256(content)}"`,
      'X-Linked-Size': content.length,
    });
    response.end();
  });
  const hubUrl = await listen(hub);
  return {
    url: hubUrl,
    mischief,
    requests,
    close: async () => {
      for (const server of [hub, cdn]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function line({ method = '', url = '', headers }: IncomingMessage): string {
  return `${method} ${decodeURIComponent(url)} ${headers.range ?? ''}`.trim();
}

function end(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(content));
}

/** The files of a commit in pages, with the next page's address in the header Link. */
function tree(url: URL, { files }: Repository, hubUrl: string, response: ServerResponse): void {
  const recursive = url.searchParams.get('recursive') === 'true';
  const entries = Object.entries(files)
    .filter(([path]) => recursive || !path.includes('/'))
    .map(([path, content]) => ({
      type: 'file',
      path,
      size: content.length,
      oid: gitSha1(content),
      ...(content.length > largeFile && { lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } }),
    }));
  const start = Number(url.searchParams.get('cursor') ?? 0);
  if (start + pageSize < entries.length) {
    const next = new URL(url.pathname + url.search, hubUrl);
    next.searchParams.set('cursor', String(start + pageSize));
    response.setHeader('Link', `<${next.href}>; rel="next"`);
  }
  end(response, 200, entries.slice(start, start + pageSize));
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  stored: Buffer | undefined,
  mischief: Mischief,
): void {
  if (stored === undefined) {
    end(response, 404, {});
    return;
  }
  const content = Buffer.from(stored);
  if (mischief.corrupt === path) content[content.length - 1] ^= 1;
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const probe = range?.[0] === 'bytes=0-0';
  const [from, to] =
    range === null || (mischief.ignoreRange === path && !probe)
      ? [0, content.length - 1]
      : [Number(range[1]), Math.min(Number(range[2]), content.length - 1)];
  const body = content.subarray(from, to + 1);
  response.writeHead(range === null ? 200 : 206, {
    ETag: `"${sha256(stored)}"`,
    'Content-Length': body.length,
    ...(range !== null && { 'Content-Range': `bytes ${from}-${to}/${content.length}` }),
  });
  const { cutAfter } = mischief;
  if (cutAfter === undefined || body.length < cutAfter) return void response.end(body);
  delete mischief.cutAfter;
  response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 50));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function gitSha1(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
