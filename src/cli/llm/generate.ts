import { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { integerOption, numberOption, unitOption } from '../arguments.js';
import {
  announce,
  announceOtherBase,
  openCommandBackend,
  withBackendOptions,
  type BackendCommandOptions,
} from '../options/backend.js';
import { hubCacheOption, withLocalInputs } from '../options/hub.js';
import { withModelOptions, type ModelCommandOptions } from '../options/model.js';
import { printJson } from '../output.js';

interface GenerateCommandOptions extends BackendCommandOptions, ModelCommandOptions {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `forgetting llm generate`: text sampled from a model. */
export function llmGenerateCommand(): Command {
  return withModelOptions(withBackendOptions(new Command('generate').description('sample text from a model')))
    .option('--prompt <text>', 'what the text begins with', '')
    .option('--max-tokens <n>', 'most tokens to sample', integerOption('max-tokens', 1), 256)
    .option('--temperature <number>', 'divides the logits; 0 takes the likeliest token', numberOption('temperature'), 1)
    .option('--top-p <number>', 'sample among the fewest tokens with this probability', unitOption('top-p'), 1)
    .option('--seed <n>', 'random seed', integerOption('seed', 0), 0)
    .addOption(hubCacheOption())
    .option('--json', 'print JSON')
    .action(async (given: GenerateCommandOptions) => {
      if (given.temperature < 0) throw new InputError('temperature', given.temperature, 'a number ≥ 0');
      const options = await withLocalInputs(given);
      const { loadModel } = await import('../../llm/model/load.js');
      const { generate } = await import('../../llm/generate.js');
      const backend = await openCommandBackend(options);
      announce(backend);
      try {
        const { model, tokenizer } = await loadModel(options);
        await announceOtherBase(options.model, options.adapter);
        const stream = process.stdout.isTTY && options.json !== true;
        if (stream) process.stdout.write(options.prompt);
        let shown = 0;
        const generation = await generate(model, tokenizer, {
          ...options,
          ...(stream && {
            onToken: (text) => {
              // The last character may still lack bytes.
              const whole = text.replace(/\uFFFD+$/, '');
              process.stdout.write(whole.slice(shown));
              shown = whole.length;
            },
          }),
        });
        if (options.json === true) printJson(generation);
        else process.stdout.write(stream ? '\n' : `${options.prompt}${generation.text}\n`);
      } finally {
        backend.close();
      }
    });
}
