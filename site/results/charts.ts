import { mean } from '../../src/base/statistics.js';
import type { FigureRow } from '../../src/figure/figure.js';
import {
  labelMark,
  linearDomain,
  logarithmic,
  measuredWithLimits,
  namedChannels,
  onlyLayer,
  scheduleChannels,
} from '../../src/figure/layers.js';
import { config, looks, type Look } from '../../src/figure/theme.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import type { ChartSource } from '../chart/chart.js';
import { leastStretch } from '../chart/fit.js';
import type { Specification } from '../chart/specification.js';
import { clearWidths } from './clear-labels.js';
import { costNames, gapNames, type CostName, type ShownGapName, type LabelledRun } from './run.js';

/** A run with the look that tells it apart. */
interface LookedRun extends LabelledRun {
  readonly look: Omit<Look, 'label'>;
}

/** Of runs with more steps than this, shares and losses are means over stretches of steps. */
const mostPoints = 60;

/** The size of the figures of objective space, in pixels. */
const panel = { width: 560, height: 380 };

const gapTitles: Readonly<Record<ShownGapName, string>> = {
  dpoGap: 'f_DPO − f_DPO*',
  sftGap: 'f_SFT − f_SFT*',
  idealDistance: 'distance to the ideal point',
  gap: 'gap F_λ − min F_λ',
  maxGap: 'gap F_max − min F_max',
};

/**
 * The figures of some runs that their files have numbers for.
 * @param anyLambda these runs, and those that differ from them in λ alone
 */
export function chartsOf(
  runs: readonly LabelledRun[],
  anyLambda: readonly LabelledRun[],
): (ChartSource & { readonly caption: string })[] {
  const looked = withLooks(runs);
  return [
    tradeOff(looked),
    overLambda(anyLambda),
    gaps(looked),
    losses(looked),
    choices(looked),
    overhead(looked),
  ].filter((chart) => chart !== undefined);
}

/** Each run in its schedule's look; where several share it, or none is known, in the next one that is free. */
function withLooks(runs: readonly LabelledRun[]): LookedRun[] {
  const more: Omit<Look, 'label'>[] = [
    { colour: '#56B4E9', dash: [6, 2, 1, 2], shape: 'cross' },
    { colour: '#8C8C8C', dash: [1, 2], shape: 'square' },
  ];
  const all = [...Object.values<Omit<Look, 'label'>>(looks), ...more];
  const taken = new Set<number>();
  const places = runs.map(({ key }) => {
    const own = key === undefined ? -1 : Object.keys(looks).indexOf(key);
    if (own < 0 || taken.has(own)) return -1;
    taken.add(own);
    return own;
  });
  const free = all.map((_, i) => i).filter((i) => !taken.has(i));
  let next = 0;
  return runs.map((run, i) => {
    const place = places[i] >= 0 ? places[i] : next < free.length ? free[next++] : next++ % all.length;
    return { ...run, look: all[place] };
  });
}

function channelsOf(runs: readonly LookedRun[]) {
  return namedChannels(
    'run',
    runs.map(({ label, look }) => ({ name: label, ...look })),
  );
}

function specification(rows: readonly FigureRow[], spec: object): Specification {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...spec,
    data: { values: rows },
    config: config as Record<string, unknown>,
  };
}

function tradeOff(all: readonly LookedRun[]) {
  const runs = all.filter(({ measures }) => measures.length > 0);
  if (runs.length === 0) return undefined;
  const rows = runs.flatMap(({ label, measures }) =>
    measures.flatMap(({ step, dpo, sft }, i): FigureRow[] => [
      { layer: 'path', run: label, step, sft, dpo },
      ...(i === measures.length - 1 ? [{ layer: 'end', run: label, step, sft, dpo }] : []),
    ]),
  );
  const { color, strokeDash, shape } = channelsOf(runs);
  return {
    name: 'trade-off',
    title: 'Trade-off',
    caption:
      'Objective space: the way of each run, and with a mark where it ended. Down and to the left is better in both objectives.',
    spec: specification(rows, {
      ...panel,
      encoding: { x: lossAxis('sft', rows), y: lossAxis('dpo', rows) },
      layer: [
        {
          transform: onlyLayer('path'),
          mark: { type: 'line', strokeWidth: 1.8, opacity: 0.85 },
          encoding: { color, strokeDash, order: { field: 'step' }, detail: { field: 'run' } },
        },
        {
          transform: onlyLayer('end'),
          mark: { type: 'point', filled: true, size: 130, opacity: 1 },
          encoding: { color, shape },
        },
      ],
    }),
  };
}

