import { Command } from 'commander';
import { llmEvaluateCommand } from './llm-evaluate.js';
import { llmExperimentCommand } from './llm-experiment.js';
import { llmGenerateCommand } from './llm-generate.js';
import { llmMergeCommand } from './llm-merge.js';
import { llmTrainCommand } from './llm-train.js';

/** `forgetting llm`: language models. */
export function llmCommand(): Command {
  return new Command('llm')
    .description('train, evaluate, sample and merge language models')
    .addCommand(llmEvaluateCommand())
    .addCommand(llmTrainCommand())
    .addCommand(llmGenerateCommand())
    .addCommand(llmMergeCommand())
    .addCommand(llmExperimentCommand());
}
