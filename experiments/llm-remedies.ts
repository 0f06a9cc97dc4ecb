import type { Experiment } from '../src/experiment/experiment.js';
import { holdsRemedies, readRemedies, type RemedyResults } from '../src/study/remedies/read.js';
import { readCommand } from './llm.js';

/** A finished comparison of remedies on a language model, and the command that ran it. */
export interface LlmRemedies extends RemedyResults {
  readonly command: string;
}

/** Remedies on a language model: read from the folder of a finished `forgetting llm experiment --remedies`. */
export const llmRemedies: Experiment<LlmRemedies> = {
  name: 'llm-remedies',
  unavailable: ({ llm: folder }) =>
    folder === undefined || !holdsRemedies(folder)
      ? 'give --llm with the folder of a finished forgetting llm experiment --remedies'
      : undefined,
  run: async ({ llm: folder = '' }) => {
    const results = await readRemedies(folder);
    return { ...results, command: readCommand(folder) };
  },
};
