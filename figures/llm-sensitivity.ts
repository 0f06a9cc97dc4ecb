import { bootstrapped } from '../src/base/bootstrap.js';
import { grouped } from '../src/base/grouped.js';
import { mean, type Estimate } from '../src/base/statistics.js';
import { significant } from '../src/base/text.js';
import {
  estimateColumns,
  estimateLayers,
  lossAxis,
  onlyLayer,
  panelTitle,
  scheduleChannels,
} from '../src/figure/layers.js';
import { lookOf } from '../src/figure/theme.js';
import type { LlmResults } from '../experiments/llm.js';
import { comparisons, type Comparison, type Variation } from '../src/study/plan.js';
import type { SensitivityRow } from '../src/study/results.js';
import { paper } from '../src/schedule/key.js';
import { comparisonTitles, llmDrawing, middleLambda, referenceText, schedulesOf, setting } from './llm.js';

/** A panel: what is varied, and a held-out measure that two values of it can be compared by. */
interface PanelOf {
  readonly of: Variation['of'];
  readonly across: string;
  readonly measure: 'heldOutSft' | 'heldOutDpo' | 'heldOutAccuracy';
  readonly title: string;
}

// f_DPO has β in it: of runs with different β it says nothing, the share of pairs that the policy gets right does.
const panels: readonly PanelOf[] = [
  { of: 'learning rate', across: 'learning rate ×', measure: 'heldOutSft', title: 'held-out f_SFT' },
  { of: 'learning rate', across: 'learning rate ×', measure: 'heldOutDpo', title: 'held-out f_DPO' },
  { of: 'β', across: 'β ×', measure: 'heldOutSft', title: 'held-out f_SFT' },
  { of: 'β', across: 'β ×', measure: 'heldOutAccuracy', title: 'held-out accuracy' },
];
const [width, height] = [215, 200];

/** The end of a run at λ nearest ½, on one value of what is varied; 1 is the compared run itself. */
interface VariedEnd {
  readonly comparison: Comparison;
  readonly schedule: string;
  readonly of: Variation['of'];
  readonly by: number;
  readonly heldOutSft: number;
  readonly heldOutDpo: number;
  readonly heldOutAccuracy: number;
}

/** What the findings at λ = ½ depend on: the ends of runs on a third and three times the learning rate, or β. */
export const llmSensitivityFigure = llmDrawing(
  'llm-sensitivity',
  (results) => {
    const text = 'What the findings depend on';
    const lambda = middleLambda(results);
    const keys = schedulesOf(results);
    const { ends, diverged } = variedEnds(results);
    const rows = panels.flatMap(({ of, measure }, panel) =>
      grouped(
        ends.filter((end) => end.of === of),
        ({ comparison, schedule, by }) => JSON.stringify([comparison, schedule, by]),
      ).map((own) => ({
        ...{ layer: 'end', panel, comparison: own[0].comparison, schedule: lookOf(own[0].schedule).label },
        ...{ by: own[0].by, measure, ...estimateColumns(estimateOf(own, measure)) },
      })),
    );
    const channels = scheduleChannels(keys);
    const factors = [...new Set(rows.map(({ by }) => by))].sort((a, b) => a - b);
    const { sensitivitySeeds } = results.settings.scale;
    const seeds = `${sensitivitySeeds} ${sensitivitySeeds === 1 ? 'seed' : 'seeds'}`;
    return {
      title: text,
      caption:
        `Ends of runs at λ = ${lambda} on a third of the chosen learning rates or of β, on these, and on three times as much, held-out, in the ` +
        `mean over ${seeds} with 95 % intervals. Losses at different β are not comparable, the held-out accuracy is.` +
        `${errorText(results, ends)}${divergedText(diverged)}`,
      rows,
      spec: {
        title: { text, subtitle: `${setting(results)}; of these ${seeds}, λ = ${lambda}` },
        vconcat: comparisons.map((comparison) => ({
          title: panelTitle(
            comparisonTitles[comparison],
            referenceText(results, comparison, ['heldOutSft', 'heldOutDpo', 'heldOutAccuracy']),
          ),
          hconcat: panels.map(({ across, title }, panel) => {
            const own = rows.filter((row) => row.comparison === comparison && row.panel === panel);
            const { axis, ...y } = lossAxis(
              own.flatMap(({ low, high }) => [low, high]),
              height,
              title,
            ).encoding;
            return {
              ...{ width, height, transform: onlyLayer('end', { comparison, panel }) },
              encoding: {
                x: {
                  field: 'by',
                  type: 'quantitative' as const,
                  scale: { type: 'log' as const, domain: [0.8 * factors[0], 1.25 * factors[factors.length - 1]] },
                  axis: {
                    ...{ title: across, grid: false, values: factors },
                    labelExpr: "datum.value < 1 ? '1/' + round(1 / datum.value) : format(datum.value, '~r')",
                  },
                },
                y: { field: 'mean', ...y, axis: { ...axis, minExtent: 42 } },
              },
              layer: estimateLayers(channels),
            };
          }),
        })),
      },
    };
  },
  { table: 'sensitivity', otherwise: 'the experiment varied no setting (--sensitivity-seeds 0)' },
);

