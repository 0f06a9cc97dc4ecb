import { compared } from '../experiments/compared.js';
import { llm } from '../experiments/llm.js';
import { tradeOff, type TradeOff } from '../experiments/trade-off.js';
import type { Drawing } from '../src/figure/drawing.js';
import type { Figure, View } from '../src/figure/figure.js';
import { estimateColumns, lossAxis, onlyLayer, ruleText, scheduleChannels } from '../src/figure/layers.js';
import { lookOf } from '../src/figure/theme.js';
import { comparisons } from '../src/study/plan.js';
import type { ExperimentResults } from '../src/study/read-results.js';
import type { Estimate } from '../src/base/statistics.js';
import { endPanel, type LossSpace } from './loss-space.js';
import {
  comparisonTitles,
  lossRuns,
  middleLambda,
  middleRuns,
  originOf,
  runLabel,
  schedulesOf,
  setting,
} from './llm.js';
import { sequential } from '../src/schedule/sequential.js';

const size = { width: 300, height: 270 };
const gapHeight = 210;
const half = 0.5;

/** One column of the figure: loss space, and the gap over the run at one λ. */
interface Column {
  readonly lambda: number;
  readonly space: LossSpace;
  readonly gaps: readonly {
    readonly schedule: string;
    /** `part` is the step over the steps of the run. */
    readonly points: readonly { readonly part: number; readonly gap: Estimate }[];
  }[];
}

/** The convex pair and the language model in the same plot: end points in loss space, and the gap of F_λ. */
export const theoryAndExperimentFigure: Drawing = {
  name: 'theory-and-experiment',
  unavailable: (context) => llm.unavailable?.(context),
  draw: async (results) => {
    const experiment = await results(llm);
    return {
      name: 'theory-and-experiment',
      ...drawBoth(await results(tradeOff), experiment),
      origin: originOf(experiment),
    };
  },
};

function drawBoth(theory: TradeOff, experiment: ExperimentResults): Omit<Figure, 'name'> {
  const columns = [theoryColumn(theory), ...experimentColumns(experiment)];
  const keys = schedulesOf(experiment);
  const panels = columns.map(({ space }) => endPanel({ ...space, keys }, size, { labels: false }));
  const gaps = columns.flatMap(({ space, gaps: own }) =>
    own.flatMap(({ schedule, points }) =>
      points.map(({ part, gap }) => ({
        ...{ layer: 'gap', panel: gapPanel(space), schedule: lookOf(schedule).label, part },
        ...estimateColumns(gap),
      })),
    ),
  );
  const text = 'Theory beside experiment';
  return {
    title: text,
    caption:
      'The same plot for the convex pair, whose front and optima are certified, and for the language model, whose optima are the best ' +
      `that single-objective runs came to. Gap of F_λ at the end: ${columns.map(endGaps).join('; ')}.`,
    rows: [...panels.flatMap(({ rows }) => rows), ...gaps],
    spec: {
      title: {
        text,
        subtitle: [
          `convex: log-linear pair on R^10, ${theory.steps} steps of ${ruleText(theory.stepSize)}, ${theory.seeds} seeds`,
          `language model: ${setting(experiment)}`,
        ],
      },
      vconcat: [
        { hconcat: panels.map(({ view }) => view) },
        { hconcat: columns.map((column) => gapView(column, gaps, keys)) },
      ],
    },
  };
}

function theoryColumn({ ideal, front, runs, steps }: TradeOff): Column {
  const lossRun = ({ key, lambda, result }: TradeOff['runs'][number]) => ({
    schedule: key,
    label: runLabel({
      schedule: key,
      lambda,
      dpoShare: compared[key].schedule === sequential.name ? lambda : null,
      steps,
    }),
    points: result.steps.map((step, i) => ({ step, sft: result.measures[i].sft, dpo: result.measures[i].dpo })),
  });
  return {
    lambda: half,
    space: { panel: 'convex', title: 'convex pair', ideal, front, runs: runs.map(lossRun) },
    gaps: runs
      .filter(({ lambda }) => lambda === half)
      .map(({ key, result }) => ({
        schedule: key,
        points: result.steps.map((step, i) => ({ part: step / steps, gap: result.measures[i].gap })),
      })),
  };
}

function experimentColumns(results: ExperimentResults): Column[] {
  return comparisons.map((comparison) => ({
    lambda: middleLambda(results),
    space: {
      panel: comparison,
      title: comparisonTitles[comparison],
      ideal: results.optima[comparison],
      runs: lossRuns(results, comparison),
    },
    gaps: middleRuns(results, comparison).map((rows) => ({
      schedule: rows[0].schedule,
      points: rows.map(({ step, steps, measures }) => ({ part: step / steps, gap: measures.gap })),
    })),
  }));
}

function gapPanel({ panel }: LossSpace): string {
  return `${panel}, gap`;
}

function gapView(
  { space, lambda }: Column,
  rows: readonly { readonly panel: string; readonly mean: number }[],
  keys: readonly string[],
): View {
  const panel = gapPanel(space);
  const { color, strokeDash } = scheduleChannels(keys);
  const values = rows.filter((row) => row.panel === panel).map(({ mean }) => mean);
  return {
    width: size.width,
    height: gapHeight,
    transform: onlyLayer('gap', { panel }),
    encoding: {
      x: {
        field: 'part',
        type: 'quantitative',
        scale: { domain: [0, 1], nice: false },
        axis: { title: 'step / T', grid: false, tickCount: 5 },
      },
      y: { field: 'mean', ...lossAxis([...values, 0], gapHeight, `gap of F_λ, λ = ${lambda}`).encoding },
    },
    layer: [
      {
        mark: { type: 'area', opacity: 0.22, clip: true },
        encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'line', clip: true }, encoding: { color, strokeDash } },
    ],
  };
}

/** The gaps at the end of a column, in words. */
function endGaps({ space: { title }, lambda, gaps }: Column): string {
  const ends = gaps.map(
    ({ schedule, points }) => `${lookOf(schedule).label} ${points[points.length - 1].gap.mean.toPrecision(2)}`,
  );
  return `${title}, λ = ${lambda}: ${ends.join(', ')}`;
}
