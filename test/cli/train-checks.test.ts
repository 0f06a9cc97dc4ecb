import { describe, expect, it } from 'vitest';
import { checkedRun } from '../../src/cli/train/checks.js';
import { epochsAsSteps } from '../../src/cli/train/epochs.js';
import type { SessionData } from '../../src/cli/options/session.js';
import type { TrainOptions } from '../../src/cli/options/train.js';

const options = (given: Readonly<Record<string, unknown>>): TrainOptions =>
  ({
    ...{ lambda: 0.5, sftBatch: 2, preferenceBatch: 3, gradientAccumulation: 2, learningRate: 1, warmup: 0 },
    ...{ decay: 'constant', weightDecay: 0, maxNorm: 1, beta: 0.1, preferenceLoss: 'dpo', steps: 10 },
    ...given,
  }) as unknown as TrainOptions;
const sft = ['sft.jsonl'];
const preferences = ['preferences.jsonl'];

describe('the data that a schedule needs', () => {
  it.each([
    [{ schedule: 'sft', sft }],
    [{ schedule: 'dpo', preferences }],
    [{ schedule: 'sft', sft, preferences }],
    [{ schedule: 'alright', lambda: 1, preferences }],
    [{ schedule: 'sequential', split: '10,0', sft }],
    [{ schedule: 'sft', sft, evaluationSft: sft }],
  ])('suffices in %j', async (given) => {
    await expect(checkedRun(options(given))).resolves.toMatchObject({ scheduleSettings: { steps: 10 } });
  });

  it.each([
    [{ schedule: 'sft', preferences }, /^sft: got undefined, expected data files: sft steps on SFT/],
    [{ schedule: 'dpo', sft }, /^preferences: got undefined, expected data files: dpo steps on preferences/],
    [{ schedule: 'alright', sft }, /^preferences: got undefined, expected data files: alright/],
    [{ schedule: 'sequential', preferences }, /^sft: got undefined/],
    [{ schedule: 'sft', sft, preferences, evaluationSft: sft }, /^evaluation-preferences: got undefined/],
    [{ schedule: 'sft', sft, evaluationPreferences: preferences }, /^evaluation-sft: got undefined/],
    [{ schedule: 'sft', sft, steps: undefined }, /^steps: got undefined, expected a number of updates, or --epochs/],
  ])('is asked for in %j', async (given, message) => {
    await expect(checkedRun(options(given))).rejects.toThrow(message);
  });
});

describe('--epochs', () => {
  const counted = (count: number) => ({ examples: Array.from({ length: count }, () => ({})) });
  const data = { sft: counted(10), preferences: counted(13) } as unknown as SessionData;

  // Three steps of 2 · 2 SFT records are a pass over ten; three of 3 · 2 pairs a pass over thirteen.
  it.each([
    ['sft', {}, 1, 3, undefined],
    ['sft', {}, 2, 5, undefined],
    ['dpo', {}, 2, 5, undefined],
    ['mix', {}, 2, 5, undefined],
    ['alright', {}, 2, 10, undefined],
    ['alright', { lambda: 1 }, 2, 5, undefined],
    ['sequential', {}, 1, 6, [3, 3]],
    ['sequential', { order: 'dpo-sft' }, 3, 15, [7, 8]],
  ])('of %s with %j: %d are %d steps', async (schedule, given, epochs, steps, split) => {
    const { steps: found, ...rest } = await epochsAsSteps(
      options({ schedule, ...given, epochs, steps: undefined }),
      data,
    );
    expect([found, (rest as { split?: unknown }).split]).toEqual([steps, split]);
  });
});

describe('remedies in stage two', () => {
  const both = { sft, preferences };
  it.each([
    [
      { schedule: 'sequential', l2Anchor: 1, average: 0.5 },
      { l2Anchor: 1, average: 0.5 },
    ],
    [
      { schedule: 'replay', ownReplies: true, stageTwoLearningRate: 0.1 },
      { ownReplies: true, learningRate: 0.1 },
    ],
    [
      { schedule: 'dpo', ewcAnchor: 0, fisherExamples: 3 },
      { ewcAnchor: 0, fisherExamples: 3 },
    ],
    [{ schedule: 'alright', bestCheckpoint: true, evaluateEvery: 2 }, { bestCheckpoint: true }],
    [{ schedule: 'budget', forgetAtMost: '0.1', sftOptimum: 1 }, undefined],
    [{ schedule: 'mix' }, undefined],
  ])('are taken from %j', async (given, stageTwo) => {
    expect((await checkedRun(options({ ...both, ...given }))).stageTwo).toEqual(stageTwo);
  });

  it.each([
    [{ schedule: 'alright', l2Anchor: 1 }, /^l2-anchor: got 1, expected a schedule with two stages beside it$/],
    [{ schedule: 'mix', stageTwoLearningRate: 1 }, /^stage-two-learning-rate: got 1, expected a schedule with two/],
    [{ schedule: 'sequential', order: 'dpo-sft', chosenNll: 1 }, /^chosen-nll: got 1, expected a stage two on DPO/],
    [{ schedule: 'sft', ewcAnchor: 1 }, /^ewc-anchor: got 1, expected a stage two on DPO/],
    [{ schedule: 'sequential', fisherExamples: 8 }, /^fisher-examples: got 8, expected ewc-anchor beside it$/],
    [{ schedule: 'sequential', ownReplies: true }, /^own-replies: got true, expected a schedule that steps on SFT in/],
    [{ schedule: 'dpo', klAnchor: 1, sft: undefined }, /^sft: got undefined, expected data files: --kl-anchor needs/],
    [{ schedule: 'sequential', bestCheckpoint: true }, /^best-checkpoint: got true, expected --evaluate-every/],
    [
      { schedule: 'sequential', bestCheckpoint: true, evaluateEvery: 2, average: 0.5 },
      /^average: got 0.5, expected one of it and best-checkpoint$/,
    ],
    [{ schedule: 'budget', dpoOptimum: 1 }, /^schedule: got "budget", expected --sft-optimum beside it/],
    [{ schedule: 'maxright', sftOptimum: 1 }, /^schedule: got "maxright", expected --dpo-optimum beside it/],
  ])('are refused in %j', async (given, message) => {
    await expect(checkedRun(options({ ...both, ...given }))).rejects.toThrow(message);
  });
});
