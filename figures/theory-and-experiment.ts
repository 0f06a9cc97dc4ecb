import { compared } from '../experiments/compared.js';
import { llm } from '../experiments/llm.js';
import { tradeOff, type TradeOff } from '../experiments/trade-off.js';
import type { Drawing } from '../src/figure/drawing.js';
import type { Figure, View } from '../src/figure/figure.js';
import {
  estimateColumns,
  lossAxis,
  lossScale,
  type LossScale,
  onlyLayer,
  ruleText,
  scheduleChannels,
} from '../src/figure/layers.js';
import { lookOf } from '../src/figure/theme.js';
import { comparisons } from '../src/study/plan.js';
import type { ExperimentResults } from '../src/study/read-results.js';
import type { Estimate } from '../src/base/statistics.js';
import type { Pair } from '../src/schedule/schedule.js';
import { endPanel, type LossSpace } from './loss-space.js';
import { lossSpaceOf, middleLambda, middleRuns, originOf, runLabel, schedulesOf, setting } from './llm.js';
import { sequential } from '../src/schedule/sequential.js';

const size = { width: 320, height: 320 };
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
  const ends = columns.flatMap(({ space: { runs, ideal } }) => [...runs.map(({ points }) => meanOf(points)), ideal]);
  // One kind of axis for all, so that what looks alike is alike.
  const scale = [ends.map(({ sft }) => sft), ends.map(({ dpo }) => dpo)].some((values) => lossScale(values) === 'sqrt')
    ? 'sqrt'
    : 'linear';
  const panels = columns.map(({ space }) => endPanel({ ...space, keys }, size, { scale }));
  const gaps = columns.flatMap(({ space, gaps: own }) =>
    own.flatMap(({ schedule, points }) =>
      points.map(({ part, gap }) => ({
        ...{ layer: 'gap', panel: gapPanel(space), schedule: lookOf(schedule).label, part },
        ...withoutNegative(estimateColumns(gap)),
      })),
    ),
  );
  const gapScale = lossScale(gaps.map(({ mean }) => mean));
  const text = 'Theory beside experiment';
  return {
    title: text,
    caption:
      'The same plot for the convex pair, whose front and optima are certified, and for the language model, whose optima are the best ' +
      `that single-objective runs came to; at end points λ, for Sequential first stage : second stage. Gap of F_λ at the end: ${columns.map(endGaps).join('; ')}.`,
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
        { hconcat: columns.map((column) => gapView(column, gaps, keys, gapScale)) },
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
    space: lossSpaceOf(results, comparison),
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
  rows: readonly { readonly panel: string; readonly low: number; readonly high: number }[],
  keys: readonly string[],
  scale: LossScale,
): View {
  const panel = gapPanel(space);
  const { color, strokeDash } = scheduleChannels(keys);
  const values = rows.filter((row) => row.panel === panel).flatMap(({ low, high }) => [low, high]);
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
      y: { field: 'mean', ...lossAxis([...values, 0], gapHeight, `gap of F_λ, λ = ${lambda}`, scale).encoding },
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

/** The losses at the end of a run. */
function meanOf(points: LossSpace['runs'][number]['points']): Pair {
  const { sft, dpo } = points[points.length - 1];
  return { sft: sft.mean, dpo: dpo.mean };
}

/** An interval without the part in which a gap cannot lie. */
function withoutNegative({ mean, low, high }: ReturnType<typeof estimateColumns>) {
  return { mean, low: Math.max(0, low), high };
}

/** The gaps at the end of a column, in words. */
function endGaps({ space: { title }, lambda, gaps }: Column): string {
  const ends = gaps.map(
    ({ schedule, points }) => `${lookOf(schedule).label} ${points[points.length - 1].gap.mean.toPrecision(2)}`,
  );
  return `${title}, λ = ${lambda}: ${ends.join(', ')}`;
}
