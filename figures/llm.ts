import { withOthers } from '../experiments/compared.js';
import { llm, seedMeans, type LlmResults, type SeedMean } from '../experiments/llm.js';
import { drawing, type Drawing } from '../src/figure/drawing.js';
import type { Figure } from '../src/figure/figure.js';
import { grouped } from '../src/base/grouped.js';
import type { Comparison } from '../src/study/plan.js';
import type { RunKey, tables } from '../src/study/results.js';
import type { ExperimentResults } from '../src/study/read-results.js';
import type { LossRun, LossSpace, NamedPair } from './loss-space.js';
import { mean } from '../src/base/statistics.js';
import { significant } from '../src/base/text.js';
import { wasLeftEmpty } from '../src/llm/results/contents.js';
import { paper } from '../src/schedule/key.js';

/**
 * A figure of the experiment, which carries the experiment's command and seed.
 * @param needs a table that it is drawn from, and why it cannot be drawn where that one is empty
 */
export function llmDrawing(
  name: string,
  draw: (results: LlmResults) => Omit<Figure, 'name' | 'origin'>,
  needs?: { readonly table: keyof typeof tables; readonly otherwise: string },
): Drawing {
  const made = drawing(name, llm, (results) => ({ ...draw(results), origin: originOf(results) }));
  if (needs === undefined) return made;
  const { table, otherwise } = needs;
  return {
    ...made,
    unavailable: (context) =>
      made.unavailable(context) ?? (wasLeftEmpty(context.llm ?? '', `${table}.jsonl`) ? otherwise : undefined),
  };
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

/** A comparison's loss space without its runs' looks: ideal point, runs, and the points that they are measured by. */
export function lossSpaceOf(results: ExperimentResults, comparison: Comparison): Omit<LossSpace, 'keys'> {
  const [start, ...references] = referencePoints(results, comparison);
  return {
    panel: comparison,
    title: comparisonTitles[comparison],
    note: referenceText(results, comparison),
    ideal: results.optima[comparison],
    runs: lossRuns(results, comparison),
    start,
    references,
  };
}

/** The losses of start, untrained model and uniform guess of a comparison, in the mean over seeds. */
function referencePoints(results: ExperimentResults, comparison: Comparison): NamedPair[] {
  const at = (label: ReferenceName, measure: ReferenceMeasure): number =>
    referenceMean(results, comparison, label, measure);
  return referenceNames.map((label) => ({ label, sft: at(label, 'sft'), dpo: at(label, 'dpo') }));
}

function referenceMean(
  { references }: ExperimentResults,
  comparison: Comparison,
  label: ReferenceName,
  measure: ReferenceMeasure,
): number {
  const rows = references.filter((row) => row.comparison === comparison && row.reference === label);
  return mean(rows.map((row) => row[measure] ?? NaN));
}

const referenceNames = ['start', 'untrained', 'uniform guess'] as const;
type ReferenceName = (typeof referenceNames)[number];

const referenceMeasures = {
  sft: 'f_SFT',
  dpo: 'f_DPO',
  heldOutSft: 'held-out f_SFT',
  heldOutDpo: 'f_DPO',
  heldOutAccuracy: 'accuracy',
} as const;
type ReferenceMeasure = keyof typeof referenceMeasures;

/** What the runs of a comparison are measured by, in words: the values of start, untrained model and uniform guess. */
export function referenceText(
  results: ExperimentResults,
  comparison: Comparison,
  measures: readonly ReferenceMeasure[] = ['sft', 'dpo'],
): string {
  const points = referenceNames.map((label) => {
    const values = measures.map((measure) => significant(referenceMean(results, comparison, label, measure), 3));
    return `${label} ${values.join(', ')}`;
  });
  return `${measures.map((measure) => referenceMeasures[measure]).join(', ')}: ${points.join('; ')}`;
}

/** The runs of a comparison through loss space. */
function lossRuns(results: ExperimentResults, comparison: Comparison): LossRun[] {
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
