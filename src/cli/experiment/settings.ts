import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { cores } from '../../base/cores.js';
import type { Backend, BackendName } from '../../engine/names.js';
import type { ExperimentFiles, ExperimentSettings } from '../../study/settings.js';
import type { Preset } from '../../study/preset/preset.js';
import type { ExperimentOptions } from '../options/experiment.js';
import { lazyProgress } from '../../base/progress.js';

/** The preset asked for, or else the one for the data at hand. Throws an InputError where there is none of that name. */
export async function chosenPreset({ preset }: ExperimentOptions): Promise<Preset> {
  const { presets } = await import('../../study/preset/index.js');
  const name = preset ?? (dataFolder() === undefined ? 'synthetic' : 'stories260k');
  if (!Object.hasOwn(presets, name)) throw new InputError('preset', name, Object.keys(presets).join(', '));
  return presets[name];
}

/** The folder that FORGETTING_DATA names. */
function dataFolder(): string | undefined {
  const folder = process.env.FORGETTING_DATA;
  return folder === '' ? undefined : folder;
}

/** The preset's settings with the options' in place of them. */
export async function chosenSettings(
  preset: Preset,
  options: ExperimentOptions,
): Promise<
  Pick<ExperimentSettings, 'scale' | 'training' | 'schedules' | 'scheduleSettings' | 'budgets' | 'seed' | 'recompute'>
> {
  const { settingsOfSchedules } = await import('../options/schedule.js');
  const { comparedByDefault } = await import('../../study/plan.js');
  const { full = false, maxLength, steps, optimumSteps, recompute = preset.recompute ?? false } = options;
  const scale = full ? preset.full : preset.scale;
  const given = (...names: (keyof ExperimentOptions)[]): object =>
    Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  return {
    scale: {
      ...scale,
      // Other steps, and no word on what goes with them: in the preset's proportions.
      ...(steps !== undefined && {
        evaluateEvery: Math.max(1, Math.round((steps * scale.evaluateEvery) / scale.steps)),
        optimumSteps: Math.ceil((steps * scale.optimumSteps) / scale.steps),
        dpoOptimumSteps: Math.ceil((steps * scale.dpoOptimumSteps) / scale.steps),
      }),
      ...(optimumSteps !== undefined && { dpoOptimumSteps: optimumSteps }),
      ...given('steps', 'optimumSteps', 'dpoOptimumSteps', 'evaluateEvery', 'seeds', 'lambdas', 'horizons'),
      ...given('learningRateFactors', 'sensitivitySeeds'),
      ...given('sftExamples', 'preferencePairs', 'evaluatedExamples', 'heldOutExamples'),
    },
    training: {
      ...preset.training,
      ...(full && preset.fullTraining),
      ...given('learningRate', 'preferenceLoss', 'beta', 'labelSmoothing', 'sftBatch', 'preferenceBatch'),
      ...(maxLength !== undefined && { maximumLength: maxLength }),
    },
    ...given('schedules', 'budgets'),
    scheduleSettings: {
      ...preset.scheduleSettings,
      ...(await settingsOfSchedules(options.schedules ?? comparedByDefault, { ...options })),
    },
    seed: options.seed ?? preset.seed,
    recompute,
  };
}

/**
 * The conflict of synthetic data, all of it by default; undefined where the data are not synthetic. Throws an InputError
 * where it is asked for all the same.
 */
export function conflictOf({ source, name }: Preset, options: ExperimentOptions): number | undefined {
  const made = source.kind === 'synthetic' && givenFiles(options) === undefined;
  if (!made && options.conflict !== undefined) {
    throw new InputError('conflict', options.conflict, `the preset synthetic without other files, not ${name}`);
  }
  return made ? (options.conflict ?? 1) : undefined;
}

/**
 * The options with the preset's files where none are given. Throws an InputError where FORGETTING_DATA names no folder
 * for them.
 */
export function withPresetFiles({ source, name }: Preset, options: ExperimentOptions): ExperimentOptions {
  if (source.kind === 'synthetic') return options;
  const { kind, ...files } = source;
  if (kind === 'hub') return { ...files, ...options };
  const folder = dataFolder();
  if (folder === undefined) {
    throw new InputError('FORGETTING_DATA', folder, `a folder with ${files.model}, which the preset ${name} needs`);
  }
  const inFolder = Object.fromEntries(Object.entries(files).map(([file, path]) => [file, join(folder, path)]));
  // Held-out files of the preset would be no match for other training data.
  if (options.sft !== undefined) delete inFolder.evaluationSft;
  if (options.preferences !== undefined) delete inFolder.evaluationPreferences;
  return { ...inFolder, ...options };
}

/** The files that are named, which all seeds share; undefined where none is. Throws an InputError where only some are. */
export function givenFiles(options: ExperimentOptions): ExperimentFiles[] | undefined {
  const { model, tokenizer, sft, preferences, evaluationSft, evaluationPreferences } = options;
  if (model === undefined && sft === undefined && preferences === undefined) return undefined;
  const required = (field: string, path: string | undefined): string => {
    if (path === undefined) throw new InputError(field, path, '--model, --sft and --preferences together');
    return path;
  };
  const files = {
    model: required('model', model),
    sft: required('sft', sft),
    preferences: required('preferences', preferences),
    ...(tokenizer !== undefined && { tokenizer }),
    ...(evaluationSft !== undefined && { evaluationSft }),
    ...(evaluationPreferences !== undefined && { evaluationPreferences }),
  };
  return [files];
}

/** The synthetic data of every seed, each with a model pre-trained on its language. */
export async function syntheticFiles(
  { cache, workers }: ExperimentOptions,
  { conflict = 1, seeds, backend }: { conflict: number | undefined; seeds: readonly number[]; backend: Backend },
): Promise<ExperimentFiles[]> {
  const { prepareSeeds } = await import('../../study/synthetic/prepare-seeds.js');
  const bar = lazyProgress('pre-training');
  const files = await prepareSeeds({
    ...{ seeds, conflict, backend, cache, workers: workersOf(workers, backend.name), onProgress: bar.update },
  });
  bar.stop();
  return files;
}

/** Runs at a time, where their number is not given: one a core; a GPU serves one at a time. */
export function workersOf(asked: number | undefined, backend: BackendName): number {
  return asked ?? (backend === 'webgpu' ? 1 : cores());
}
