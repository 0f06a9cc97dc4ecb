import { comparedKeys } from '../experiments/compared.js';
import type { Layer, FigureRow, View } from '../src/figure/figure.js';
import { placeLabels, toPixel, type PanelAxis } from '../src/figure/labels.js';
import {
  estimateColumns,
  labelMark,
  lossAxis,
  type LossScale,
  onlyLayer,
  panelTitle,
  scheduleChannels,
} from '../src/figure/layers.js';
import { ink, lookOf } from '../src/figure/theme.js';
import type { Pair } from '../src/schedule/schedule.js';
import type { Estimate } from '../src/base/statistics.js';

/** Some runs in the plane of f_SFT and f_DPO, to be drawn in a panel. */
export interface LossSpace {
  /** What sets the rows of the panel apart from those of others. */
  readonly panel: string;
  readonly title: string;
  readonly ideal: Pair;
  /** The Pareto front, in order, where it is known. */
  readonly front?: readonly Pair[];
  readonly runs: readonly LossRun[];
  /** Where all runs start, where that is to be marked at their end points too. */
  readonly start?: Pair;
  /** Points that the runs are measured by; those outside the axes are left to the text. */
  readonly references?: readonly NamedPair[];
  /** A line below the title. */
  readonly note?: string;
  /** The schedules of the figure's legend; those that the paper compares unless given. */
  readonly keys?: readonly string[];
}

/** A point of loss space with its name. */
export interface NamedPair extends Pair {
  readonly label: string;
}

/** One run through loss space, seeds taken together. */
export interface LossRun {
  readonly schedule: string;
  /** What sets it apart from other runs of its schedule: λ, or the split of Sequential. */
  readonly label: string;
  readonly points: readonly { readonly step: number; readonly sft: Estimate; readonly dpo: Estimate }[];
}

/** The extent of a panel in pixels. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/** Rows, and a panel's specification that draws those of them that are its own. */
export interface Panel {
  readonly rows: readonly FigureRow[];
  readonly view: View;
}

/** The paths of the runs from their common start. */
export function pathPanel(space: LossSpace, size: PanelSize): Panel {
  const { color, strokeDash } = scheduleChannels(space.keys ?? comparedKeys);
  const panel = `${space.panel}, paths`;
  const paths = space.runs.flatMap(({ schedule, label, points }) =>
    points.map(({ step, sft, dpo }) => ({
      ...{ layer: 'path', panel, schedule: lookOf(schedule).label, run: `${schedule} ${label}`, label, step },
      ...{ sft: sft.mean, dpo: dpo.mean },
    })),
  );
  const { sft, dpo } = paths[0];
  const marks = [
    { layer: 'start', panel, sft, dpo, label: 'start' },
    { layer: 'ideal', panel, ...space.ideal, label: 'ideal point' },
  ];
  const front = frontRows(space, panel);
  const axes = lossAxes([...paths, ...front, ...marks], size);
  const lines = space.runs.map(({ points }) => points.map((point) => ({ x: point.sft.mean, y: point.dpo.mean })));
  const rows = [...paths, ...front, ...withPlaces([...marks, ...referenceMarks(space, panel, axes)], axes, lines)];
  return {
    rows,
    view: panelView(space, panel, axes, [
      frontLayer,
      {
        transform: onlyLayer('path'),
        mark: { type: 'line', strokeWidth: 1.3, opacity: 0.75, clip: true },
        encoding: { color, strokeDash, detail: { field: 'run' }, order: { field: 'step', type: 'quantitative' } },
      },
      ...markLayers,
      ...nameLayers,
    ]),
  };
}

/** Options of `endPanel`. */
export interface EndPanelOptions {
  readonly labels?: boolean;
  /** The kind of both axes, where it is not left to the values. */
  readonly scale?: LossScale;
}

/** The end points of the runs with their intervals and, unless it is said otherwise, their labels. */
export function endPanel(space: LossSpace, size: PanelSize, { labels = true, scale }: EndPanelOptions = {}): Panel {
  const { color, shape } = scheduleChannels(space.keys ?? comparedKeys);
  const panel = `${space.panel}, end points`;
  const ends = space.runs.map(({ schedule, label, points }) => {
    const { sft, dpo } = points[points.length - 1];
    const [across, along] = [estimateColumns(sft), estimateColumns(dpo)];
    return {
      ...{ layer: 'end', panel, schedule: lookOf(schedule).label, label },
      ...{ sft: across.mean, sftLow: across.low, sftHigh: across.high },
      ...{ dpo: along.mean, dpoLow: along.low, dpoHigh: along.high },
    };
  });
  const { start } = space;
  const marks = [
    { layer: 'ideal', panel, ...space.ideal, label: 'ideal point' },
    ...(start === undefined ? [] : [{ layer: 'start', panel, sft: start.sft, dpo: start.dpo, label: 'start' }]),
  ];
  const front = frontRows(space, panel);
  const reach = ends.flatMap(({ sftLow, sftHigh, dpoLow, dpoHigh }) => [
    { sft: sftLow, dpo: dpoLow },
    { sft: sftHigh, dpo: dpoHigh },
  ]);
  const axes = lossAxes([...ends, ...reach, ...marks], size, scale);
  const named = [...marks, ...referenceMarks(space, panel, axes)];
  return {
    rows: [...front, ...withPlaces(labels ? [...named, ...ends] : named, axes), ...(labels ? [] : ends)],
    view: panelView(space, panel, axes, [
      frontLayer,
      ...markLayers,
      {
        transform: onlyLayer('end'),
        mark: { type: 'rule', strokeWidth: 1, opacity: 0.6, clip: true },
        encoding: { color, x: { field: 'sftLow' }, x2: { field: 'sftHigh' } },
      },
      {
        transform: onlyLayer('end'),
        mark: { type: 'rule', strokeWidth: 1, opacity: 0.6, clip: true },
        encoding: { color, y: { field: 'dpoLow' }, y2: { field: 'dpoHigh' } },
      },
      {
        transform: onlyLayer('end'),
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: { color, shape },
      },
      ...nameLayers,
    ]),
  };
}

