import { join } from 'node:path';
import type { Experiment } from '../src/experiment/experiment.js';
import { fromText } from '../src/convex/generate/from-text.js';
import { readDemonstrations, readPreferenceRecords } from '../src/convex/generate/records.js';
import { problemOf } from './problems.js';
import { measuredTradeOff, realDataSettings, type TradeOff } from './trade-off.js';

/** The trade-off between Alpaca's demonstrations and the preferences of hh-harmless. */
export interface RealText extends TradeOff {
  readonly dimension: number;
  readonly examples: number;
}

export const realText: Experiment<RealText> = {
  name: 'real-text',
  unavailable: ({ data }) =>
    data === undefined ? 'FORGETTING_DATA is not set to the folder with hh-harmless and Alpaca' : undefined,
  async run(context) {
    const { quick, seed, data = '' } = context;
    const size = quick ? { dimension: 32, examples: 150 } : { dimension: 128, examples: 1000 };
    const preferences = readPreferenceRecords(join(data, 'preferences', 'hh-harmless.train.jsonl'));
    const sft = readDemonstrations(join(data, 'sft', 'alpaca.train.jsonl'));
    const problem = await problemOf(fromText({ preferences, sft, ...size, seed }));
    const tradeOff = await measuredTradeOff(context, problem, { ...realDataSettings(quick), stepSize: '20/sqrt(T)' });
    return { ...size, ...tradeOff };
  },
};
