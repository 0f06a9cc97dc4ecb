import type { Tensor } from '@tensorflow/tfjs-core';
import { halfTypeOf } from '../../src/engine/half-matrix.js';
import type { LanguageModel } from '../../src/llm/model/language-model.js';
import type { FromWorker, HeldModel } from './protocol.js';
import { createTrainees, type PreparedSession, type Trainee } from './session.js';
import type { SessionSettings } from './settings.js';

/** Steps between evaluations of both objectives on all examples. */
const evaluateEvery = 5;

/**
 * Trains both models of a session on the current backend, in turn, and tells what they are asked, what each step did, and
 * from time to time how they fare and what they say.
 * @param turn awaited before every step
 */
export async function train(
  settings: SessionSettings,
  prepared: PreparedSession,
  tell: (message: FromWorker) => void,
  turn: () => Promise<void>,
): Promise<void> {
  const { instruction: prompt, plain, lively } = prepared.question;
  tell({ kind: 'question', prompt, plain, lively });
  const trainees = await createTrainees(settings, prepared);
  tell({ kind: 'model', ...heldModel(trainees[0].model) });
  // Both begin as the same model.
  const losses = await trainees[0].losses();
  const answer = await trainees[0].answer();
  for (const side of [0, 1] as const) {
    tell({ kind: 'losses', side, step: 0, ...losses });
    tell({ kind: 'answer', side, step: 0, ...answer });
  }
  for (let step = 1; step <= settings.steps; step++) {
    for (const side of [0, 1] as const) {
      await turn();
      tell(await stepOf(trainees[side], side, step));
      if (step % evaluateEvery === 0 || step === settings.steps) {
        tell({ kind: 'losses', side, step, ...(await trainees[side].losses()) });
        tell({ kind: 'answer', side, step, ...(await trainees[side].answer()) });
      }
    }
  }
}

function heldModel({ weights, trainable, lora }: LanguageModel): HeldModel {
  const [held, trained] = [[...weights.values()], [...trainable.values()]];
  const inHalves = held.filter((tensor) => halfTypeOf(tensor) !== undefined);
  const type = inHalves.map(halfTypeOf).at(0);
  const count = (tensors: readonly Tensor[]): number =>
    tensors.reduce((sum, tensor) => sum + tensor.size * (halfTypeOf(tensor) === undefined ? 1 : 2), 0);
  return {
    parameters: count(held),
    adapter: lora === undefined ? undefined : count(trained),
    halves: type && { parameters: count(inHalves), type },
  };
}

async function stepOf(trainee: Trainee, side: 0 | 1, step: number): Promise<FromWorker> {
  const began = performance.now();
  const { choice, loss, values, gradientNorm, learningRate, tensorBytes } = await trainee.step();
  return {
    kind: 'step',
    side,
    step,
    choice,
    loss,
    sftLoss: values.sft ?? null,
    dpoLoss: values.dpo ?? null,
    gradientNorm,
    learningRate,
    milliseconds: performance.now() - began,
    operations: trainee.operations(choice),
    tensorBytes,
  };
}
