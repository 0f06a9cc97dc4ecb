import { Option, type Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { nonNegativeText, unitText } from '../../remedy/parameter-text.js';
import type { Schedule } from '../../schedule/schedule.js';
import { optionName } from '../arguments.js';

/** The parameters that remedies have, by their names, with what they are: src/remedy has their checks. */
export const remedyParameters = {
  replay: ['ρ', 'probability of a step on the first objective in stage two (theory: its weight)'],
  l2Anchor: ['κ', 'weight of the L2 anchor (theory of every κ: w_first/w_second)'],
  ewcAnchor: ['κ', 'weight of the EWC anchor'],
  laplaceAnchor: ['κ', 'weight of the Laplace anchor'],
  klAnchor: ['κ', 'weight of the KL anchor'],
  chosenNll: ['a', 'weight of the NLL of the chosen replies (theory: as κ)'],
  average: ['a', 'share of the model of stage two (theory: its weight)'],
  subspace: ['r', 'dimensions that stage two moves in (default: half)'],
  share: ['p(t, T)', 'probability of DPO at step t of annealed (default: t/T)'],
  cycles: ['C', 'cycles of alternating (default: √T, rounded up)'],
  smoothing: ['μ', 'smoothing of smooth-tchebycheff (default: a tenth of min F_max)'],
  forgetAtMost: ['δ', 'budget: how far the loss of the first objective may rise (theory: as at θ_λ*)'],
  conflictAversion: ['c', 'conflict aversion of cagrad (default: 0.5)'],
  stageTwoSteps: ['n', 'steps of stage two at best-checkpoint (default: the best in hindsight)'],
} as const satisfies Readonly<Record<string, readonly [value: string, description: string]>>;

/** What changes the stage two of a run in two stages, with what each option's text is read by. */
const stageTwo = {
  l2Anchor: [nonNegativeText, 'stage two pays (κ/2)‖θ − θ_1‖² for leaving the end of stage one'],
  ewcAnchor: [nonNegativeText, 'as --l2-anchor, weighed by the diagonal of the Hessian (Fisher matrix) of stage one'],
  laplaceAnchor: [nonNegativeText, 'as --l2-anchor, weighed by the whole Hessian of stage one'],
  klAnchor: [nonNegativeText, 'stage two pays κ times the KL to the policy of stage one, on prompts of SFT'],
  chosenNll: [nonNegativeText, 'stage two pays a times the NLL of the chosen replies'],
  average: [unitText, 'hand over (1 − a) × the model of stage one + a × that of stage two'],
} as const;

/** The name of a remedy's parameter that changes stage two, or what it hands over. */
export type StageTwoName = keyof typeof stageTwo;

/** What changes the stage two of a run, by the parameter's name: empty where it is as the schedule has it. */
export type StageTwoRemedies = Readonly<Partial<Record<StageTwoName, number>>>;

/** The parameters that change stage two, in the order of their options. */
export const stageTwoNames = Object.keys(stageTwo) as StageTwoName[];

/**
 * Adds the options of remedies that change stage two to a command; bad values are refused as its words are read.
 * @param inapplicable those that do not apply where the command works, with the reason: refused, and not in its help
 */
export function addStageTwoOptions(
  command: Command,
  inapplicable: Readonly<Partial<Record<StageTwoName, string>>> = {},
): Command {
  for (const name of stageTwoNames) {
    const [read, description] = stageTwo[name];
    const flag = optionName(name);
    const option = new Option(`--${flag} <${remedyParameters[name][0]}>`, description);
    const reason = inapplicable[name];
    option.hideHelp(reason !== undefined);
    option.argParser((text: string) => {
      if (reason !== undefined) throw new InputError(flag, text, reason);
      return read(text, flag);
    });
    command.addOption(option.helpGroup('Remedies in stage two of a schedule that has two stages:'));
  }
  return command;
}

/** The remedies in stage two among a command's options. */
export function givenStageTwo(options: Readonly<Record<string, unknown>>): StageTwoRemedies {
  return Object.fromEntries(
    stageTwoNames.flatMap((name) => (typeof options[name] === 'number' ? [[name, options[name]] as const] : [])),
  );
}

/**
 * The same of a run on a problem.
 * Throws an InputError where there are some and the schedule is not the one that has two stages.
 */
export async function stageTwoRemedies(
  options: Readonly<Record<string, unknown>>,
  schedule: Pick<Schedule, 'name'>,
): Promise<StageTwoRemedies> {
  const given = givenStageTwo(options);
  if (Object.keys(given).length === 0) return {};
  const { sequential } = await import('../../schedule/sequential.js');
  if (schedule.name !== sequential.name) {
    const [[name, value]] = Object.entries(given);
    throw new InputError(optionName(name), value, `the schedule ${sequential.name} with it, not ${schedule.name}`);
  }
  return given;
}
