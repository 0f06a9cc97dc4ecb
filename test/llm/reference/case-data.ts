import type { Sequence } from '../../../src/llm/data/sequence.js';
import { prompts, reference } from './cases.js';

/** A reply after its prompt. */
export const sequence = (prompt: readonly number[], reply: readonly number[]): Sequence => ({
  ids: Int32Array.from([...prompt, ...reply]),
  promptLength: prompt.length,
});

/** The chosen replies, as SFT reads them. */
export const examples = prompts.map(({ ids, chosen }, index) => ({ index, sequence: sequence(ids, chosen) }));

/** Both replies with their reference log-probabilities, as DPO reads them. */
export const pairs = prompts.map(({ ids, chosen, rejected }, index) => ({
  pair: { index, chosen: sequence(ids, chosen), rejected: sequence(ids, rejected) },
  reference: reference[index],
}));
