import { Command, Option } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { StoredType } from '../../llm/weights/safetensors.js';
import { commaNumbers, repeatedOption } from '../arguments.js';
import { announceOtherBase } from '../options/backend.js';
import { hubCacheOption, withLocalInputs } from '../options/hub.js';
import { modelHelp, tokenizerOption } from '../options/model.js';
import { printJson } from '../output.js';

const types = ['float32', 'bfloat16', 'float16'] as const satisfies readonly StoredType[];

interface MergeCommandOptions {
  readonly model: string;
  readonly tokenizer?: string;
  readonly adapter: readonly string[];
  readonly weights?: readonly number[];
  readonly out: string;
  readonly dtype?: StoredType;
  readonly hubCache: string;
  readonly json?: boolean;
}

/** `forgetting llm merge`: a model with its adapter worked into its weights, or several adapters as one. */
export function llmMergeCommand(): Command {
  return new Command('merge')
    .description('write a model with its LoRA adapter worked into its weights, or several adapters as one adapter')
    .requiredOption('--model <path>', modelHelp)
    .addOption(tokenizerOption())
    .requiredOption(
      '--adapter <folder>',
      'LoRA adapter in PEFT form; of several, given one by one, the weighted sum is written as an adapter',
      repeatedOption((text) => text),
    )
    .option('--weights <list>', 'weights of several adapters, with commas (default: equal shares)', weightsOption)
    .requiredOption('--out <folder>', 'folder to write')
    .addOption(new Option('--dtype <type>', 'what weights of a model are rounded to (default: float32)').choices(types))
    .addOption(hubCacheOption())
    .option('--json', 'print JSON')
    .action(mergeAction);
}

async function mergeAction(given: MergeCommandOptions): Promise<void> {
  const { json = false, ...options } = await withLocalInputs(given);
  const { adapter: adapters, weights, out, dtype, ...origin } = options;
  await announceOtherBase(origin.model, ...adapters);
  if (adapters.length === 1) {
    if (weights !== undefined) throw new InputError('weights', weights, 'it to be left out with a single --adapter');
    const { mergeAdapter } = await import('../../llm/model/merge.js');
    const modules = await mergeAdapter({ ...origin, adapter: adapters[0], out, dtype });
    if (json) printJson({ out, modules });
    else process.stdout.write(`${out}: ${modules.length} modules merged\n`);
    return;
  }
  if (dtype !== undefined)
    throw new InputError('dtype', dtype, 'it to be left out with several adapters, whose sum is in float32');
  const { joinAdapters } = await import('../../llm/model/join.js');
  const ranks = await joinAdapters({ model: origin.model, adapters, weights, out });
  if (json) printJson({ out, ranks });
  else {
    const each = [...new Set(Object.values(ranks))].join(' or ');
    process.stdout.write(`${out}: an adapter of ${Object.keys(ranks).length} modules, rank ${each}\n`);
  }
}

function weightsOption(text: string): number[] {
  const weights = commaNumbers(text);
  if (!weights.every(Number.isFinite)) throw new InputError('weights', text, 'numbers with commas, as in 0.5,0.5');
  return weights;
}