/** Pixels of the labels of points. */
const nameSize = 11;

type LossAxes = ReturnType<typeof lossAxes>;

function lossAxes(rows: readonly Pair[], { width, height }: PanelSize, scale?: LossScale) {
  return {
    x: lossAxis(
      rows.map(({ sft }) => sft),
      width,
      'f_SFT',
      scale,
    ),
    y: lossAxis(
      rows.map(({ dpo }) => dpo),
      height,
      'f_DPO',
      scale,
    ),
  };
}

/** The references that lie within the axes. */
function referenceMarks({ references = [] }: LossSpace, panel: string, { x, y }: LossAxes) {
  const within = ({ domain: [low, high] }: PanelAxis, value: number): boolean => value >= low && value <= high;
  return references
    .filter(({ sft, dpo }) => within(x.axis, sft) && within(y.axis, dpo))
    .map((reference) => ({ layer: 'reference', panel, ...reference }));
}

function frontRows({ front = [] }: LossSpace, panel: string) {
  return front.map(({ sft, dpo }, order) => ({ layer: 'front', panel, order, sft, dpo }));
}

/** Pixels within which points of a schedule share a label. */
const together = 10;

/** The rows with the places of their labels; points of one schedule that stand together share one, and so do equal labels. */
function withPlaces<Named extends Pair & { readonly label: string; readonly schedule?: string }>(
  rows: readonly Named[],
  { x, y }: LossAxes,
  lines: Parameters<typeof placeLabels>[3] = [],
) {
  const axes = { x: x.axis, y: y.axis };
  const shared = new Map<Named, string>();
  for (const row of rows) {
    const near = [...shared].find(
      ([other, label]) =>
        pixelDistance(row, other, axes) < together && (other.schedule === row.schedule || label === row.label),
    );
    if (near === undefined) shared.set(row, row.label);
    else if (!near[1].split(', ').includes(row.label)) shared.set(near[0], `${near[1]}, ${row.label}`);
  }
  const named = [...shared].map(([row, name]) => ({ row, name }));
  const places = placeLabels(
    named.map(({ row: { sft, dpo }, name }) => ({ x: sft, y: dpo, label: name })),
    axes,
    nameSize,
    lines,
  );
  return rows.map((row) => {
    const at = named.findIndex((each) => each.row === row);
    return at === -1 ? row : { ...row, name: named[at].name, ...places[at] };
  });
}

function pixelDistance(a: Pair, b: Pair, { x, y }: Record<'x' | 'y', PanelAxis>): number {
  return Math.hypot(toPixel(x, a.sft) - toPixel(x, b.sft), toPixel(y, a.dpo) - toPixel(y, b.dpo));
}

function panelView({ title, note }: LossSpace, panel: string, { x, y }: LossAxes, layer: Layer[]): View {
  return {
    title: panelTitle(title, note),
    width: x.axis.pixels,
    height: y.axis.pixels,
    transform: [{ filter: { field: 'panel', equal: panel } }],
    encoding: { x: { field: 'sft', ...x.encoding }, y: { field: 'dpo', ...y.encoding } },
    layer,
  };
}

const frontLayer: Layer = {
  transform: onlyLayer('front'),
  mark: { type: 'line', color: ink.strong, strokeWidth: 1.4, clip: true },
  encoding: { order: { field: 'order', type: 'quantitative' } },
};

const markLayers: Layer[] = [
  {
    transform: onlyLayer('ideal'),
    mark: { type: 'point', shape: 'cross', filled: true, size: 110, opacity: 1, color: ink.strong },
  },
  {
    transform: onlyLayer('start'),
    mark: { type: 'point', shape: 'circle', filled: true, size: 70, opacity: 1, color: ink.strong },
  },
  {
    transform: onlyLayer('reference'),
    mark: { type: 'point', shape: 'circle', filled: false, size: 60, opacity: 1, color: ink.strong },
  },
];

/** The labels of all rows that have a place for one, those that stand off with a line to their points. */
const nameLayers: Layer[] = [
  {
    transform: [{ filter: 'datum.far === true' }],
    mark: { type: 'rule', strokeWidth: 0.8, color: ink.faint },
    encoding: { x2: { field: 'labelX' }, y2: { field: 'labelY' } },
  },
  {
    transform: [{ filter: 'isValid(datum.labelX)' }],
    mark: { ...labelMark, fontSize: nameSize, align: 'center', baseline: 'middle' },
    encoding: {
      x: { field: 'labelX', type: 'quantitative' },
      y: { field: 'labelY', type: 'quantitative' },
      text: { field: 'name' },
    },
  },
];
