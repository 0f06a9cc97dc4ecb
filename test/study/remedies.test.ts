import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../src/llm/results/line-log.js';
import { checkedRemedies, runRemedies, type RemedyReport } from '../../src/study/remedies/execute.js';
import type { RemedySettings } from '../../src/study/remedies/plan.js';
import { readRemedies } from '../../src/study/remedies/read.js';
import type { TrainedRemedyRow } from '../../src/study/remedies/results.js';
import { chosenRemedies, trainedRemedies } from '../../src/study/remedies/trained-remedies.js';
import { untrainedRemedies } from '../../src/study/remedies/untrained-remedies.js';
import { remedies } from '../../src/remedy/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { llm } from '../llm/command.js';
import { writeToyFiles } from '../llm/toy.js';

const folder = temporaryFolder();
let settings: RemedySettings;
beforeAll(async () => {
  settings = {
    ...{ preset: 'toy', files: [await writeToyFiles(folder)], backend: 'wasm', seed: 3, scheduleSettings: {} },
    training: {
      ...{ maximumLength: 40, sftBatch: 2, preferenceBatch: 2, accumulation: 1, learningRate: 1e-2, beta: 0.1 },
      tuning: { rank: 2, alpha: 2, targets: ['query_key_value'] },
    },
    scale: {
      ...{ steps: 4, seeds: 2, lambdas: [0.4], evaluateEvery: 2, optimumSteps: 5, dpoOptimumSteps: 5, horizons: [] },
      ...{ sftExamples: 3, preferencePairs: 3, evaluatedExamples: 3, heldOutExamples: 1 },
      ...{ learningRateFactors: [1], sensitivitySeeds: 0 },
    },
    remedies: ['sequential', 'own-replay', 'average', 'best-checkpoint', 'ewc-anchor'],
    parameters: { ewcAnchor: '3' },
  };
});

const place = (name: string, more: object = {}) => ({
  ...{ out: join(folder, name), cache: join(folder, 'cache'), workers: 1 },
  ...more,
});
const text = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8');

