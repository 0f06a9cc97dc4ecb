import { Option, type Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { decays, type Decay } from '../../llm/train/learning-rate.js';
import type { Pair } from '../../schedule/schedule.js';
import { untrainedRemedies } from '../../study/remedies/untrained-remedies.js';
import { commaNumbers, integerOption, numberOption, repeatedOption, unitOption, wordOption } from '../arguments.js';
import { withSchedule } from '../schedule-command.js';
import { weightsOutsideOption } from './model.js';
import { addStageTwoOptions, stageTwoNames } from './remedies.js';
import { withSessionOptions, type SessionOptions } from './session.js';

/** The options of `forgetting llm train`. */
export interface TrainOptions extends SessionOptions {
  /** The model as it was named, which an adapter says that it is for. */
  readonly modelName?: string;
  readonly schedule: string;
  readonly lambda: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly sftOptimum?: number;
  readonly dpoOptimum?: number;
  readonly sftBatch: number;
  readonly preferenceBatch: number;
  readonly gradientAccumulation: number;
  readonly learningRate?: number;
  readonly warmup?: number;
  readonly decay?: Decay;
  readonly weightDecay?: number;
  readonly maxNorm?: number;
  readonly stepSize?: string;
  readonly radius?: number;
  readonly resetOptimizer?: boolean;
  readonly loraRank?: number;
  readonly loraAlpha?: number;
  readonly loraDropout?: number;
  readonly loraTargets?: readonly string[];
  readonly fullFineTuning?: boolean;
  readonly recompute?: boolean;
  readonly weightsOutside?: boolean;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly evaluateEvery?: number;
  readonly evaluationSft?: readonly string[];
  readonly evaluationPreferences?: readonly string[];
  readonly stopWithin?: number;
  readonly paretoPoint?: readonly Pair[];
  readonly stageTwoLearningRate?: number;
  readonly fisherExamples?: number;
  readonly ownReplies?: boolean;
  readonly bestCheckpoint?: boolean;
  readonly checkpointEvery: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly tensorboard?: boolean;
}

const paretoPointOption = repeatedOption((text): Pair => {
  const parts = commaNumbers(text);
  if (parts.length !== 2 || !parts.every(Number.isFinite)) {
    throw new InputError('pareto-point', text, 'two numbers, as in 1.59,0.26');
  }
  return { sft: parts[0], dpo: parts[1] };
});

/** The settings of schedules that a training has other defaults of: its evaluations cost as much as its steps. */
export const trainDefaults = { period: 10 };

/** Adds the options of `forgetting llm train`. */
export function withTrainOptions(command: Command): Command {
  return withStageTwoOptions(withSchedule(withSessionOptions(command), { defaults: trainDefaults }))
    .option('--lambda <number>', 'weight of DPO', unitOption('lambda'), 0.5)
    .option('--steps <T>', 'number of updates (default: the sum of the split)', integerOption('steps', 1))
    .option('--epochs <number>', 'passes over the data, in place of --steps', positiveOption('epochs'))
    .option('--sft-optimum <number>', 'f_SFT*, from which gaps are measured', numberOption('sft-optimum'))
    .option('--dpo-optimum <number>', 'f_DPO*, from which gaps are measured', numberOption('dpo-optimum'))
    .option('--sft-batch <n>', 'SFT examples in a batch', integerOption('sft-batch', 1), 4)
    .option('--preference-batch <n>', 'preference pairs in a batch', integerOption('preference-batch', 1), 4)
    .option('--gradient-accumulation <n>', 'batches in a step', integerOption('gradient-accumulation', 1), 1)
    .option('--learning-rate <number>', 'α of AdamW (default: 5e-5)', numberOption('learning-rate'))
    .option('--warmup <steps>', 'steps of linear warm-up (default: 0)', integerOption('warmup', 0))
    .option('--decay <form>', 'constant, linear or cosine (default: constant)', wordOption('decay', decays))
    .option('--weight-decay <number>', "AdamW's decoupled weight decay (default: 0)", numberOption('weight-decay'))
    .option('--max-norm <number>', 'longest gradient; longer ones are shortened (default: 1)', numberOption('max-norm'))
    .option('--reset-optimizer', 'fresh optimiser moments where the run goes over to the other objective')
    .option(
      '--step-size <rule>',
      'plain steps along the gradient in place of AdamW: a number, an expression of t and T, linear:α0, or adaptive',
    )
    .option(
      '--radius <R>',
      'with --step-size: how far the trained weights may go from their start (adaptive steps need it)',
      positiveOption('radius'),
    )
    .option('--lora-rank <r>', 'rank of the adapter (default: 16)', integerOption('lora-rank', 1))
    .option(
      '--lora-alpha <number>',
      'scale of the adapter, as alpha / rank (default: the rank)',
      numberOption('lora-alpha'),
    )
    .option(
      '--lora-dropout <p>',
      "share of an adapter's inputs that training leaves out (default: 0)",
      unitOption('lora-dropout'),
    )
    .option(
      '--lora-targets <names>',
      'adapted modules, with commas (default: query_key_value, or q_proj,v_proj)',
      namesOption,
    )
    .option('--full-fine-tuning', 'train every weight instead of an adapter')
    .option(
      '--recompute',
      'keep the input of each block alone and run the block again: the same numbers in less memory',
    )
    .addOption(weightsOutsideOption())
    .option('--seed <n>', 'seed of the adapter, the data order and the coin', integerOption('seed', 0), 0)
    .option('--no-shuffle', 'take examples in file order')
    .option(
      '--evaluate-every <n>',
      'steps between evaluations (default: at the end only)',
      integerOption('evaluate-every', 1),
    )
    .option('--evaluation-sft <files...>', 'SFT data to evaluate on (default: the training data)')
    .option('--evaluation-preferences <files...>', 'preference data to evaluate on (default: the training data)')
    .option(
      '--stop-within <number>',
      'stop where an evaluation is this near an optimum or a Pareto point',
      numberOption('stop-within'),
    )
    .option('--pareto-point <f_SFT,f_DPO>', 'a Pareto point for --stop-within; may be repeated', paretoPointOption)
    .option('--checkpoint-every <n>', 'steps between checkpoints', integerOption('checkpoint-every', 1), 25)
    .requiredOption('--out <folder>', 'folder of the run')
    .option('--resume', 'resume the run in the folder of --out')
    .option('--tensorboard', 'also write a TensorBoard event file');
}

/** Adds the options that change stage two, or what of it is handed over. */
function withStageTwoOptions(command: Command): Command {
  const group = 'Remedies in stage two of a schedule that has two stages:';
  addStageTwoOptions(command, untrainedStageTwo);
  const more = [
    new Option(
      '--fisher-examples <n>',
      'SFT examples that --ewc-anchor takes its diagonal from (default: 64)',
    ).argParser(integerOption('fisher-examples', 1)),
    new Option('--own-replies', 'SFT in stage two on replies that the model of stage one gave, each sampled once'),
    new Option('--stage-two-learning-rate <α>', 'α of AdamW in stage two (default: that of stage one)').argParser(
      positiveOption('stage-two-learning-rate'),
    ),
    new Option('--best-checkpoint', 'hand over the model with the least F_λ of all evaluations since stage one'),
  ];
  for (const option of more) command.addOption(option.helpGroup(group));
  return command;
}

/** The remedies' parameters that a training of a language model refuses, with the reason. */
export const untrainedStageTwo = { laplaceAnchor: untrainedRemedies['laplace-anchor'] };

/** Those that it takes. */
export const trainedStageTwo = stageTwoNames.filter((name) => !Object.hasOwn(untrainedStageTwo, name));

function positiveOption(field: string): (text: string) => number {
  return (text) => {
    const value = numberOption(field)(text);
    if (value <= 0) throw new InputError(field, value, 'a number > 0');
    return value;
  };
}

function namesOption(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
