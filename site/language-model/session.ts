import * as tf from '@tensorflow/tfjs-core';
import { evaluate, logProbabilitiesOf, replies } from '../../src/llm/evaluate.js';
import { assembleModel } from '../../src/llm/model/assemble.js';
import type { LanguageModel } from '../../src/llm/model/language-model.js';
import { randomWeights } from '../../src/llm/model/random.js';
import { synthetic } from '../../src/study/preset/synthetic.js';
import { stepOperations } from '../../src/llm/profile/operations.js';
import { generate } from '../../src/llm/generate.js';
import { syntheticConfig, syntheticTokenizerJson } from '../../src/study/synthetic/model.js';
import { pretraining } from '../../src/study/synthetic/pretraining.js';
import { tokenizerFromJson } from '../../src/llm/tokenizer/from-json.js';
import type { TrainingState } from '../../src/llm/train/checkpoint.js';
import { prepareData, referenceValues, withReferenceValues } from '../../src/llm/train/prepare-data.js';
import { takeStep, type StepOutcome, type StepSettings } from '../../src/llm/train/step.js';
import {
  initialState,
  settingsOfSteps,
  stepRuleOf,
  type ObjectiveData,
  type Training,
} from '../../src/llm/train/training.js';
import { coinOf } from '../../src/schedule/coin.js';
import { variants, type ScheduleKey } from '../../src/schedule/key.js';
import type { Stream } from '../../src/base/random-stream.js';
import { schedules } from '../../src/schedule/index.js';
import { onBoth } from '../../src/schedule/step.js';
import type { SessionSettings } from './settings.js';
import { prepareTexts, type Texts } from './texts.js';

const { sftBatch, preferenceBatch, beta } = synthetic.training;

/**
 * What Budget lets f_SFT be, in nats above 0, which the page takes as its optimum: about where Mix comes to at the settings
 * that the page begins with. None at all would be a budget that no step meets, and SFT all that is trained.
 */
export const sftBudget = 0.75;

/** What a session trains from and on. */
export interface PreparedSession extends Texts {
  /** Two models of one start on the current backend. */
  readonly models: () => Promise<readonly [LanguageModel, LanguageModel]>;
}

/** What a model says to the question: its likeliest reply, word by word, and the probabilities of two given replies. */
export interface ModelAnswer {
  readonly text: string;
  readonly plain: number;
  readonly lively: number;
}

/**
 * Makes the synthetic language's data, and pre-trains a model on it from random weights on the current backend.
 * @param onStep told of every step of the pre-training; it may wait
 */
export async function prepare(
  settings: SessionSettings,
  onStep: (step: number, loss: number) => Promise<void>,
): Promise<PreparedSession> {
  const { seed, pretrainingSteps } = settings;
  const tokenizer = tokenizerFromJson(syntheticTokenizerJson());
  const { language, ...texts } = prepareTexts(settings, tokenizer, synthetic.training.maximumLength);
  const start = randomWeights(syntheticConfig(), seed);
  const model = await assembleModel(syntheticConfig(), (name) => valuesOf(start, name), { trained: 'every weight' });
  const trainee = createTrainee(
    {
      model,
      data: { sft: language(), preferences: [] },
      schedule: schedules.sft,
      scheduleSettings: { lambda: 0, steps: pretrainingSteps },
      sftBatch: pretraining.batch,
      preferenceBatch: 1,
      learningRate: { learningRate: pretraining.learningRate, decay: 'cosine' },
      dpo: { beta },
      seed,
    },
    texts,
  );
  for (let step = 1; step <= pretrainingSteps; step++) await onStep(step, (await trainee.step()).loss);
  const weights = new Map<string, Float32Array>();
  for (const [name, tensor] of model.weights) weights.set(name, Float32Array.from(await tensor.data()));
  trainee.dispose();
  const build = (): Promise<LanguageModel> =>
    assembleModel(syntheticConfig(), (name) => valuesOf(weights, name), { trained: 'every weight' });
  return { ...texts, models: async () => [await build(), await build()] };
}

