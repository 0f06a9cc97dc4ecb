import { withOthers } from '../experiments/compared.js';
import type { Layer } from '../src/figure/figure.js';
import {
  estimateColumns,
  labelMark,
  linearDomain,
  onlyLayer,
  panelTitle,
  scheduleChannels,
} from '../src/figure/layers.js';
import { ink, lookOf } from '../src/figure/theme.js';
import type { ObjectiveName } from '../src/schedule/schedule.js';
import type { Estimate } from '../src/base/statistics.js';

/** The first objective of a sequential run through both its stages, beside the joint schedules. */
export interface StagesPanel {
  /** The objective of the first stage. */
  readonly first: ObjectiveName;
  readonly title: string;
  /** A line above the panel. */
  readonly note?: string;
  readonly steps: number;
  /** The step after which the second stage begins. */
  readonly switchAfter: number;
  readonly curves: readonly {
    readonly schedule: string;
    readonly points: readonly { readonly step: number; readonly value: Estimate }[];
  }[];
  /** Values to compare with. */
  readonly levels: readonly { readonly value: number; readonly label: string }[];
}

/** The rows and the panels of both orders. */
export function drawStages(orders: readonly StagesPanel[]) {
  const keys = withOthers(orders.flatMap(({ curves }) => curves.map(({ schedule }) => schedule)));
  const curves = orders.flatMap(({ first, curves: own }) =>
    own.flatMap(({ schedule, points }) =>
      points.map(({ step, value }) => ({
        ...{ layer: 'curve', panel: first, schedule: lookOf(schedule).label, step },
        ...estimateColumns(value),
      })),
    ),
  );
  const levels = orders.flatMap(({ first, steps, levels: own }) =>
    own.map(({ value, label }) => ({ layer: 'level', panel: first, step: 0, until: steps, mean: value, label })),
  );
  const stages = orders.flatMap(({ first, steps, switchAfter }) => {
    const names = first === 'sft' ? ['SFT', 'DPO'] : ['DPO', 'SFT'];
    const ends = [0, switchAfter, steps];
    return names.map((name, i) => ({
      ...{ layer: 'stage', panel: first, step: ends[i], middle: (ends[i] + ends[i + 1]) / 2 },
      label: `stage ${i + 1}: ${name}`,
    }));
  });
  const views = orders.map((order) => ({
    ...(order.note === undefined ? {} : { title: panelTitle(order.note) }),
    width: 360,
    height: 320,
    transform: [{ filter: { field: 'panel', equal: order.first } }],
    encoding: encodingOf(order, [
      ...curves.filter(({ panel }) => panel === order.first).flatMap(({ mean, low, high }) => [mean, low, high]),
      ...levels.filter(({ panel }) => panel === order.first).map(({ mean }) => mean),
    ]),
    layer: layersOf(keys),
  }));
  return { rows: [...curves, ...levels, ...stages], views };
}

function encodingOf({ steps, title }: StagesPanel, values: readonly number[]) {
  return {
    x: {
      field: 'step',
      type: 'quantitative' as const,
      scale: { domain: [0, steps], nice: false },
      axis: { title: 'step', grid: false, tickCount: 5 },
    },
    y: {
      field: 'mean',
      type: 'quantitative' as const,
      scale: { domain: linearDomain(values, 0.1), nice: false },
      axis: { title },
    },
  };
}

function layersOf(keys: readonly string[]): Layer[] {
  const { color, strokeDash } = scheduleChannels(keys, 'lines');
  return [
    {
      transform: [...onlyLayer('stage'), { filter: 'datum.step > 0' }],
      mark: { type: 'rule', color: ink.line, strokeWidth: 1 },
      encoding: { y: { value: 0 }, y2: { value: 'height' } },
    },
    {
      transform: onlyLayer('stage'),
      mark: { ...labelMark, baseline: 'top' },
      encoding: {
        x: { field: 'middle', type: 'quantitative' },
        y: { value: 8 },
        text: { field: 'label' },
      },
    },
    {
      transform: onlyLayer('level'),
      mark: { type: 'rule', color: ink.line, strokeDash: [1.5, 3], strokeWidth: 1.3 },
      encoding: { x2: { field: 'until' } },
    },
    {
      transform: onlyLayer('level'),
      mark: { ...labelMark, align: 'left', dx: 8 },
      encoding: { x: { field: 'until', type: 'quantitative' }, text: { field: 'label' } },
    },
    {
      transform: onlyLayer('curve'),
      mark: { type: 'area', opacity: 0.22, clip: true },
      encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
    },
    {
      transform: onlyLayer('curve'),
      mark: { type: 'line', clip: true },
      encoding: { color, strokeDash },
    },
  ];
}
