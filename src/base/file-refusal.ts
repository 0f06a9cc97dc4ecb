import { InputError } from './input-error.js';

const reasons = new Map(
  Object.entries({
    ENOENT: 'no such file',
    EEXIST: 'something else by that name',
    EISDIR: 'a folder',
    ENOTDIR: 'a path through something that is not a folder',
    ENOTEMPTY: 'a folder with something in it',
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'a read-only file system',
    ENOSPC: 'a full disk',
    EDQUOT: 'a full disk quota',
    EFBIG: 'a file over the size limit',
    ELOOP: 'links that lead in a circle',
    ENAMETOOLONG: 'a name that is too long',
    EMFILE: 'too many open files',
    ENFILE: 'too many open files',
    EIO: 'a device that fails',
    ENXIO: 'a FIFO or device with nothing at its other end',
    ENODEV: 'a device that is not there',
    EPIPE: 'a reader that went away',
    EBUSY: 'a file that is in use',
    ETXTBSY: 'a program that is running',
    EINVAL: 'a file that does not allow it',
    ERR_INVALID_ARG_VALUE: 'a name that no file can have',
    ERR_FS_FILE_TOO_LARGE: 'a file larger than 2 GiB',
    ERR_STRING_TOO_LONG: 'more text than fits in memory at once',
  }),
);

/** The refusal of a file that could not be read or written, from the system's error; other errors pass unchanged. */
export function fileRefusal(path: string, error: unknown, expected: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons.get(code);
  if (reason !== undefined) return new InputError(path, reason, expected);
  return error instanceof Error ? error : new Error(String(error));
}
