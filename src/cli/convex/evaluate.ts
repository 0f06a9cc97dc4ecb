import { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { vectorOption } from '../arguments.js';
import { printJson } from '../output.js';

/** `forgetting evaluate`: both objectives and their gradients at a point. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('both objectives and their gradients at a point')
    .argument('<problem>', 'problem file')
    .requiredOption('--at <vector>', 'the point θ, as a JSON array')
    .option('--json', 'print JSON')
    .action(async (file: string, { at }: { at: string }) => {
      const { readProblem } = await import('../../convex/problem/read.js');
      const problem = await readProblem(file);
      const theta = vectorOption('at', at, problem.dimension);
      const { dpo, sft } = problem.objectives;
      const [dpoGradient, sftGradient] = [new Float64Array(theta.length), new Float64Array(theta.length)];
      const values = { dpo: dpo.gradient(theta, dpoGradient), sft: sft.gradient(theta, sftGradient) };
      for (const [name, value] of Object.entries(values)) {
        if (!Number.isFinite(value))
          throw new InputError('at', at, `a point with a value of ${name}, which is ${value}`);
      }
      printJson({
        ...values,
        dpoGradient,
        sftGradient,
        convexity: problem.convexity,
      });
    });
}
