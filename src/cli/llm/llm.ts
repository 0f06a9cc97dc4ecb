import { Command } from 'commander';
import { llmChooseCommand } from './choose.js';
import { llmDeviceCommand } from './device.js';
import { llmEvaluateCommand } from './evaluate.js';
import { llmGenerateCommand } from './generate.js';
import { llmMergeCommand } from './merge.js';
import { llmProfileCommand } from './profile.js';
import { llmTrainCommand } from './train.js';

/** `forgetting llm`: language models. The bundle for GPU servers has these commands alone, without `more` of them. */
export function llmCommand(more: readonly Command[] = []): Command {
  const command = new Command('llm')
    .description('train, evaluate, examine, sample, merge and profile language models')
    .addCommand(llmEvaluateCommand())
    .addCommand(llmTrainCommand())
    .addCommand(llmGenerateCommand())
    .addCommand(llmChooseCommand())
    .addCommand(llmMergeCommand())
    .addCommand(llmProfileCommand())
    .addCommand(llmDeviceCommand());
  for (const each of more) command.addCommand(each);
  return command;
}
