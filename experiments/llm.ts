import { join } from 'node:path';
import type { Experiment } from '../src/experiment/experiment.js';
import { InputError } from '../src/base/input-error.js';
import { grouped } from '../src/base/grouped.js';
import { readText } from '../src/base/read-whole.js';
import type { EvaluationRow, RunKey } from '../src/study/results.js';
import type { ExperimentResults } from '../src/study/read-results.js';
import { readExperiment } from '../src/study/read-results.js';
import { holdsRemedies } from '../src/study/remedies/read.js';
import { bootstrapped } from '../src/base/bootstrap.js';
import type { Estimate } from '../src/base/statistics.js';

/** A finished experiment, and the command that ran it. */
export interface LlmResults extends ExperimentResults {
  readonly command: string;
}

/** The file of an experiment's folder that holds its command. */
export const commandFile = 'command.txt';

/** The command that ran an experiment, which its figures carry; throws an InputError where there is none. */
export function readCommand(folder: string): string {
  const path = join(folder, commandFile);
  const text = readText(path);
  if (/^forgetting llm experiment\b/.test(text)) return text.trim();
  throw new InputError(path, text, 'the command of the experiment, forgetting llm experiment …');
}

/** The language models' experiment: not run here, but read from the folder of a finished `forgetting llm experiment`. */
export const llm: Experiment<LlmResults> = {
  name: 'llm',
  unavailable: ({ llm: folder }) =>
    folder === undefined || holdsRemedies(folder)
      ? 'give --llm with the folder of a finished forgetting llm experiment'
      : undefined,
  run: async ({ llm: folder = '' }) => {
    const results = await readExperiment(folder);
    return { ...results, command: readCommand(folder) };
  },
};

/** A measure of an evaluation. */
export type Measure = Exclude<keyof EvaluationRow, keyof RunKey | 'step'>;

/** What all seeds of a run found at one step. */
export interface SeedMean extends Omit<RunKey, 'seed'> {
  readonly step: number;
  /** Every measure's mean over the seeds, with its interval. */
  readonly measures: Readonly<Record<Measure, Estimate>>;
}

const measures: readonly Measure[] = [
  ...(['dpo', 'sft', 'dpoGap', 'sftGap', 'gap', 'maxGap'] as const),
  ...(['idealDistance', 'normalizedIdealDistance', 'rewardAccuracy'] as const),
  ...(['heldOutDpo', 'heldOutSft', 'heldOutAccuracy'] as const),
];

/** The means of results that a figure has asked for: several figures ask, and each interval takes ten thousand resamples. */
const known = new WeakMap<ExperimentResults, readonly SeedMean[]>();

/** The evaluations of the runs of the experiment's own length, seeds taken together. */
export function seedMeans(results: ExperimentResults): readonly SeedMean[] {
  const means = known.get(results) ?? meansOf(results);
  known.set(results, means);
  return means;
}

function meansOf({ settings, results }: ExperimentResults): SeedMean[] {
  const ofLength = results.filter(({ steps }) => steps === settings.scale.steps);
  const key = ({ comparison, schedule, lambda, dpoShare, step }: EvaluationRow): string =>
    JSON.stringify([comparison, schedule, lambda, dpoShare, step]);
  return grouped(ofLength, key).map((rows) => {
    const { comparison, schedule, lambda, dpoShare, steps, step } = rows[0];
    const estimates = measures.map((name) => [name, bootstrapped(rows.map((row) => row[name]))]);
    return {
      ...{ comparison, schedule, lambda, dpoShare, steps, step },
      measures: Object.fromEntries(estimates) as Record<Measure, Estimate>,
    };
  });
}
