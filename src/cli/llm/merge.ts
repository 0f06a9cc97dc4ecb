import { Command, Option } from 'commander';
import type { MergeOptions } from '../../llm/model/merge.js';
import type { StoredType } from '../../llm/weights/safetensors.js';
import { hubCacheOption, withLocalInputs } from '../options/hub.js';
import { modelHelp, tokenizerOption } from '../options/model.js';
import { printJson } from '../output.js';

const types = ['float32', 'bfloat16', 'float16'] as const satisfies readonly StoredType[];

/** `forgetting llm merge`: a model with its adapter worked into its weights. */
export function llmMergeCommand(): Command {
  return new Command('merge')
    .description('write a model with its LoRA adapter worked into its weights, as a Hugging Face folder')
    .requiredOption('--model <path>', modelHelp)
    .addOption(tokenizerOption())
    .requiredOption('--adapter <folder>', 'LoRA adapter in PEFT form')
    .requiredOption('--out <folder>', 'folder to write')
    .addOption(new Option('--dtype <type>', 'what weights are rounded to').choices(types).default('float32'))
    .addOption(hubCacheOption())
    .option('--json', 'print JSON')
    .action(async ({ json, ...options }: MergeOptions & { hubCache: string; json?: boolean }) => {
      const { mergeAdapter } = await import('../../llm/model/merge.js');
      const modules = await mergeAdapter(await withLocalInputs(options));
      if (json === true) printJson({ out: options.out, modules });
      else process.stdout.write(`${options.out}: ${modules.length} modules merged\n`);
    });
}
