import { describe, expect, it } from 'vitest';
import { checkedRun } from '../../src/cli/train/checks.js';
import { epochsAsSteps } from '../../src/cli/train/epochs.js';
import type { SessionData } from '../../src/cli/options/session.js';
import { llmTrainCommand } from '../../src/cli/llm/train.js';
import { withStepRule } from '../../src/cli/train/step-rule.js';
import type { TrainOptions } from '../../src/cli/options/train.js';
import { refused } from './refused.js';

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
    [{ schedule: 'sft', preferences }, /^sft: got nothing, expected data files: sft steps on SFT/],
    [{ schedule: 'dpo', sft }, /^preferences: got nothing, expected data files: dpo steps on preferences/],
    [{ schedule: 'alright', sft }, /^preferences: got nothing, expected data files: alright/],
    [{ schedule: 'sequential', preferences }, /^sft: got nothing/],
    [{ schedule: 'sft', sft, preferences, evaluationSft: sft }, /^evaluation-preferences: got nothing/],
    [{ schedule: 'sft', sft, evaluationPreferences: preferences }, /^evaluation-sft: got nothing/],
    [{ schedule: 'sft', sft, steps: undefined }, /^steps: got nothing, expected a number of updates, or --epochs/],
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
    [{ schedule: 'alright', l2Anchor: 1 }, /^l2-anchor: got 1, expected a schedule with two stages$/],
    [{ schedule: 'mix', stageTwoLearningRate: 1 }, /^stage-two-learning-rate: got 1, expected a schedule with two/],
    [{ schedule: 'sequential', order: 'dpo-sft', chosenNll: 1 }, /^chosen-nll: got 1, expected a stage two on DPO/],
    [{ schedule: 'sft', ewcAnchor: 1 }, /^ewc-anchor: got 1, expected a stage two on DPO/],
    [{ schedule: 'sequential', fisherExamples: 8 }, /^fisher-examples: got 8, expected ewc-anchor with it$/],
    [{ schedule: 'sequential', ownReplies: true }, /^own-replies: got true, expected a schedule that steps on SFT in/],
    [{ schedule: 'dpo', klAnchor: 1, sft: undefined }, /^sft: got nothing, expected data files: --kl-anchor needs/],
    [{ schedule: 'sequential', bestCheckpoint: true }, /^best-checkpoint: got true, expected --evaluate-every/],
    [
      { schedule: 'sequential', bestCheckpoint: true, evaluateEvery: 2, average: 0.5 },
      /^average: got 0.5, expected one of it and best-checkpoint$/,
    ],
    [{ schedule: 'budget', dpoOptimum: 1 }, /^schedule: got "budget", expected --sft-optimum with it/],
    [{ schedule: 'maxright', sftOptimum: 1 }, /^schedule: got "maxright", expected --dpo-optimum with it/],
  ])('are refused in %j', async (given, message) => {
    await expect(checkedRun(options({ ...both, ...given }))).rejects.toThrow(message);
  });
});

describe('the steps that options ask for', () => {
  const asked = (given: Readonly<Record<string, unknown>>): Promise<unknown> =>
    checkedRun(withStepRule(options({ ...nothing, schedule: 'alright', sft, preferences, ...given })));
  const names = ['learningRate', 'warmup', 'decay', 'weightDecay', 'maxNorm'];
  const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
  const ball = { stepSize: 'adaptive', radius: 2 };

  it('are those of AdamW unless a step size is given', async () => {
    expect(await asked({})).toMatchObject({
      learningRate: { learningRate: 5e-5, warmup: 0, decay: 'constant' },
      ...{ adamw: { weightDecay: 0 }, maximumNorm: 1, resetOptimizer: false },
    });
    const plain = await asked(ball);
    expect(plain).toMatchObject({ subgradient: ball });
    expect(plain).not.toHaveProperty('learningRate');
    expect(plain).not.toHaveProperty('maximumNorm');
    expect(await asked({ stepSize: '0.5/sqrt(T)' })).toMatchObject({ subgradient: { stepSize: '0.5/sqrt(T)' } });
  });

  it.each([
    [{ stepSize: 'adaptive' }, /^step-size: got "adaptive", expected a radius with it/],
    [{ ...ball, radius: 0 }, /^radius: got 0, expected a number > 0$/],
    [{ ...ball, radius: -1 }, /^radius: got -1, expected a number > 0$/],
    [{ radius: 1 }, /^radius: got 1, expected --step-size with it/],
    [{ stepSize: '1/n' }, /^step-size: got "1\/n"/],
    [{ ...ball, learningRate: 5e-5 }, /^learning-rate: got 0.00005, expected it to be left out with --step-size/],
    [{ ...ball, warmup: 0 }, /^warmup: got 0, expected it to be left out with --step-size/],
    [{ ...ball, decay: 'linear' }, /^decay: got "linear", expected it to be left out with --step-size/],
    [{ ...ball, weightDecay: 0 }, /^weight-decay: got 0, expected it to be left out with --step-size/],
    [{ ...ball, maxNorm: 1 }, /^max-norm: got 1, expected it to be left out with --step-size/],
    [{ ...ball, resetOptimizer: true }, /^reset-optimizer: got true, expected it to be left out with --step-size/],
    [
      { ...ball, schedule: 'sequential', stageTwoLearningRate: 1 },
      /^stage-two-learning-rate: got 1, expected it to be left out/,
    ],
  ])('are refused in %j', async (given, message) => {
    await expect((async () => asked(given))()).rejects.toThrow(message);
  });

  it('one line of the command line says so', async () => {
    const words = [
      'train',
      '--schedule',
      'sft',
      '--model',
      'none',
      '--sft',
      'a.jsonl',
      '--steps',
      '1',
      '--out',
      'nowhere',
    ];
    const asked = ['--step-size', 'adaptive', '--radius'];
    for (const [more, said] of [
      [['0'], 'radius: got 0, expected a number > 0'],
      [
        ['1', '--learning-rate', '5e-5'],
        'learning-rate: got 0.00005, expected it to be left out with --step-size, which does not use AdamW',
      ],
    ] as const) {
      const { code, stderr } = await refused(llmTrainCommand(), [...words, ...asked, ...more]);
      expect([code, stderr]).toEqual([2, `forgetting: ${said}\n`]);
    }
  });
});