/**
 * The ends of the varied runs, and for each of what is varied those of the compared runs of the same seeds; apart, in
 * words, what is left out because a run diverged.
 */
function variedEnds(results: LlmResults): {
  readonly ends: readonly VariedEnd[];
  readonly diverged: readonly string[];
} {
  const { sensitivity, settings } = results;
  const { steps } = settings.scale;
  const kinds = [...new Set(sensitivity.map(({ variedOf }) => variedOf))];
  const about = ({ comparison, schedule, variedOf, variedBy }: SensitivityRow): string =>
    `${lookOf(schedule).label} at ${variedOf} × ${significant(variedBy, 2)} (${comparisonTitles[comparison]})`;
  // The mean over the seeds that are left would be another one.
  const diverged = new Set(sensitivity.filter((row) => endOf(row) === undefined).map(about));
  const varied = sensitivity.flatMap((row) => {
    const end = endOf(row);
    return end === undefined || diverged.has(about(row))
      ? []
      : [{ ...row, ...end, of: row.variedOf, by: row.variedBy }];
  });
  const runs = new Set(sensitivity.map((row) => JSON.stringify([row.comparison, row.schedule, row.lambda, row.seed])));
  const compared = results.results
    .filter((row) => row.steps === steps && row.step === steps)
    .filter((row) => runs.has(JSON.stringify([row.comparison, row.schedule, row.lambda, row.seed])));
  // What is shifted by nothing, and multiplied by one, is the compared run.
  const asCompared = kinds.flatMap((of) => compared.map((row) => ({ ...row, of, by: of === 'f_SFT*' ? 0 : 1 })));
  return { ends: [...varied, ...asCompared], diverged: [...diverged] };
}

/** What is shown of the end of a run; undefined where it diverged. */
function endOf({
  heldOutSft,
  heldOutDpo,
  heldOutAccuracy,
}: SensitivityRow): Pick<VariedEnd, PanelOf['measure']> | undefined {
  if (heldOutSft === null || heldOutDpo === null || heldOutAccuracy === null) return undefined;
  return { heldOutSft, heldOutDpo, heldOutAccuracy };
}

function divergedText(diverged: readonly string[]): string {
  return diverged.length === 0 ? '' : ` Left out, because a run diverged: ${diverged.join('; ')}.`;
}

function estimateOf(ends: readonly VariedEnd[], measure: PanelOf['measure']): Estimate {
  return bootstrapped(ends.map((end) => end[measure]));
}

/** What an error in f_SFT* does to MAXRIGHT, in words; nothing where it is not compared. */
function errorText({ settings }: LlmResults, ends: readonly VariedEnd[]): string {
  const parts = comparisons.flatMap((comparison) => {
    const own = ends.filter(
      (end) => end.comparison === comparison && end.of === 'f_SFT*' && end.schedule === paper.maxright,
    );
    if (own.length === 0) return [];
    const shifts = grouped(own, ({ by }) => String(by)).sort(([a], [b]) => a.by - b.by);
    const values = (measure: PanelOf['measure']): string =>
      shifts.map((rows) => significant(mean(rows.map((row) => row[measure])), 3)).join(', ');
    return [`${comparisonTitles[comparison]}: f_SFT ${values('heldOutSft')}, f_DPO ${values('heldOutDpo')}`];
  });
  if (parts.length === 0) return '';
  const { sensitivitySeeds } = settings.scale;
  return (
    ` With f_SFT* a quarter of the start’s gap too low, right, and as much too high, MAXRIGHT ends at (means over ${sensitivitySeeds} ` +
    `${sensitivitySeeds === 1 ? 'seed' : 'seeds'}, held-out) ${parts.join('; ')}.`
  );
}
