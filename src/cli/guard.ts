import { writeSync } from 'node:fs';
import { CheckFailed } from '../base/check-failed.js';
import { fileRefusal } from '../base/file-refusal.js';
import { InputError } from '../base/input-error.js';
import { escaped, shortText } from '../base/short-text.js';
import { optionalPackages } from '../base/version.js';

/** Exit codes: a check that failed, input that was refused, and a fault of ours (EX_SOFTWARE of sysexits.h). */
const [failed, refused, faulty] = [1, 2, 70];

const reportAt = 'please report it with the command and what it reads (--debug shows where it happened)';

/**
 * Ends this process in order, whatever goes wrong in it: one line on standard error, never a stack. Listens before any
 * module does, because a module that tfjs loads would print the whole of its source and end with exit code 7.
 */
export function guardProcess(): void {
  process.on('uncaughtException', endWith);
  process.on('unhandledRejection', endWith);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that stops early, as `| head` does, is no error.
    if (error.code === 'EPIPE') process.exit();
    endWith(fileRefusal('standard output', error, 'a place that can be written'));
  });
  // Nothing is left to say it on.
  process.stderr.on('error', () => undefined);
}

/** Says on one line what went wrong and ends: exit code 1 where a check failed, 2 where input was bad, 70 where a defect of ours shows. */
export function endWith(error: unknown): void {
  if (error instanceof InputError) {
    say(error.message);
    process.exit(refused);
  }
  if (error instanceof CheckFailed) {
    say(error.message);
    process.exit(failed);
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const missing = missingPackage(message);
  if (missing !== undefined) {
    say(`this command needs ${missing}, which is not installed: run npm install --include=optional`);
    process.exit(refused);
  }
  const line = shortText(escaped(message), 300);
  if (isShortOfMemory(name, message)) {
    say(`not enough memory for sizes such as these: ${line}`);
    process.exit(refused);
  }
  say(`an unexpected error: ${name}: ${line}; ${reportAt}`);
  if (process.argv.includes('--debug') && stack !== undefined) say(stack, '');
  process.exit(faulty);
}

/** The optional package that an import in this thread or a worker did not find; undefined where the error is another. */
function missingPackage(message: string): string | undefined {
  const found = /^Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1] ?? '';
  return optionalPackages.find((name) => found === name || found.startsWith(`${name}/`));
}

/** V8's ways to say that an array, a buffer or a text would be larger than there is room for. */
function isShortOfMemory(name: string, message: string): boolean {
  if (message.includes('ERR_WORKER_OUT_OF_MEMORY') || message.includes('reaching memory limit')) return true;
  return (
    name === 'RangeError' &&
    /^Invalid (typed )?(array|string) length|allocation failed|could not allocate/i.test(message)
  );
}

function say(line: string, prefix = 'forgetting: '): void {
  try {
    writeSync(process.stderr.fd, `${prefix}${line}\n`);
  } catch {
    // Standard error is closed or full.
  }
}
