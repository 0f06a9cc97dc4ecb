import { InputError } from '../../base/input-error.js';
import type { StepRuleSettings } from '../../llm/train/step-rule.js';
import { optionName } from '../arguments.js';
import type { TrainOptions } from '../options/train.js';

/** The options that say how AdamW steps, whether or not they are given. */
const withDefaults = ['learningRate', 'warmup', 'decay', 'weightDecay', 'maxNorm'] as const;

/** The options that mean nothing to plain steps. */
const ofAdamw = [...withDefaults, 'resetOptimizer', 'stageTwoLearningRate'] as const;

/**
 * The options with AdamW's defaults, unless they ask for plain steps.
 * Throws an InputError where options of one stand beside the other's.
 */
export function withStepRule(options: TrainOptions): TrainOptions {
  const { stepSize, radius } = options;
  if (stepSize === undefined) {
    if (radius !== undefined)
      throw new InputError('radius', radius, '--step-size with it: AdamW does not project onto a ball');
    return { ...options, ...adamwOf(options) };
  }
  const other = ofAdamw.find((name) => options[name] !== undefined);
  if (other !== undefined) {
    throw new InputError(
      optionName(other),
      options[other],
      'it to be left out with --step-size, which does not use AdamW',
    );
  }
  return options;
}

/** AdamW's settings as given, the others by default. */
function adamwOf(options: TrainOptions): Required<Pick<TrainOptions, (typeof withDefaults)[number]>> {
  const { learningRate = 5e-5, warmup = 0, decay = 'constant', weightDecay = 0, maxNorm = 1 } = options;
  return { learningRate, warmup, decay, weightDecay, maxNorm };
}

/**
 * What the options say of the steps of a run.
 * Throws an InputError naming the option that is wrong.
 */
export async function stepRuleSettings(options: TrainOptions, steps: number): Promise<StepRuleSettings> {
  const { stepSize, radius } = options;
  if (stepSize !== undefined) {
    const { stepSizeRule } = await import('../../llm/train/projected-subgradient.js');
    const subgradient = { stepSize, ...(radius !== undefined && { radius }) };
    stepSizeRule(subgradient, steps);
    return { subgradient };
  }
  const { checkedLearningRate } = await import('../../llm/train/learning-rate.js');
  const { learningRate, warmup, decay, weightDecay, maxNorm } = adamwOf(options);
  if (!(maxNorm > 0)) throw new InputError('max-norm', maxNorm, 'a number > 0');
  if (weightDecay < 0) throw new InputError('weight-decay', weightDecay, 'a number ≥ 0');
  return {
    learningRate: checkedLearningRate({ learningRate, warmup, decay }, steps),
    adamw: { weightDecay },
    maximumNorm: maxNorm,
    resetOptimizer: options.resetOptimizer ?? false,
  };
}
