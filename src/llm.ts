/**
 * `forgetting/llm`: language models under the same schedules, with all that `forgetting llm` does.
 * @module
 */
export { InputError } from './base/input-error.js';
export { schedules } from './schedule/index.js';

export { openBackend, type BackendOptions } from './engine/backend.js';
export { backendNames, type Backend, type BackendName } from './engine/names.js';

export { loadModel, openModel, type LoadOptions } from './llm/model/load.js';
export type { LanguageModel } from './llm/model/language-model.js';
export { architectureOf, architectures, type ModelConfig } from './llm/model/architecture/index.js';
export type { Architecture } from './llm/model/architecture/architecture.js';
export type { LoraOptions } from './llm/model/lora.js';
export { writeAdapter } from './llm/model/adapter.js';
export { writeModel, type ModelOrigin } from './llm/model/folder.js';
export { mergeAdapter, type MergeOptions } from './llm/model/merge.js';
export { writeRandomModel, type RandomModelOptions } from './llm/model/random.js';
export { llamaConfig } from './llm/model/architecture/llama.js';
export { neoxConfig } from './llm/model/architecture/neox.js';
export type { Tokenizer } from './llm/tokenizer/tokenizer.js';

export { dataPath, modelPath } from './llm/hub/paths.js';
export { hubOfEnvironment, type Hub } from './llm/hub/hub.js';

export { readSft, type PreparationSettings, type Prepared, type SftExample } from './llm/data/sft.js';
export { readPreferences, type PreferencePair } from './llm/data/preferences.js';

export { checkedDpoSettings, preferenceLoss, type DpoSettings } from './llm/loss/dpo.js';
export { dpoLoss, sftLoss, type ReferencedPair } from './llm/loss/objective.js';

export { referencedPairs, type ReferencePolicy } from './llm/train/reference-policy.js';
export { checkedLearningRate, type LearningRateSettings } from './llm/train/learning-rate.js';
export { checkedStoppingRule, type StoppingRule } from './llm/train/stopping.js';
export type { ObjectiveData, Training } from './llm/train/training.js';
export { runTraining, type RunEnd, type RunOptions } from './llm/train/run.js';
export { openRunFolder, type RunFolder, type RunResult } from './llm/results/run-folder.js';

export { evaluate, type Evaluation, type EvaluationOptions } from './llm/evaluate.js';
export { generate, type GenerateOptions, type Generation } from './llm/generate.js';
export { answer, type ChooseOptions, type ScoredQuestion } from './llm/choose/choose.js';
export { readExams, type Exam, type ExamOptions } from './llm/choose/exams.js';

export { profileStep, type ProfileOptions, type StepProfile } from './llm/profile/profile.js';
export { measureDevice, type DeviceMeasurement, type DeviceReport } from './llm/device/measure.js';

export { presets } from './study/preset/index.js';
export type { Preset } from './study/preset/preset.js';
export { prepareSynthetic, type SyntheticFiles, type SyntheticOptions } from './study/synthetic/prepare.js';
export { runExperiment, type ExecutionOptions, type ExperimentReport } from './study/execute.js';
export { readExperiment, type ExperimentResults } from './study/read-results.js';
export type { ExperimentSettings } from './study/settings.js';
