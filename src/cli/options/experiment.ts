import { Option, type Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { backendNames, type BackendName } from '../../engine/names.js';
import { referencedLossNames } from '../../preference-loss/index.js';
import type { PreferenceLossName } from '../../preference-loss/preference-loss.js';
import { withSchedules } from '../schedule-command.js';
import { addStageTwoOptions } from './remedies.js';
import { trainDefaults, untrainedStageTwo } from './train.js';
import { integerOption, lambdasOption, numberOption, unitOption, wordOption } from '../arguments.js';
import type { ClusterOptions } from './cluster.js';
import { hubCacheOption } from './hub.js';
import { modelHelp, tokenizerOption } from './model.js';

/** The options of `forgetting llm experiment`; what is left out is the preset's. */
export interface ExperimentOptions extends ClusterOptions {
  readonly preset?: string;
  readonly full?: boolean;
  readonly model?: string;
  readonly tokenizer?: string;
  readonly sft?: string;
  readonly preferences?: string;
  readonly evaluationSft?: string;
  readonly evaluationPreferences?: string;
  readonly conflict?: number;
  readonly steps?: number;
  readonly optimumSteps?: number;
  readonly dpoOptimumSteps?: number;
  readonly evaluateEvery?: number;
  readonly seeds?: number;
  readonly seed?: number;
  readonly lambdas?: readonly number[];
  readonly learningRateFactors?: readonly number[];
  readonly sensitivitySeeds?: number;
  readonly horizons?: readonly number[];
  readonly budgets?: readonly number[];
  readonly schedules?: readonly string[];
  /** True where they are asked for without names: all. */
  readonly remedies?: string | true;
  readonly learningRate?: number;
  readonly preferenceLoss?: PreferenceLossName;
  readonly beta?: number;
  readonly labelSmoothing?: number;
  readonly maxLength?: number;
  readonly sftBatch?: number;
  readonly preferenceBatch?: number;
  readonly sftExamples?: number;
  readonly preferencePairs?: number;
  readonly evaluatedExamples?: number;
  readonly heldOutExamples?: number;
  readonly recompute?: boolean;
  readonly backend: BackendName;
  readonly workers?: number;
  readonly cache: string;
  readonly hubCache: string;
  readonly out?: string;
  readonly figures?: string | false;
  readonly updateDocs?: boolean;
  readonly json?: boolean;
}

/** Adds the options of `forgetting llm experiment`. */
export function withExperimentOptions(command: Command): Command {
  return addStageTwoOptions(
    withSchedules(command, {
      defaults: trainDefaults,
      decided: ['order', 'split'],
      standard: async () => (await import('../../study/plan.js')).comparedByDefault,
    }),
    untrainedStageTwo,
  )
    .option(
      '--remedies [names]',
      'compare remedies for forgetting from SFT to DPO in place of the two comparisons: names with commas, or paths to ' +
        'modules of schedules (default: all); their parameters as in forgetting remedies',
    )
    .option('--preset <name>', 'synthetic, stories260k, pythia-1b or llama3-8b (default: see below)')
    .option('--full', 'longer runs, until the curves flatten')
    .option('--model <path>', modelHelp)
    .addOption(tokenizerOption())
    .option('--sft <file>', 'JSONL or Parquet with instruction and output, or org/dataset[:file] of the HF hub')
    .option('--preferences <file>', 'JSONL or Parquet with prompt, chosen and rejected, or org/dataset[:file]')
    .option('--evaluation-sft <file>', 'held-out SFT data (default: the records behind those trained on)')
    .option('--evaluation-preferences <file>', 'held-out preferences (default: the records behind those trained on)')
    .option('--conflict <share>', 'share of synthetic preferences that contradict SFT', unitOption('conflict'))
    .option('--steps <T>', 'updates of a run', integerOption('steps', 1))
    .option('--optimum-steps <n>', 'updates of the single-objective runs', integerOption('optimum-steps', 1))
    .option(
      '--dpo-optimum-steps <n>',
      'updates of the runs to f_DPO* (default: as many as --optimum-steps where that is given, else those of the preset)',
      integerOption('dpo-optimum-steps', 1),
    )
    .option('--evaluate-every <n>', 'steps between evaluations', integerOption('evaluate-every', 1))
    .option('--seeds <n>', 'runs of each kind', integerOption('seeds', 1))
    .option('--seed <n>', 'the first seed', integerOption('seed', 0))
    .option(
      '--lambdas <list>',
      "weights of DPO, and DPO's shares of Sequential's steps, with commas or as a range (0:1:0.05)",
      lambdasOption('lambdas'),
    )
    .option(
      '--horizons <list>',
      'multiples of T to run Sequential and one of the others for too, or none',
      horizonsOption,
    )
    .option(
      '--budgets <list>',
      'budgets of forgetting to choose a schedule and a λ under, in nats of held-out f_SFT lost to SFT alone, with commas (default: 10, 25 and 50 % of what SFT alone learns); decides no run',
      (text) => text.split(',').map((part) => numberOption('budgets')(part)),
    )
    .option('--learning-rate <number>', 'α of AdamW, before its factors', numberOption('learning-rate'))
    .option(
      '--learning-rate-factors <list>',
      'factors of α to choose from on the validation split, for each objective and schedule; with one alone none is chosen',
      (text) => text.split(',').map((part) => numberOption('learning-rate-factors')(part)),
    )
    .option(
      '--sensitivity-seeds <n>',
      'seeds with which learning rate, β and f_SFT* are varied',
      integerOption('sensitivity-seeds', 0),
    )
    .addOption(
      new Option(
        '--stage-two-learning-rate <number>',
        'with --remedies: α of stage two for lower-learning-rate',
      ).argParser(numberOption('stage-two-learning-rate')),
    )
    .option(
      '--preference-loss <name>',
      `the second objective: ${referencedLossNames.join(', ')} (default: dpo)`,
      wordOption('preference-loss', referencedLossNames),
    )
    .option('--beta <number>', 'β of the preference loss', numberOption('beta'))
    .option(
      '--label-smoothing <number>',
      'ε of cdpo: the probability that a preference is the wrong way round',
      numberOption('label-smoothing'),
    )
    .option('--max-length <tokens>', 'longest sequence; longer ones are cut', integerOption('max-length', 4))
    .option('--sft-batch <n>', 'SFT examples in a batch', integerOption('sft-batch', 1))
    .option('--preference-batch <n>', 'preference pairs in a batch', integerOption('preference-batch', 1))
    .option('--sft-examples <n>', 'SFT examples trained on', integerOption('sft-examples', 1))
    .option('--preference-pairs <n>', 'preference pairs trained on', integerOption('preference-pairs', 1))
    .option('--evaluated-examples <n>', 'how many of these are evaluated on', integerOption('evaluated-examples', 1))
    .option('--held-out-examples <n>', 'held-out examples of each kind', integerOption('held-out-examples', 1))
    .option(
      '--recompute',
      'keep the input of each block alone and run the block again: the same numbers in less memory (default: with pythia-1b and llama3-8b)',
    )
    .option('--no-recompute', 'keep all activations')
    .addOption(new Option('--backend <name>', 'tensor backend').choices(backendNames).default('auto'))
    .option(
      '--workers <n>',
      'runs at a time; they change no number (default: one for each core)',
      integerOption('workers', 1),
    )
    .option(
      '--cache <folder>',
      'where made models, reference log-probabilities and the convex figure are kept',
      '.cache/llm',
    )
    .addOption(hubCacheOption())
    .option('--out <folder>', 'folder of the experiment (default: .cache/llm-experiment/<preset>)')
    .option('--figures <folder>', 'where the figures go (default: figures in the folder of the experiment)')
    .option('--update-docs', 'draw into figures/rendered, which the repository shows')
    .option('--no-figures', 'draw none')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nThe preset is synthetic by default, and stories260k where FORGETTING_DATA names a data folder.',
    );
}

function horizonsOption(text: string): number[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const multiple = numberOption('horizons')(part);
    if (!(multiple > 0) || multiple === 1)
      throw new InputError('horizons', text, 'multiples of T other than 1, or none');
    return multiple;
  });
}
