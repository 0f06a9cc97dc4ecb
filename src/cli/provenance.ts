import { digestOf } from '../base/digest.js';
import type { Provenance } from '../figure/figure.js';
import { version } from '../base/version.js';
import { shellWords } from '../base/text.js';
import { withoutOptions } from './words.js';

/** Where a result comes from: enough to make it again. */
export interface ProblemProvenance extends Provenance {
  /** "sha256:" and the digest of the problem file's bytes. */
  readonly problemHash: string;
}

/** The provenance of what this process computes from a problem file. */
export function provenance(seed: number, problemText: string): ProblemProvenance {
  return { version, command: commandLine(process.argv.slice(2)), seed, problemHash: `sha256:${digestOf(problemText)}` };
}

/** The command line as a shell would take it, without the options that cannot change a number. */
export function commandLine(words: readonly string[]): string {
  const kept = withoutOptions(words, {
    flags: ['debug', 'status'],
    valued: ['workers', 'out', 'verdicts', 'cache', 'run'],
    optional: ['submit'],
  });
  return shellWords(['forgetting', ...kept]);
}