describe('a comparison of remedies', () => {
  let report: RemedyReport;
  beforeAll(async () => {
    report = await runRemedies(settings, place('whole'));
  }, 240_000);

  it('has one end for every value and seed, the yardstick among the remedies, and reads back as it was', async () => {
    const { rows, cost, summary } = await readRemedies(join(folder, 'whole'));
    expect(summary).toEqual(report.summary);
    const ends = rows.filter(({ role }) => role === 'end');
    expect(cost).toHaveLength(ends.length);
    const values = (remedy: string): string[] => [
      ...new Set(ends.filter((row) => row.remedy === remedy).map(({ value, chosen }) => `${chosen} ${value}`)),
    ];
    expect(values('sequential')).toEqual(['theory null']);
    expect(values('own-replay')).toEqual([
      'theory 0.6',
      'curve 0.1',
      'curve 0.25',
      'curve 0.5',
      'curve 0.75',
      'curve 0.9',
    ]);
    expect(values('average')).toEqual(['theory 0.4', 'curve 0.25', 'curve 0.5', 'curve 0.75']);
    expect(values('ewc-anchor').slice(0, 1)).toEqual(['given 3']);
    expect(values('alright').slice(0, 1)).toEqual(['theory 0.4']);
    for (const row of rows) {
      expect(row.weightedSum).toBeCloseTo(0.4 * row.dpo + 0.6 * row.sft, 12);
      expect(row.heldOutWeightedSum).toBeCloseTo(0.4 * row.heldOutDpo + 0.6 * row.heldOutSft, 12);
    }
  });

  it('runs share start, stage one and the reference, and hand over what they say', async () => {
    const { rows, cost } = await readRemedies(join(folder, 'whole'));
    const of = (remedy: string, step: number): TrainedRemedyRow[] =>
      rows.filter((row) => row.remedy === remedy && row.step === step && row.role === 'path' && row.seed === 3);
    const losses = (found: readonly TrainedRemedyRow[]): string[] => [
      ...new Set(found.map(({ dpo, sft }) => `${dpo} ${sft}`)),
    ];
    const [atStart, atSwitch] = [0, 2].map((step) => losses(of('sequential', step)));
    for (const remedy of ['own-replay', 'average', 'best-checkpoint', 'ewc-anchor']) {
      expect(losses(of(remedy, 0))).toEqual(atStart);
      expect(losses(of(remedy, 2))).toEqual(atSwitch);
    }
    const candidates = rows.filter(
      ({ remedy, role, step, seed }) => remedy === 'best-checkpoint' && role === 'path' && step >= 2 && seed === 4,
    );
    const end = rows.find(({ remedy, role, seed }) => remedy === 'best-checkpoint' && role === 'end' && seed === 4);
    const least = Math.min(...candidates.map(({ heldOutWeightedSum }) => heldOutWeightedSum));
    expect(end?.heldOutWeightedSum).toBe(least);
    const costOf = (remedy: string) => cost.find((row) => row.remedy === remedy);
    expect(costOf('sequential')).toMatchObject({ dpoGradients: 2, sftGradients: 2, vectors: 0, heldOutEvaluations: 0 });
    expect(costOf('ewc-anchor')).toMatchObject({ dpoGradients: 2, sftGradients: 2, vectors: 2 });
    expect(costOf('best-checkpoint')).toMatchObject({ vectors: 1, heldOutEvaluations: 2 });
  });

  it('says what an untrained model and the uniform guess come to', async () => {
    const { untrained, uniformGuess } = (await readRemedies(join(folder, 'whole'))).summary.references;
    expect(uniformGuess.dpo).toBe(Math.LN2);
    // A model of random weights is near to the uniform guess.
    expect(untrained.heldOutSft / uniformGuess.heldOutSft).toBeCloseTo(1, 1);
    expect(untrained.dpo).not.toBe(Math.LN2);
  });

  it('differences are within a seed, from the yardstick with the λ of the comparison', () => {
    const ends = report.summary.claims.filter(({ remedy }) => remedy === 'sequential');
    expect(ends.map(({ about }) => about)).toEqual(['held-out F_λ', 'F_λ']);
    const rows = readRows(join(folder, 'whole', 'remedies.jsonl')) as unknown as TrainedRemedyRow[];
    const at = (remedy: string, seed: number): number =>
      rows.find((row) => row.role === 'end' && row.remedy === remedy && row.chosen !== 'curve' && row.seed === seed)
        ?.heldOutWeightedSum ?? NaN;
    const expected = [3, 4].map((seed) => at('sequential', seed) - at('alright', seed));
    expect(ends[0].estimate.mean).toBeCloseTo((expected[0] + expected[1]) / 2, 12);
    expect(report.summary.places.map(({ remedy }) => remedy)).not.toContain('alright');
  });

  it('stopped on the way and gone on with ends with the same bytes', async () => {
    const stop = new Error('stop');
    const onProgress = (done: number): void => {
      if (done === 40) throw stop;
    };
    await expect(runRemedies(settings, place('stopped', { onProgress }))).rejects.toBe(stop);
    await runRemedies(settings, place('stopped'));
    for (const file of ['remedies.jsonl', 'remedies.json']) {
      expect(text('stopped', file) === text('whole', file), file).toBe(true);
    }
  }, 240_000);

  it('refuses unknown names, parameters of none, values out of range, and another comparison in its folder', async () => {
    const refused = (more: Partial<RemedySettings>) => runRemedies({ ...settings, ...more }, place('whole'));
    await expect(refused({ remedies: ['prayer'] })).rejects.toThrow(/^remedies: got "prayer", expected sequential, /);
    await expect(refused({ parameters: { klAnchor: '1' } })).rejects.toThrow(
      /^kl-anchor: got "1", expected a remedy among/,
    );
    await expect(refused({ parameters: { average: '2' } })).rejects.toThrow(
      /^average: got "2", expected a number in \[0, 1\]/,
    );
    const atEnd = (lambda: number): Partial<RemedySettings> => ({
      remedies: ['l2-anchor'],
      parameters: {},
      scale: { ...settings.scale, lambdas: [lambda] },
    });
    await expect(refused(atEnd(0))).rejects.toThrow(/^lambdas: got 0, expected a λ at which theory has l2-anchor of/);
    const names = async (lambda: number): Promise<string[]> => {
      const { runs } = await checkedRemedies({ ...settings, ...atEnd(lambda), parameters: { l2Anchor: '1' } });
      return runs.flatMap(({ remedy, name, seed }) => (remedy.name === 'l2-anchor' && seed === 3 ? [name] : []));
    };
    expect(await names(0)).toEqual(['l2-anchor-1-lambda0-seed3']);
    expect(await names(1)).toEqual(['l2-anchor-1-lambda1-seed3', 'l2-anchor-0-lambda1-seed3']);
    await expect(refused({ seed: 5 })).rejects.toThrow(/^seed: got 5, expected 3, as the run in/);
    const words = ['experiment', '--preset', 'synthetic', '--l2-anchor', '1'];
    expect(await llm(...words)).toMatchObject({
      code: 2,
      stderr: 'forgetting: l2-anchor: got 1, expected --remedies with it\n',
    });
  });
});

it('every remedy of problem files is trained, or refused with the reason before anything is made', async () => {
  for (const name of Object.keys(remedies)) {
    expect(Number(name in trainedRemedies) + Number(name in untrainedRemedies), name).toBe(1);
  }
  expect(() => trainedRemedies.cagrad.parameter?.parse('1', 'conflict-aversion')).toThrow(
    /^conflict-aversion: got "1"/,
  );
  await expect(chosenRemedies(['subspace'])).rejects.toThrow(/^remedies: got "subspace", expected none for language/);
  for (const words of [['train'], ['experiment'], ['experiment', '--remedies']]) {
    const { code, stderr } = await llm(...words, '--laplace-anchor', '1');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^forgetting: laplace-anchor: got "1", expected none for language models: [^\n]+\n$/);
  }
});
