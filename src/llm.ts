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
export type { Architecture, LinearLayout } from './llm/model/architecture/architecture.js';
export type { LoraOptions, LoraConfig } from './llm/model/lora.js';
export { writeAdapter } from './llm/model/adapter.js';
export { writeModel, type ModelOrigin } from './llm/model/folder.js';
export { mergeAdapter, type MergeOptions } from './llm/model/merge.js';
export { joinAdapters, joinedAdapter, type JoinOptions, type WeightedAdapter } from './llm/model/join.js';
export { writeRandomModel, type RandomModelOptions } from './llm/model/random.js';
export { llamaConfig, type LlamaConfig } from './llm/model/architecture/llama.js';
export { neoxConfig, type NeoxConfig } from './llm/model/architecture/neox.js';
export type { KeyValueCache } from './llm/model/cache.js';
export type { DecoderConfig } from './llm/model/config.js';
export type { Network, Place } from './llm/model/network.js';
export type { Rotation, RopeScaling, RotaryTables } from './llm/model/rotary.js';
export type { ChatTemplateFile, Tokenizer } from './llm/tokenizer/tokenizer.js';

export { dataPath, modelPath } from './llm/hub/paths.js';
export { hubOfEnvironment, type Hub } from './llm/hub/hub.js';

export { readSft, type SftExample } from './llm/data/sft.js';
export type { PreparationSettings, PreparationSummary, Prepared } from './llm/data/prepared.js';
export type { DropReason } from './llm/data/template.js';
export type { Fields } from './llm/data/form.js';
export type { DataPaths } from './llm/data/records.js';
export { readPreferences, type PreferencePair } from './llm/data/preferences.js';
export type { Sequence, Span } from './llm/data/sequence.js';

export { replyFeatures, type ReplyFeatureOptions } from './llm/reply-features.js';
export { modelProblem, type ModelProblemOptions } from './experiment/model-problem.js';

export { preferenceLoss } from './llm/loss/preference.js';
export { checkedPreferenceLoss, preferenceLosses } from './preference-loss/index.js';
export type { PreferenceLoss, PreferenceLossSettings } from './preference-loss/preference-loss.js';
export { dpoLoss, sftLoss, type ReferencedPair, type ReferenceLogProbabilities } from './llm/loss/objective.js';
export type { LogProbabilityOptions } from './llm/loss/log-probability.js';

export { referencedPairs, type ReferencePolicy } from './llm/train/reference-policy.js';
export { checkedLearningRate, type LearningRateSettings } from './llm/train/learning-rate.js';
export { checkedStoppingRule, type StoppingRule } from './llm/train/stopping.js';
export type { ObjectiveData, Training } from './llm/train/training.js';
export type { StageTwo } from './llm/train/stage-two/settings.js';
export type { OwnReplyOptions } from './llm/train/stage-two/own-replies.js';
export { runTraining, type RunEnd, type TrainingRunOptions } from './llm/train/run.js';
export type { AdamwSettings } from './llm/train/adamw.js';
export type { SubgradientSettings } from './llm/train/projected-subgradient.js';
export { openRunFolder, type RunFolder, type RunResult } from './llm/results/run-folder.js';

export { evaluate, type Evaluation, type EvaluationOptions, type PairLogProbabilities } from './llm/evaluate.js';
export { generate, type GenerateOptions, type Generation } from './llm/generate.js';
export { answer, type MultipleChoiceOptions, type ScoredQuestion } from './llm/multiple-choice/answer.js';
export { readExams, type Exam, type ExamOptions } from './llm/multiple-choice/exams.js';
export type { Question } from './llm/multiple-choice/questions.js';

export { profileStep, type ProfileOptions, type StepProfile, type ProfileRow } from './llm/profile/profile.js';
export type { MatmulLimit } from './llm/profile/matmul-limit.js';
export type { MeasuredShape } from './llm/profile/shapes.js';
export { measureDevice, type DeviceMeasurement, type DeviceReport, type MeasuredStep } from './llm/device/measure.js';
export type { GradientDifference } from './llm/device/gradient-check.js';
export type { MeasuredAdapter } from './llm/device/task.js';
export type { StepTime } from './llm/device/step-time.js';

export { runRemedies, type RemedyReport } from './study/remedies/execute.js';
export { readRemedies, type RemedyResults } from './study/remedies/read.js';
export { presets } from './study/preset/index.js';
export type { Preset, PresetSource } from './study/preset/preset.js';
export { prepareSynthetic, type SyntheticFiles, type SyntheticOptions } from './study/synthetic/prepare.js';
export { runExperiment, type ExperimentReport } from './study/execute.js';
export type { ExecutionOptions } from './study/make-runs.js';
export { readExperiment, type ExperimentResults } from './study/read-results.js';
export type { ExperimentSettings, ExperimentFiles, ExperimentScale, TrainingSettings } from './study/settings.js';
export type { OverheadRow } from './study/overhead.js';
export type { Comparison } from './study/plan.js';
export type { ChoiceRow, CostRow, EvaluationRow } from './study/results.js';
export type { Summary, SummaryRow } from './study/summary.js';
export type { ExperimentCheck, OptimumSummary } from './study/checks.js';
export type { Claim } from './study/claim/claim.js';
export type { Verdict } from './study/verdict.js';
export type { MeasuredFront } from './study/measured-front.js';
export type { Weights, RowRange } from './llm/weights/weights.js';
