import { Command } from 'commander';
import { llmChooseCommand } from './llm-choose.js';
import { llmDeviceCommand } from './llm-device.js';
import { llmEvaluateCommand } from './llm-evaluate.js';
import { llmExperimentCommand } from './llm-experiment.js';
import { llmGenerateCommand } from './llm-generate.js';
import { llmMergeCommand } from './llm-merge.js';
import { llmProfileCommand } from './llm-profile.js';
import { llmTrainCommand } from './llm-train.js';

/** `forgetting llm`: language models. */
export function llmCommand(): Command {
  return new Command('llm')
    .description('train, evaluate, examine, sample, merge and profile language models')
    .addCommand(llmEvaluateCommand())
    .addCommand(llmTrainCommand())
    .addCommand(llmExperimentCommand())
    .addCommand(llmGenerateCommand())
    .addCommand(llmChooseCommand())
    .addCommand(llmMergeCommand())
    .addCommand(llmProfileCommand())
    .addCommand(llmDeviceCommand());
}
