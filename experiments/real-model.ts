import { join } from 'node:path';
import { readDemonstrations, readPreferenceRecords } from '../src/convex/generate/records.js';
import type { ProblemFile } from '../src/convex/problem/format.js';
import type { Experiment } from '../src/experiment/experiment.js';
import type { ModelProblemOptions } from '../src/experiment/model-problem.js';
import { problemOf } from './problems.js';
import { measuredTradeOff, realDataSettings, type TradeOff } from './trade-off.js';

/** The trade-off between Alpaca's demonstrations and the preferences of hh-harmless on the features of stories260K. */
export interface RealModel extends TradeOff {
  /** The model's width. */
  readonly dimension: number;
  readonly examples: number;
  readonly candidates: number;
}

export const realModel: Experiment<RealModel> = {
  name: 'real-model',
  unavailable: ({ data }) =>
    data === undefined
      ? 'FORGETTING_DATA is not set to the folder with stories260K, hh-harmless and Alpaca'
      : undefined,
  async run(context) {
    const { cache, quick, seed, data = '' } = context;
    const size = { examples: quick ? 20 : 100, candidates: 4, radius: 2 };
    const file = await cache.get(['real-model', size, seed], () => problemOfModel(data, { ...size, seed }));
    const problem = await problemOf(file);
    const tradeOff = await measuredTradeOff(context, problem, { ...realDataSettings(quick), stepSize: '3/sqrt(T)' });
    return { ...size, dimension: problem.dimension, ...tradeOff };
  },
};

async function problemOfModel(
  data: string,
  settings: Pick<ModelProblemOptions, 'examples' | 'candidates' | 'radius' | 'seed'>,
): Promise<ProblemFile> {
  // Only this figure needs the packages of language models.
  const { openBackend } = await import('../src/engine/backend.js');
  const { loadModel } = await import('../src/llm/model/load.js');
  const { modelProblem } = await import('../src/experiment/model-problem.js');
  const folder = join(data, 'models', 'stories260K');
  const backend = await openBackend('wasm', { threads: 1 });
  try {
    const { model, tokenizer } = await loadModel({
      model: join(folder, 'stories260K.bin'),
      tokenizer: join(folder, 'tok512.bin'),
    });
    const { problem } = await modelProblem({
      ...settings,
      model,
      tokenizer,
      preferences: readPreferenceRecords(join(data, 'preferences', 'hh-harmless.train.jsonl')),
      sft: readDemonstrations(join(data, 'sft', 'alpaca.train.jsonl')),
    });
    model.dispose();
    return problem;
  } finally {
    backend.close();
  }
}
