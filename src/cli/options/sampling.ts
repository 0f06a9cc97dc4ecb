import type { Command } from 'commander';
import { integerOption, wordOption } from '../arguments.js';

/** How convex runs sample: what a minibatch is, and what is seen of it. */
export interface SamplingOptions {
  readonly batch: number;
  readonly values: 'minibatch' | 'full';
  readonly gradientBatch: 'shared' | 'fresh';
}

/** Adds the options of `SamplingOptions` to a command. */
export function withSampling(command: Command): Command {
  return command
    .option('--batch <b>', 'examples in a minibatch', integerOption('batch', 1), 1)
    .option(
      '--values <which>',
      'the values that a schedule sees: minibatch or full',
      wordOption('values', ['minibatch', 'full']),
      'minibatch',
    )
    .option(
      '--gradient-batch <which>',
      'the gradient is taken on the minibatch the choice was made by (shared) or a fresh one',
      wordOption('gradient-batch', ['shared', 'fresh']),
      'shared',
    );
}
