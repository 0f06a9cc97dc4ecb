import { readFileSync } from 'node:fs';
import { digestOf } from '../../base/digest.js';
import type { Backend } from '../../engine/names.js';
import type { DecisiveSettings } from '../../llm/results/run-folder.js';
import { optionName } from '../arguments.js';
import type { TrainOptions } from '../options/train.js';

/** Files, whose content counts in place of their paths. */
const files = ['model', 'tokenizer', 'adapter', 'reference', 'sft', 'preferences', 'template'];
const heldOutFiles = ['evaluationSft', 'evaluationPreferences'];
/** What decides no number. */
const indifferent = ['threads', 'recompute', 'weightsOutside', 'modelName', 'cache', 'hubCache', 'checkpointEvery'];
const outputs = ['out', 'resume', 'tensorboard', 'json'];
const undecisive = new Set<string>([...files, ...heldOutFiles, ...indifferent, ...outputs]);

/**
 * The options that decide numbers, the schedule's own settings, and the label and digest of a schedule's module, and the digest
 * of a template's file.
 */
export async function decisiveOptions(
  options: TrainOptions,
  ownSettings: Readonly<Record<string, unknown>>,
  backend: Backend,
): Promise<DecisiveSettings> {
  const { withoutScheduleOptions } = await import('../options/schedule.js');
  const { moduleIdentity } = await import('../../schedule/load.js');
  const decisive = Object.entries({ ...withoutScheduleOptions(options), ...ownSettings })
    .filter(([name]) => !undecisive.has(name))
    .map(([name, value]): [string, unknown] => [optionName(name), value]);
  return {
    ...Object.fromEntries(decisive),
    ...(await moduleIdentity(options.schedule)),
    backend: backend.name,
    ...(options.template !== undefined && { template: templateIdentity(options.template) }),
  };
}

/** A template's name, or the content of its file. */
function templateIdentity(template: string): string {
  return template.endsWith('.jinja') ? digestOf(readFileSync(template)) : template;
}
