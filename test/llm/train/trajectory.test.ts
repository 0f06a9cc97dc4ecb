import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { draw, firstCursor } from '../../../src/llm/data/cursor.js';
import { dpoLoss, sftLoss } from '../../../src/llm/loss/objective.js';
import { adamw } from '../../../src/llm/train/adamw.js';
import type { TrainingState } from '../../../src/llm/train/checkpoint.js';
import { takeStep, type StepSettings } from '../../../src/llm/train/step.js';
import { stream } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import type { ObjectiveName, ScheduleSettings } from '../../../src/schedule/schedule.js';
import { examples, pairs } from '../reference/case-data.js';
import { caseModel } from '../reference/case-model.js';
import { beta, cases, caseValues, referenceResult, trainedNames } from '../reference/cases.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
beforeAll(async () => {
  await openBackend('wasm');
});

const [rate, maximumNorm, lambda] = [0.01, 1, 0.25];

/** The run in float64: losses and gradients of the independent implementation, clipping and AdamW by their formulas. */
function expectedRun(one: (typeof cases)[number], choices: readonly string[]) {
  const values = new Map(
    Array.from(caseValues(one), ([name, { shape, values: start }]) => [
      name,
      { shape, values: Float64Array.from(start) },
    ]),
  );
  const names = trainedNames(one, values.keys());
  const [first, second] = [new Map<string, Float64Array>(), new Map<string, Float64Array>()];
  const losses: number[] = [];
  choices.forEach((choice, t) => {
    const weights = choice === 'mix' ? { dpo: lambda, sft: 1 - lambda } : { dpo: 0, sft: 0, [choice]: 1 };
    const results = { dpo: referenceResult(one, 'dpo', values), sft: referenceResult(one, 'sft', values) };
    losses.push(weights.dpo * results.dpo.loss + weights.sft * results.sft.loss);
    const gradients = names.map((name): [string, Float64Array] => {
      const [dpo, sft] = [results.dpo.gradients.get(name), results.sft.gradients.get(name)];
      if (dpo === undefined || sft === undefined) throw new Error(name);
      return [name, dpo.map((g, i) => weights.dpo * g + weights.sft * sft[i])];
    });
    const norm = Math.hypot(...gradients.map(([, g]) => Math.hypot(...g)));
    const scale = Math.min(1, maximumNorm / (norm + 1e-6));
    for (const [name, gradient] of gradients) {
      const m = first.get(name) ?? new Float64Array(gradient.length);
      const v = second.get(name) ?? new Float64Array(gradient.length);
      const weight = values.get(name)?.values ?? new Float64Array(0);
      gradient.forEach((unclipped, i) => {
        const g = scale * unclipped;
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.95 * v[i] + 0.05 * g * g;
        weight[i] -= (rate * (m[i] / (1 - 0.9 ** (t + 1)))) / (Math.sqrt(v[i] / (1 - 0.95 ** (t + 1))) + 1e-8);
      });
      first.set(name, m);
      second.set(name, v);
    }
  });
  return { losses, values };
}

describe.each(cases.filter(({ name }) => name === 'NeoX, LoRA' || name === 'Llama, LoRA'))('$name', (one) => {
  it.each([
    ['mix', ['mix', 'mix', 'mix', 'mix', 'mix']],
    ['sequential', ['sft', 'sft', 'sft', 'dpo', 'dpo']],
  ])('under %s goes where the float64 implementation goes', async (name, choices) => {
    const model = await caseModel(one, join(folder, `${one.name} ${name}`));
    const schedule = schedules[name];
    const settings: ScheduleSettings = { lambda, steps: 5 };
    const optimiser = adamw(model.trainable);
    const parts = {
      sft: [() => sftLoss(model, examples.slice(0, 1), 7), () => sftLoss(model, examples.slice(1), 7)],
      dpo: [() => dpoLoss(model, pairs, { beta })],
    };
    const stepSettings: StepSettings = {
      trainable: model.trainable,
      schedule,
      minibatch: (objective: ObjectiveName, cursor) => ({
        parts: parts[objective],
        cursor: draw(cursor, 2, () => Int32Array.of(0, 1)).cursor,
      }),
      learningRate: () => rate,
      maximumNorm,
      resetOptimizer: false,
    };
    let state: TrainingState = {
      step: 0,
      schedule: schedule.init(settings),
      lastChoice: null,
      cursors: { sft: firstCursor, dpo: firstCursor },
      coin: [],
      updates: 0,
      stopped: null,
    };
    const expected = expectedRun(one, choices);
    const coin = stream(0, 'test');
    for (const [index, choice] of choices.entries()) {
      const taken = await takeStep(state, optimiser, coin, stepSettings);
      state = taken.state;
      expect(taken.outcome.choice).toBe(choice);
      expect(Math.abs(taken.outcome.loss / expected.losses[index] - 1)).toBeLessThanOrEqual(1e-4);
    }
    const start = caseValues(one);
    for (const [tensor, variable] of model.trainable) {
      const found = Array.from(await variable.data());
      const [goal, before] = [expected.values.get(tensor)?.values ?? [], start.get(tensor)?.values ?? []];
      const error = Math.hypot(...found.map((weight, i) => weight - goal[i]));
      const moved = Math.hypot(...Array.from(goal, (weight, i) => weight - before[i]));
      expect(error / moved, tensor).toBeLessThanOrEqual(1e-3);
    }
    optimiser.dispose();
    model.dispose();
  });
});