/** Where each schedule ends for every λ. */
function overLambda(all: readonly LabelledRun[]) {
  const ends = all.flatMap(({ key, settings: { lambda, comparison, steps }, source, measures }) => {
    const end = measures.at(-1);
    if (key === undefined || typeof lambda !== 'number' || end === undefined) return [];
    return [{ key, lambda, end, set: [source, comparison, steps].join() }];
  });
  const keys = (Object.keys(looks) as ScheduleKey[]).filter((key) => ends.some((end) => end.key === key));
  if (new Set(ends.map(({ lambda }) => lambda)).size < 2) return undefined;
  // The extreme λ come first: their labels say which way a line goes.
  ends.sort((a, b) => Math.abs(b.lambda - 0.5) - Math.abs(a.lambda - 0.5));
  const losses = ends.map(({ end: { sft, dpo } }): FigureRow => ({ sft, dpo }));
  const position = { x: lossAxis('sft', losses), y: lossAxis('dpo', losses) };
  const clear = clearWidths(
    ends.map(({ lambda, end: { sft, dpo } }) => ({
      x: share(sft, position.x.scale.domain),
      y: share(dpo, position.y.scale.domain),
      label: String(lambda),
    })),
    leastStretch * panel.height,
    lambdaBox,
  );
  const rows = ends.map(({ key, lambda, set, end: { sft, dpo } }, i): FigureRow => ({
    schedule: looks[key].label,
    set,
    lambda,
    sft,
    dpo,
    clearWidth: Number.isFinite(clear[i]) ? clear[i] : null,
  }));
  const { color, strokeDash, shape } = scheduleChannels(keys);
  return {
    name: 'over-lambda',
    title: 'Trade-off over λ',
    caption:
      'Where each schedule ended for every λ. A schedule whose line lies below and to the left of another is better whatever the weight.',
    spec: specification(rows, {
      ...panel,
      encoding: position,
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: { color, strokeDash, order: { field: 'lambda' }, detail: { field: 'set' } },
        },
        { mark: { type: 'point', filled: true, size: 90, opacity: 1 }, encoding: { color, shape } },
        {
          // The signal of the panel's width: what overlaps on a phone is apart on a wide screen.
          transform: [{ filter: 'isValid(datum.clearWidth) && datum.clearWidth <= width' }],
          mark: { ...labelMark, align: 'left', dx: 9, dy: -4 },
          encoding: { text: { field: 'lambda' } },
        },
      ],
    }),
  };
}

/** What the label of a λ takes up beside its point, in pixels: its digits are of equal width. */
function lambdaBox(label: string) {
  return { left: 9, right: 9 + 6.5 * label.length, below: -1, above: 9 };
}

/** Where an axis draws a value of its domain, from 0 to 1: in the middle where there is one value only. */
function share(value: number, [low, high]: readonly [number, number]): number {
  return low === high ? 0.5 : (value - low) / (high - low);
}

function lossAxis(name: 'sft' | 'dpo', rows: readonly FigureRow[]) {
  return {
    field: name,
    type: 'quantitative',
    scale: { domain: linearDomain(rows.map((row) => Number(row[name]))), nice: false },
    axis: { title: `f_${name.toUpperCase()}`, tickCount: 7 },
  };
}

function gaps(all: readonly LookedRun[]) {
  const shown = gapNames.filter((name) => all.some(({ measures }) => measures.some((row) => row[name] !== undefined)));
  if (shown.length === 0) return undefined;
  const rows = all.flatMap(({ label, measures }) =>
    measures.flatMap((row) =>
      shown.flatMap((measure): FigureRow[] => {
        const value = row[measure];
        if (value === undefined) return [];
        const [low, high] = row.intervals[measure] ?? [value, value];
        return [{ layer: 'point', run: label, measure, step: row.step, value, low, high }];
      }),
    ),
  );
  const channels = channelsOf(all.filter(({ label }) => rows.some(({ run }) => run === label)));
  return {
    name: 'gaps',
    title: 'Gaps',
    caption:
      'What is left of each loss, and of both weighted ones, above its optimum, after so many steps; with 95 % intervals where the file has several seeds.',
    spec: specification(rows, {
      concat: shown.map((measure) => gapView(measure, rows, channels)),
      columns: 3,
    }),
  };
}

function gapView(measure: ShownGapName, rows: readonly FigureRow[], channels: ReturnType<typeof channelsOf>) {
  const own = rows.filter((row) => row.measure === measure);
  const values = own.map(({ value }) => Number(value));
  const positive = values.filter((value) => value > 0);
  // A logarithmic axis where the values span decades; what is not positive cannot stand on it.
  const decades =
    positive.length > 0.8 * values.length && values.reduce(larger, -Infinity) > 30 * positive.reduce(smaller, Infinity);
  const scale = decades
    ? logarithmic(positive, gapTitles[measure])
    : {
        scale: { domain: linearDomain(own.flatMap(({ low, high }) => [Number(low), Number(high)])), nice: false },
        axis: { title: gapTitles[measure] },
      };
  return {
    width: 250,
    height: 230,
    transform: [{ filter: { field: 'measure', equal: measure } }, ...(decades ? [{ filter: 'datum.value > 0' }] : [])],
    encoding: {
      x: { field: 'step', type: 'quantitative', axis: { title: 'step' } },
      y: { field: 'value', type: 'quantitative', ...scale },
    },
    layer: measuredWithLimits(channels, 36).slice(1),
  };
}

