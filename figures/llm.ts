import { withOthers } from '../experiments/compared.js';
import { llm, seedMeans, type LlmResults, type SeedMean } from '../experiments/llm.js';
import { drawing, type Drawing } from '../src/figure/drawing.js';
import type { Figure } from '../src/figure/figure.js';
import { grouped } from '../src/base/grouped.js';
import type { Comparison } from '../src/study/plan.js';
import type { RunKey } from '../src/study/results.js';
import type { ExperimentResults } from '../src/study/read-results.js';
import type { LossRun } from './loss-space.js';
import { paper } from '../src/schedule/key.js';

/** A figure of the experiment, which carries the experiment's command and seed. */
export function llmDrawing(name: string, draw: (results: LlmResults) => Omit<Figure, 'name' | 'origin'>): Drawing {
  return drawing(name, llm, (results) => ({ ...draw(results), origin: originOf(results) }));
}

/** The command and the seed of an experiment. */
export function originOf({ command, settings }: LlmResults): NonNullable<Figure['origin']> {
  return { command, seed: settings.seed };
}

/** What a comparison is called in figures: by its reference policy. */
export const comparisonTitles: Readonly<Record<Comparison, string>> = {
  'sft-dpo': 'reference: SFT-optimal',
  'dpo-sft': 'reference: tuned on chosen replies',
};

/** The runs of a comparison through loss space. */
export function lossRuns(results: ExperimentResults, comparison: Comparison): LossRun[] {
  const own = seedMeans(results).filter((row) => row.comparison === comparison);
  return grouped(own, ({ schedule, lambda, dpoShare }) => JSON.stringify([schedule, lambda, dpoShare])).map((run) => ({
    schedule: run[0].schedule,
    label: runLabel(run[0]),
    points: run.map(({ step, measures: { sft, dpo } }) => ({ step, sft, dpo })),
  }));
}

/** The schedules of an experiment, as the legends of its figures list them. */
export function schedulesOf({ results }: ExperimentResults): string[] {
  return withOthers(results.map(({ schedule }) => schedule));
}

/** The runs of a comparison at the λ nearest ½, Sequential's split that is compared with it nearest ½ too. */
export function middleRuns(results: ExperimentResults, comparison: Comparison): (readonly SeedMean[])[] {
  const lambda = middleLambda(results);
  const own = seedMeans(results).filter((row) => row.comparison === comparison && row.lambda === lambda);
  const share = nearestHalf(own.flatMap(({ dpoShare }) => dpoShare ?? []));
  const middle = own.filter(({ dpoShare }) => dpoShare === null || dpoShare === share);
  return grouped(middle, ({ schedule }) => schedule);
}

/** The experiment's λ that is nearest ½. */
export function middleLambda({ settings }: ExperimentResults): number {
  return nearestHalf(settings.scale.lambdas);
}

function nearestHalf(values: readonly number[]): number {
  return values.reduce((best, value) => (Math.abs(value - 0.5) < Math.abs(best - 0.5) ? value : best));
}

/** λ, or for Sequential the steps of its stages in lowest terms, as in 5:1. */
export function runLabel({ schedule, lambda, dpoShare, steps }: Omit<RunKey, 'seed' | 'comparison'>): string {
  if (dpoShare === null) return String(lambda);
  const dpoSteps = Math.round(dpoShare * steps);
  const stages = schedule === paper.sftThenDpo ? [steps - dpoSteps, dpoSteps] : [dpoSteps, steps - dpoSteps];
  const divisor = greatestCommonDivisor(stages[0], stages[1]);
  return stages.map((stage) => stage / divisor).join(':');
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** How the experiment was run, for a subtitle. */
export function setting({ settings }: ExperimentResults): string {
  const { preset, scale, training } = settings;
  return `${preset}: ${scale.steps} steps of AdamW at ${training.learningRate}, ${scale.seeds} ${scale.seeds === 1 ? 'seed' : 'seeds'}`;
}
