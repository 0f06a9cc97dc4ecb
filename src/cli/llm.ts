import { Command } from 'commander';
import { llmEvaluateCommand } from './llm-evaluate.js';
import { llmTrainCommand } from './llm-train.js';

/** `forgetting llm`: language models. */
export function llmCommand(): Command {
  return new Command('llm')
    .description('train and evaluate language models')
    .addCommand(llmEvaluateCommand())
    .addCommand(llmTrainCommand());
}
