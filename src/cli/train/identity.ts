import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Backend } from '../../engine/names.js';
import { optionName } from '../arguments.js';
import type { SessionData } from '../options/session.js';
import type { TrainOptions } from '../options/train.js';

/** Files, whose content counts in place of their paths. */
const files = ['model', 'tokenizer', 'adapter', 'reference', 'sft', 'preferences'];
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
  const { isModulePath } = await import('../../schedule/load.js');
  const decisive = Object.entries({ ...withoutScheduleOptions(options), ...ownSettings })
    .filter(([name]) => !undecisive.has(name))
    .map(([name, value]): [string, unknown] => [optionName(name), value]);
  const digest = async (path: string | undefined) => (path === undefined ? null : await modelDigest(path));
  return {
    ...Object.fromEntries(decisive),
    ...(isModulePath(options.schedule) && {
      'schedule-module': createHash('sha256').update(readFileSync(options.schedule)).digest('hex'),
    }),
    backend: backend.name,
    model: await digest(options.model),
    adapter: await digest(options.adapter),
    reference: await digest(options.reference),
    data: data.map(({ sft, preferences }) => ({
      sft: digestOfSequences(sft.examples.map(({ sequence }) => sequence)),
      preferences: digestOfSequences(replies(preferences.examples.map((pair) => ({ pair })))),
    })),
  };
}
