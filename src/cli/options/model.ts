import { Option, type Command } from 'commander';

/** The options of every command that loads a model, with the folder for what `withLocalInputs` downloads. */
export interface ModelCommandOptions {
  readonly model: string;
  readonly tokenizer?: string;
  readonly adapter?: string;
  readonly hubCache: string;
}

/** What --model takes. */
export const modelHelp =
  'model folder in Hugging Face form, a llama2.c .bin file, or org/name[@revision] of the HF hub';

/** The option that says which tokenizer goes with the model. */
export function tokenizerOption(): Option {
  return new Option(
    '--tokenizer <file>',
    'tokenizer.json or llama2.c tokenizer .bin (default: the one beside the model)',
  );
}

/** Adds --model, --tokenizer and --adapter. */
export function withModelOptions(command: Command): Command {
  return command
    .requiredOption('--model <path>', modelHelp)
    .addOption(tokenizerOption())
    .option('--adapter <folder>', 'LoRA adapter in PEFT form');
}
