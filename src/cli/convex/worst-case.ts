import { Command } from 'commander';
import { functionClasses, iterates, subgradient, type Iterate } from '../../theory/worst-case/names.js';
import { integerOption, lambdaOption, numberOption, wordOption } from '../arguments.js';
import { InputError } from '../../base/input-error.js';
import { withSchedule } from '../schedule-command.js';
import { writeWhole } from '../../base/whole-file.js';
import { printJson, printTable } from '../output.js';
import { jsonText } from '../../base/text.js';
import { startProgress } from '../../base/progress.js';

/** The command's own options; those of the schedule lie beside them. */
interface Options extends Readonly<Record<string, unknown>> {
  readonly schedule: string;
  readonly lambda?: readonly number[];
  readonly steps: number;
  readonly stepSize?: string;
  readonly iterate: Iterate;
  readonly class: (typeof functionClasses)[number];
  readonly lipschitz: number;
  readonly smoothness: number;
  readonly gradientAtOptimum: number;
  readonly distance: number;
  readonly out?: string;
  readonly problem?: string;
  readonly closedForm?: boolean;
  readonly json?: boolean;
}

/** `forgetting worst-case`: the worst case of a schedule over a class of functions, with a certificate. */
export function worstCaseCommand(): Command {
  const command = new Command('worst-case').description(
    'the worst case of a schedule over all functions of a class, by performance estimation',
  );
  return withSchedule(command, { more: `, ${subgradient} (the subgradient method on one objective)` })
    .requiredOption('--steps <T>', 'updates in all', integerOption('steps', 1))
    .option(
      '--lambda <numbers>',
      'weight of DPO; several with commas, as a range (0:1:0.05) or repeated (default: 0.5)',
      lambdaOption,
    )
    .option('--step-size <rule>', 'expression of t and T, or linear:α0; R/(M√T) unless given')
    .option('--iterate <name>', iterates.join(', '), wordOption('iterate', iterates), 'mean')
    .option('--class <name>', functionClasses.join(', '), wordOption('class', functionClasses), 'lipschitz')
    .option('--lipschitz <M>', 'bound on the subgradients', numberOption('lipschitz'), 1)
    .option('--smoothness <L>', 'Lipschitz constant of the gradients', numberOption('smoothness'), 1)
    .option('--gradient-at-optimum <σ>', 'bound on the gradients at θ*', numberOption('gradient-at-optimum'), 1)
    .option('--distance <R>', 'bound on the distance from the start to θ*', numberOption('distance'), 1)
    .option('--out <file>', 'write the recovered worst problem')
    .option('--problem <file>', 'run the schedule on a worst problem written earlier, instead of looking for one')
    .option(
      '--closed-form',
      'run a closed-form worst function of the schedule, where there is one, instead of looking for one',
    )
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const { lambda: lambdas = [0.5], out, json } = options;
      const several = lambdas.length > 1;
      if (several && out !== undefined)
        throw new InputError('out', out, 'a single λ, because the file holds one problem');
      const found: object[] = [];
      for (const lambda of lambdas) {
        if (several && json !== true) process.stdout.write(`${found.length > 0 ? '\n' : ''}λ = ${lambda}\n`);
        found.push(await run(lambda, options));
      }
      if (json !== true) return;
      printJson(several ? { worstCases: found.map((one, i) => ({ lambda: lambdas[i], ...one })) } : found[0]);
    });
}

/** Finds the worst case at one λ, prints it unless JSON is asked for, and returns what JSON says. */
async function run(lambda: number, options: Options): Promise<object> {
  const { worstCase } = await import('../../theory/worst-case/worst-case.js');
  const { closedFormWorstCase } = await import('../../theory/worst-case/closed-form.js');
  const { chosenSchedule, withoutScheduleOptions } = await import('../options/schedule.js');
  const { out, problem, closedForm, json, ...given } = options;
  const { schedule, own } =
    given.schedule === subgradient ? { schedule: subgradient, own: {} } : await chosenSchedule(given.schedule, given);
  const settings = { ...withoutScheduleOptions(given), lambda, steps: given.steps, schedule, ...own };
  if (problem !== undefined) {
    const { replayStored } = await import('../../theory/worst-case/stored-problem.js');
    const found = replayStored(problem, settings);
    if (json !== true)
      process.stdout.write(`${digits(found.value)} (rounding at most ${found.rounding.toExponential(1)})\n`);
    return found;
  }
  const progress = startProgress('worst case', 1);
  let result;
  try {
    result =
      closedForm === true
        ? closedFormWorstCase(settings)
        : worstCase(settings, {
            onProgress: (share) => {
              progress.update(share);
            },
          });
  } finally {
    progress.stop();
  }
  if (out !== undefined) await writeWhole(out, `${jsonText(result.certificate.problem)}\n`);
  if (json !== true) {
    const { worstCase: lower, dualBound, relativeGap, theory, kind, certificate } = result;
    printTable(
      ['worst case ≥', 'worst case ≤', 'relative gap', 'theory', 'kind'],
      [
        [
          digits(lower),
          digits(dualBound),
          relativeGap.toExponential(1),
          theory === null ? '–' : digits(theory),
          kind ?? '–',
        ],
      ],
    );
    if (certificate.dual !== undefined) {
      const { order, constraints, programmes } = certificate.dual;
      const size = `Gram matrix of order ${order}, ${constraints} constraints`;
      process.stdout.write(`\n${size}${programmes === 1 ? '' : `, ${programmes} programmes`}\n`);
    }
    if (certificate.choices !== undefined) process.stdout.write(`choices: ${certificate.choices.join(', ')}\n`);
  }
  // A run that exceeds a proven bound means that one of the two is wrong.
  if (result.theory !== null && result.worstCase > result.theory * (1 + 1e-9)) {
    process.stderr.write('forgetting: the worst case exceeds the theoretical bound\n');
    process.exitCode = 1;
  }
  return result;
}

function digits(value: number): string {
  return value.toPrecision(9);
}
