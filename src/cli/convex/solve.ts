import { Command } from 'commander';
import { lambdaOption } from '../arguments.js';
import { printJson, printTable } from '../output.js';
import { shortNumber } from '../../base/text.js';

/** `forgetting solve`: certified minimisers of F_λ and F_max. */
export function solveCommand(): Command {
  return new Command('solve')
    .description('certified minimisers of F_λ and F_max, and the ideal point')
    .argument('<problem>', 'problem file')
    .option(
      '--lambda <number>',
      'weight of DPO; several with commas, as a range (0:1:0.05) or repeated (default: 0.5)',
      lambdaOption,
    )
    .option('--json', 'print JSON')
    .action(async (file: string, { lambda = [0.5], json }: { lambda?: number[]; json?: boolean }) => {
      const { readProblem } = await import('../../convex/problem/read.js');
      const { idealPoint, minimizeWeightedSum } = await import('../../convex/optimum/weighted-sum.js');
      const { minimizeChebyshev } = await import('../../convex/optimum/chebyshev.js');
      const problem = await readProblem(file);
      const ideal = idealPoint(problem);
      const points = lambda.map((weight) => minimizeWeightedSum(problem, weight));
      const max = lambda.map((weight) => minimizeChebyshev(problem, weight, ideal));
      const condition = problem.conditionalOnConvexity ? { conditionalOn: 'convexity' } : {};
      const idealReason = ideal.dpo.reason ?? ideal.sft.reason;
      if (json === true) {
        printJson({
          ideal: { dpo: ideal.dpo.value, sft: ideal.sft.value },
          // What nothing certifies has the certificate null in JSON, and a reason.
          idealCertificate: { dpo: ideal.dpo.certificate, sft: ideal.sft.certificate },
          ...(idealReason === undefined ? {} : { idealReason }),
          points,
          max,
          convexity: problem.convexity,
          ...condition,
        });
        return;
      }
      process.stdout.write(`ideal point  dpo ${shortNumber(ideal.dpo.value)}  sft ${shortNumber(ideal.sft.value)}\n`);
      for (const [name, rows] of [
        ['F_λ', points],
        ['F_max', max],
      ] as const) {
        process.stdout.write(`\nminimisers of ${name}\n`);
        printTable(
          ['λ', 'value', 'certificate', 'dpo', 'sft'],
          rows.map((row) => [
            shortNumber(row.lambda),
            shortNumber(row.value),
            row.certificate < Infinity ? shortNumber(row.certificate) : 'none',
            shortNumber(row.dpo),
            shortNumber(row.sft),
          ]),
        );
        const reasons = new Set(rows.map(({ reason }) => reason).filter((reason) => reason !== undefined));
        for (const reason of reasons) process.stdout.write(`no certificate: ${reason}\n`);
      }
      if (problem.conditionalOnConvexity) process.stdout.write('\ncertificates are conditional on convexity\n');
    });
}