function losses(all: readonly LookedRun[]) {
  const rows = all.flatMap(({ label, steps }) =>
    stretches(steps).flatMap((stretch) =>
      (['dpo', 'sft'] as const).flatMap((objective): FigureRow[] => {
        const seen = stretch.flatMap((row) => row[`${objective}Loss`] ?? []);
        if (seen.length === 0) return [];
        return [{ run: label, objective, step: stretch[stretch.length - 1].step, loss: mean(seen) }];
      }),
    ),
  );
  if (rows.length === 0) return undefined;
  const { color, strokeDash } = channelsOf(all.filter(({ label }) => rows.some(({ run }) => run === label)));
  return {
    name: 'losses',
    title: 'Losses of the steps',
    caption:
      'The minibatch losses that the steps saw, as means over stretches of steps. A curve pauses where no step worked on that objective.',
    spec: specification(rows, {
      hconcat: (['sft', 'dpo'] as const).map((objective) => ({
        width: 400,
        height: 250,
        transform: [{ filter: { field: 'objective', equal: objective } }],
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: {
          x: { field: 'step', type: 'quantitative', axis: { title: 'step' } },
          y: {
            field: 'loss',
            type: 'quantitative',
            scale: { zero: false },
            axis: { title: `f_${objective.toUpperCase()} on minibatches` },
          },
          color,
          strokeDash,
        },
      })),
    }),
  };
}

function choices(all: readonly LookedRun[]) {
  const runs = all.filter(({ steps }) => steps.length > 0);
  if (runs.length === 0) return undefined;
  const rows = runs.flatMap(({ label, steps }) =>
    stretches(steps).map((stretch): FigureRow => ({
      run: label,
      step: stretch[stretch.length - 1].step,
      'DPO share': mean(stretch.map(({ dpoShare }) => dpoShare)),
    })),
  );
  const { color, strokeDash } = channelsOf(runs);
  return {
    name: 'choices',
    title: 'Choices',
    caption: 'The share of steps on DPO, over stretches of steps. A step of Mix is on both and counts as a half.',
    spec: specification(rows, {
      width: 640,
      height: 220,
      mark: { type: 'line', interpolate: 'step-before', strokeWidth: 1.8 },
      encoding: {
        x: { field: 'step', type: 'quantitative', axis: { title: 'step' } },
        y: {
          field: 'DPO share',
          type: 'quantitative',
          scale: { domain: [0, 1] },
          axis: { title: 'share of DPO', format: '.0%' },
        },
        color,
        strokeDash,
      },
    }),
  };
}

function overhead(all: readonly LookedRun[]) {
  const names = Object.keys(costNames) as CostName[];
  const shown = names.filter((name) => all.some(({ cost }) => cost[name] !== undefined));
  if (shown.length === 0) return undefined;
  const rows = all.flatMap(({ label, cost }) =>
    shown.flatMap((name): FigureRow[] =>
      cost[name] === undefined ? [] : [{ run: label, cost: name, amount: cost[name] }],
    ),
  );
  const runs = all.filter(({ label }) => rows.some(({ run }) => run === label));
  const { color } = channelsOf(runs);
  // Room for the longest bar's number behind it.
  const room = (name: CostName): number => 1.35 * Math.max(...runs.map(({ cost }) => cost[name] ?? 0)) || 1;
  return {
    name: 'overhead',
    title: 'Overhead',
    caption:
      'What a step of each run cost. Sequential and ALRIGHT compute one gradient a step, Mix two; MAXRIGHT adds two loss evaluations every k steps.',
    spec: specification(rows, {
      concat: shown.map((name) => ({
        title: { text: costNames[name], fontSize: 14, fontWeight: 400, anchor: 'start', offset: 6 },
        width: 200,
        height: 38 * runs.length + 10,
        transform: [{ filter: { field: 'cost', equal: name } }],
        encoding: { y: { field: 'run', type: 'nominal', sort: runs.map(({ label }) => label), axis: null } },
        layer: [
          {
            mark: { type: 'bar', height: { band: 0.4 }, yOffset: 7 },
            encoding: {
              x: {
                field: 'amount',
                type: 'quantitative',
                scale: { domain: [0, room(name)] },
                axis: { title: null, tickCount: 3 },
              },
              color,
            },
          },
          {
            mark: { type: 'text', align: 'left', dx: 5, dy: 7, fontSize: 12, color: '#222222' },
            encoding: { x: { field: 'amount', type: 'quantitative' }, text: { field: 'amount', format: '.3~r' } },
          },
          {
            // Above its bar: beside it there is no room where panels stand side by side.
            mark: { type: 'text', align: 'left', dx: 3, dy: -9, fontSize: 12, color: '#222222', limit: 196 },
            encoding: { x: { datum: 0 }, text: { field: 'run' } },
          },
        ],
      })),
      columns: 4,
    }),
  };
}

/** Math.max and Math.min of two: given all values of a long run at once they overflow the stack. */
const larger = (a: number, b: number): number => Math.max(a, b);
const smaller = (a: number, b: number): number => Math.min(a, b);

/** Steps in stretches of equal length, at most so many that a curve can show. */
function stretches<Step>(steps: readonly Step[]): Step[][] {
  const length = Math.ceil(steps.length / mostPoints);
  return Array.from({ length: Math.ceil(steps.length / length) }, (_, i) => steps.slice(i * length, (i + 1) * length));
}
