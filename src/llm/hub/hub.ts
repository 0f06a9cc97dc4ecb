import { InputError } from '../../base/input-error.js';
import type { HubIdentifier } from './identifier.js';

/** The hub to ask, where to keep what it gives, and whom to tell. */
export interface Hub {
  /** The hub's address. */
  readonly url: string;
  /** The token of an account, for repositories that ask for one. */
  readonly accessToken: string | undefined;
  /** The folder that downloads are kept in. */
  readonly cache: string;
  /** Called with the bytes of a repository's files that are here, and their total. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with a line that a reader should see. */
  readonly onNote?: (line: string) => void;
}

/** The hub that the environment names: HF_ENDPOINT and HF_TOKEN, as in Python's huggingface_hub. */
export function hubOfEnvironment(options: Pick<Hub, 'cache' | 'onProgress' | 'onNote'>): Hub {
  const { HF_ENDPOINT: endpoint = '', HF_TOKEN: token = '' } = process.env;
  if (token !== '' && !token.startsWith('hf_')) throw new InputError('HF_TOKEN', '…', 'a token that begins with hf_');
  return {
    ...options,
    url: endpoint === '' ? 'https://huggingface.co' : endpoint.replace(/\/+$/, ''),
    accessToken: token === '' ? undefined : token,
  };
}

/** What a repository of the hub stands in for: the option it was given to. */
export interface Wanted {
  /** The option, without dashes. */
  readonly field: string;
  readonly identifier: HubIdentifier;
}

/** The parameters that every call of @huggingface/hub takes. */
export function callParameters({ url, accessToken }: Hub) {
  return { hubUrl: url, ...(accessToken !== undefined && { accessToken }) };
}

/** Whether an error says that the hub could not be reached, rather than what it answered. */
export function isNetworkError(error: unknown): boolean {
  return statusOf(error) === undefined;
}

/** The refusal of what the hub did not give: what went wrong, and what to do. */
export function hubRefusal(error: unknown, { field, identifier }: Wanted, { url, accessToken }: Hub): Error {
  if (error instanceof InputError) return error;
  const { kind, name, revision, file } = identifier;
  const got = `${name}${revision === 'main' ? '' : `@${revision}`}${file === undefined ? '' : `:${file}`}`;
  const status = statusOf(error);
  const place = kind === 'model' ? 'folder' : 'file';
  const elsewhere = `download the ${place} elsewhere and give --${field} ${kind === 'model' ? 'DIR' : 'FILE'}`;
  if (status === undefined) {
    return new InputError(field, got, `a path that exists, or a network: ${url}: ${reasonOf(error)}; ${elsewhere}`);
  }
  if ([401, 403, 404].includes(status)) {
    const token = accessToken === undefined ? ', or HF_TOKEN set where it asks for an account' : '';
    return new InputError(
      field,
      got,
      `a path that exists, or a ${kind} that ${url} has (it answers ${status})${token}`,
    );
  }
  return new InputError(field, got, `an answer from ${url}, not status ${status}: try again later, or ${elsewhere}`);
}

function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** What fetch says went wrong stands in the cause of its error, at times only as a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
}
