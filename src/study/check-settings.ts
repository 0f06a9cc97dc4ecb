import { InputError } from '../base/input-error.js';
import { checkedPreferenceLoss } from '../preference-loss/index.js';
import { openModel } from '../llm/model/load.js';
import { checkedLearningRate } from '../llm/train/learning-rate.js';
import { sequential } from '../schedule/sequential.js';
import { comparedRuns, type Joint } from './plan.js';
import { lossOf, type ExperimentSettings, type PlanSettings } from './settings.js';

/** Refuses settings that no run could work with, and a scale in which something would go unseen. */
export function checkSettings({
  scale,
  training,
  budgets = [],
}: Pick<ExperimentSettings, 'scale' | 'training' | 'budgets'>): void {
  const { steps, lambdas, optimumSteps, dpoOptimumSteps, horizons, learningRateFactors } = scale;
  if (new Set(lambdas).size < lambdas.length) throw new InputError('lambdas', lambdas, 'different weights');
  if (steps < 2) throw new InputError('steps', steps, 'at least 2, one for each stage of Sequential');
  const longest = Math.max(steps, ...horizons.map((multiple) => Math.round(steps * multiple)));
  if (optimumSteps <= longest) {
    throw new InputError('optimum-steps', optimumSteps, `more than the ${longest} of the longest run`);
  }
  if (dpoOptimumSteps <= longest) {
    throw new InputError('dpo-optimum-steps', dpoOptimumSteps, `more than the ${longest} of the longest run`);
  }
  const different = new Set(learningRateFactors).size === learningRateFactors.length;
  if (learningRateFactors.length === 0 || !different || learningRateFactors.some((factor) => !(factor > 0))) {
    throw new InputError('learning-rate-factors', learningRateFactors, 'different numbers > 0');
  }
  if (new Set(budgets).size < budgets.length || budgets.some((budget) => !(budget >= 0 && budget < Infinity))) {
    throw new InputError('budgets', budgets, 'different numbers of nats, each ≥ 0');
  }
  checkedPreferenceLoss(lossOf(training));
  checkedLearningRate({ learningRate: training.learningRate }, steps);
}

/** Refuses schedules that cannot be compared with Sequential, or that refuse their own settings. */
export function checkSchedules(settings: PlanSettings, joint: readonly Joint[]): void {
  const names = joint.map(({ schedule }) => schedule.name);
  const refuse = (value: unknown, expected: string): never => {
    throw new InputError('schedules', value, expected);
  };
  if (names.length === 0) refuse(names, 'one schedule at least');
  if (new Set(names).size < names.length) refuse(names, 'different schedules');
  for (const name of names) {
    if (name === sequential.name) refuse(name, `schedules to compare with ${name}, which is run anyway`);
    if (!/^[\w.-]+$/.test(name))
      refuse(name, 'names of letters, digits, dots, dashes and underscores: folders bear them');
  }
  for (const { schedule, scheduleSettings } of comparedRuns(settings, joint)) {
    schedule.init({ ...scheduleSettings, ideal: { dpo: 0, sft: 0 } });
  }
}

/** Refuses sequences longer than the model's context, before anything is trained. */
export function requireContext({ files, training: { maximumLength } }: ExperimentSettings): void {
  for (const model of new Set(files.map((file) => file.model))) {
    const { config, weights } = openModel(model);
    weights.close();
    if (maximumLength > config.contextLength) {
      throw new InputError('max-length', maximumLength, `at most ${config.contextLength}, the context of the model`);
    }
  }
}