function valuesOf(weights: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = weights.get(name);
  if (values === undefined) throw new Error(`no weights of ${name}`);
  return values;
}

/** Both objectives at a step, on the training examples. */
export interface Losses {
  readonly sft: number;
  readonly dpo: number;
  /** The share of pairs whose chosen reward is larger. */
  readonly accuracy: number;
}

/** A model under training by one schedule. */
export interface Trainee {
  step(): Promise<StepOutcome>;
  losses(): Promise<Losses>;
  readonly model: LanguageModel;
  /** What it says to the question now. */
  answer(): Promise<ModelAnswer>;
  /** Floating-point operations of a step on this choice. */
  operations(choice: StepOutcome['choice']): number;
  dispose(): void;
}

/**
 * One model for each schedule, both from the prepared start. The reference of DPO is that start: its log-probabilities
 * are computed once, on the current backend.
 */
export async function createTrainees(
  settings: SessionSettings,
  prepared: PreparedSession,
): Promise<[Trainee, Trainee]> {
  const { sft, preferences, models: start } = prepared;
  const models = await start();
  const [data] = await prepareData([{ sft, preferences }], async (pairs) =>
    withReferenceValues(pairs, await referenceValues(models[0], pairs)),
  );
  const trainee = (at: 0 | 1): Trainee =>
    createTrainee(trainingOf(settings, settings.schedules[at], models[at], data), prepared);
  return [trainee(0), trainee(1)];
}

function trainingOf(
  { lambda, steps, learningRate, seed }: SessionSettings,
  key: ScheduleKey,
  model: LanguageModel,
  data: ObjectiveData,
): Training {
  const { schedule: name, settings } = variants[key];
  return {
    model,
    data,
    schedule: schedules[name],
    scheduleSettings: {
      lambda,
      steps,
      ...synthetic.scheduleSettings,
      // Neither loss falls below 0: MAXRIGHT measures its gaps from there.
      ideal: { dpo: 0, sft: 0 },
      forgetAtMost: sftBudget,
      ...settings,
    },
    sftBatch,
    preferenceBatch,
    learningRate: { learningRate },
    dpo: { beta },
    seed,
  };
}

function createTrainee(training: Training, { question, maximumLength }: Texts): Trainee {
  const { model, data, dpo } = training;
  const optimiser = stepRuleOf(training).optimiser(model.trainable);
  const settings: StepSettings = settingsOfSteps(training);
  const coin: Stream = coinOf(training);
  let state: TrainingState = initialState(training, coin);
  const operationsOn = (objective: 'sft' | 'dpo'): number =>
    stepOperations({
      model,
      objective,
      batch: objective === 'sft' ? training.sftBatch : training.preferenceBatch,
      length: maximumLength,
    });
  return {
    model,
    async step() {
      const taken = await takeStep(state, optimiser, coin, settings);
      state = taken.state;
      return taken.outcome;
    },
    async losses() {
      const { sft, dpo: preferences } = await evaluate({ model, ...data, settings: dpo, batchSize: 16 });
      return { sft: sft.loss, dpo: preferences.loss, accuracy: preferences.accuracy };
    },
    async answer() {
      const { prompt, pair, plainIsChosen, tokenizer } = question;
      const { text } = await generate(model, tokenizer, { prompt, maxTokens: 16, temperature: 0, topP: 1, seed: 0 });
      const [chosen, rejected] = await logProbabilitiesOf(model, replies([{ pair }]));
      const [plain, lively] = plainIsChosen ? [chosen, rejected] : [rejected, chosen];
      return { text: text.trim(), plain: Math.exp(plain), lively: Math.exp(lively) };
    },
    operations: (choice) => (choice === onBoth ? operationsOn('sft') + operationsOn('dpo') : operationsOn(choice)),
    dispose() {
      optimiser.dispose();
      model.dispose();
    },
  };
}

/** The bytes of all tensors now. */
export function tensorBytes(): number {
  return tf.memory().numBytes;
}
