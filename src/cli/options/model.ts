import { Option, type Command } from 'commander';
import type { LanguageModel } from '../../llm/model/language-model.js';

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

/** The option that keeps frozen weights outside of the wasm backend's memory. */
export function weightsOutsideOption(): Option {
  return new Option(
    '--weights-outside',
    "on wasm, keep frozen BF16 or F16 matrices outside of the backend's 4 GiB and bring them in by panels: the same " +
      'numbers, a little slower (default: where weights would fill more than half of it)',
  );
}

/** Says which of a model's weights lie outside of the backend's memory, where some do. */
export async function announceOutside({ weights }: LanguageModel): Promise<void> {
  const { outsideBytes } = await import('../../engine/wasm-outside.js');
  const bytes = outsideBytes([...weights.values()]);
  if (bytes === 0) return;
  process.stderr.write(`${Math.round(bytes / 2 ** 20)} MiB of weights lie outside of the 4 GiB of the wasm backend\n`);
}
