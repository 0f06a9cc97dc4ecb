import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Backend } from '../../engine/names.js';
import { optionName } from '../arguments.js';
import type { SessionData } from '../options/session.js';
import type { TrainOptions } from '../options/train.js';

/** Files, whose content counts in place of their paths. */
const files = ['model', 'tokenizer', 'adapter', 'reference', 'sft', 'preferences', 'template'];
const heldOutFiles = ['evaluationSft', 'evaluationPreferences'];
/** What decides no number. */
const indifferent = ['threads', 'modelName', 'cache', 'hubCache', 'checkpointEvery'];
const outputs = ['out', 'resume', 'tensorboard', 'json'];
const undecisive = new Set<string>([...files, ...heldOutFiles, ...indifferent, ...outputs]);

/** The options that decide numbers, the schedule's own settings, and digests of the files in place of their paths. */
export async function decisiveSettings(
  options: TrainOptions,
  ownSettings: Readonly<Record<string, unknown>>,
  data: readonly SessionData[],
  backend: Backend,
): Promise<Record<string, unknown>> {
  const { digestOfSequences } = await import('../../llm/train/reference.js');
  const { modelDigest } = await import('../../llm/train/reference-policy.js');
  const { replies } = await import('../../llm/evaluate.js');
  const { withoutScheduleOptions } = await import('../options/schedule.js');
  const { isModulePath, moduleDigest } = await import('../../schedule/load.js');
  const decisive = Object.entries({ ...withoutScheduleOptions(options), ...ownSettings })
    .filter(([name]) => !undecisive.has(name))
    .map(([name, value]): [string, unknown] => [optionName(name), value]);
  const digest = async (path: string | undefined) => (path === undefined ? null : await modelDigest(path));
  return {
    ...Object.fromEntries(decisive),
    ...(isModulePath(options.schedule) && { 'schedule-module': moduleDigest(options.schedule) }),
    backend: backend.name,
    model: await digest(options.model),
    adapter: await digest(options.adapter),
    reference: await digest(options.reference),
    ...(options.template !== undefined && { template: templateIdentity(options.template) }),
    data: data.map(({ sft, preferences }) => ({
      sft: sft === undefined ? null : digestOfSequences(sft.examples.map(({ sequence }) => sequence)),
      preferences:
        preferences === undefined ? null : digestOfSequences(replies(preferences.examples.map((pair) => ({ pair })))),
    })),
  };
}

/** A template's name, or the content of its file. */
function templateIdentity(template: string): string {
  return template.endsWith('.jinja') ? contentDigest(template) : template;
}

function contentDigest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
