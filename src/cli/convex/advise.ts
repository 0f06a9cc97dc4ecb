import { Command } from 'commander';
import { startProgress } from '../../base/progress.js';
import { numberOption } from '../arguments.js';
import { printJson } from '../output.js';

/** `forgetting advise`: what to do about forgetting in one problem. */
export function adviseCommand(): Command {
  return new Command('advise')
    .description('what to do about forgetting: which λ, which schedule, at what cost')
    .argument('<problem>', 'problem file')
    .option(
      '--forget-at-most <δ>',
      'how much f_SFT may exceed its minimum (default: the knee)',
      numberOption('forget-at-most'),
    )
    .option('--error <number>', 'error of the front, relative to the ranges', numberOption('error'), 1e-3)
    .option('--json', 'print JSON')
    .action(async (file: string, options: { forgetAtMost?: number; error: number; json?: boolean }) => {
      const { readProblemFile } = await import('../../convex/problem/read.js');
      const { advise } = await import('../../advice/advise.js');
      const { provenance } = await import('../provenance.js');
      const { problem, text } = await readProblemFile(file);
      const { forgetAtMost, error } = options;
      const progress = startProgress('front', 100);
      const advice = advise(problem, {
        file,
        error,
        ...(forgetAtMost === undefined ? {} : { forgetAtMost }),
        onProgress: (_, reached) => {
          progress.update(Math.min(100, 100 * Math.sqrt(error / Math.max(reached, error))));
        },
      });
      progress.stop();
      const condition = problem.conditionalOnConvexity ? { conditionalOn: 'convexity' } : {};
      if (options.json === true) {
        printJson({ ...advice, ...condition, provenance: provenance(0, text) });
        return;
      }
      for (const { text: words } of advice.sentences) process.stdout.write(`${words}\n`);
      process.stdout.write(`\n${advice.commands.join('\n')}\n`);
      if (problem.conditionalOnConvexity) process.stdout.write('\nall of it is conditional on convexity\n');
    });
}
