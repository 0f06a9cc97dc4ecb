import { Command } from 'commander';
import { once } from 'node:events';
import { InputError } from '../../base/input-error.js';
import type { Service } from '../../schedule/service.js';
import { integerOption, numberOption, unitOption } from '../arguments.js';
import { trainDefaults } from '../options/train.js';
import { idealOf, initialState } from '../train/optima.js';
import { withSchedule } from '../schedule-command.js';

/** The command's own options; those of the schedule lie beside them. */
interface ScheduleOptions extends Readonly<Record<string, unknown>> {
  readonly schedule: string;
  readonly lambda: number;
  readonly steps: number;
  readonly sftOptimum?: number;
  readonly dpoOptimum?: number;
  readonly seed: number;
  readonly state?: string;
  readonly export?: string;
}

/** `forgetting schedule`: a schedule as a service for trainers elsewhere, in JSON lines. */
export function scheduleCommand(): Command {
  const command = new Command('schedule').description(
    'answer a trainer of your own, in JSON lines, what each step works on',
  );
  return withSchedule(command, { defaults: trainDefaults })
    .option('--lambda <number>', 'weight of DPO', unitOption('lambda'), 0.5)
    .requiredOption('--steps <T>', 'number of updates in all', integerOption('steps', 1))
    .option('--sft-optimum <number>', 'f_SFT*, from which gaps are measured', numberOption('sft-optimum'))
    .option('--dpo-optimum <number>', 'f_DPO*, from which gaps are measured', numberOption('dpo-optimum'))
    .option('--seed <n>', "seed of the schedule's coin", integerOption('seed', 0), 0)
    .option('--state <file>', 'continue from a saved state')
    .option('--export <file>', 'write all choices as JSON instead, of a schedule that needs no values')
    .action(scheduleAction);
}

async function scheduleAction(options: ScheduleOptions): Promise<void> {
  const { chosenSchedule } = await import('../options/schedule.js');
  const { createService, firstPosition, restored } = await import('../../schedule/service.js');
  const { lambda, steps, seed, state } = options;
  const { schedule, own } = await chosenSchedule(options.schedule, options, trainDefaults);
  const ideal = idealOf(options);
  const settings = { lambda, steps, ...own, ...(ideal && { ideal }) };
  initialState(schedule, settings);
  const service = createService(schedule, settings, seed);
  if (options.export !== undefined) {
    if (state !== undefined)
      throw new InputError('state', state, 'it without --export, because an export begins at step 1');
    await exportChoices(service, options.export);
    return;
  }
  const { parseJson } = await import('../../base/json-file.js');
  const { speak } = await import('../../schedule/speak.js');
  const position = state === undefined ? firstPosition(service) : restored(service, parseJson(state), state);
  await speak(service, position, process.stdin as AsyncIterable<Buffer>, async (line) => {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  });
}

async function exportChoices(service: Service, path: string): Promise<void> {
  const { exportedChoices } = await import('../../schedule/service.js');
  const { writeWhole } = await import('../../base/whole-file.js');
  const { schedule, settings, seed } = service;
  const content = { schedule: schedule.name, settings, seed, ...exportedChoices(service) };
  await writeWhole(path, `${JSON.stringify(content)}\n`);
}
