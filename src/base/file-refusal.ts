import { InputError } from './input-error.js';

const reasons = new Map(
  Object.entries({
    ENOENT: 'no such file',
    EEXIST: 'something else by that name',
    EISDIR: 'a folder',
    ENOTDIR: 'a path through something that is not a folder',
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'a read-only file system',
    ENOSPC: 'a full disk',
    EDQUOT: 'a full disk quota',
    EFBIG: 'a file over the size limit',
  }),
);

/** The refusal of a file that could not be read or written, from the system's error; other errors pass unchanged. */
export function fileRefusal(path: string, error: unknown, expected: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons.get(code);
  if (reason !== undefined) return new InputError(path, reason, expected);
  return error instanceof Error ? error : new Error(String(error));
}
