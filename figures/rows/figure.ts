import { grouped } from '../../src/base/grouped.js';
import type { Figure, Layer, FigureRow } from '../../src/figure/figure.js';
import { labelMark, linearDomain, logarithmic, namedChannels, onlyLayer } from '../../src/figure/layers.js';
import { lookOf, shadesOf, type Look } from '../../src/figure/theme.js';
import type { CurveBound } from './bounds.js';
import type { Curve, Curves } from './curves.js';

/** What is drawn of a table, and how. */
export interface RowsFigure {
  readonly measure: string;
  readonly curves: Curves;
  /** What the statements say of the curves. */
  readonly bounds?: readonly CurveBound[];
  /** A logarithmic or linear axis of the measure; logarithmic unless given where all means are positive and far apart. */
  readonly scale?: 'log' | 'linear';
  readonly title?: string;
}

/** The measures of runs in words. */
const measureNames: Readonly<Record<string, string>> = {
  gap: 'gap F_λ(θ) − min F_λ',
  averageGap: 'gap of the average point, F_λ − min F_λ',
  maxGap: 'max gap F_max(θ) − min F_max',
  averageMaxGap: 'max gap of the average point, F_max − min F_max',
  dpo: 'f_DPO',
  sft: 'f_SFT',
  dpoGap: 'f_DPO − f_DPO*',
  sftGap: 'f_SFT − f_SFT*',
  dpoLoss: 'f_DPO',
  sftLoss: 'f_SFT',
  heldOutDpoLoss: 'f_DPO, held-out',
  heldOutSftLoss: 'f_SFT, held-out',
  idealDistance: 'distance to the ideal point',
};

/** Up to so many points a curve have marks. */
const mostMarks = 40;
const [width, height] = [520, 340];

/** A measure of runs over their steps: a line for each curve, a band for its interval, and what statements say of it. */
export function rowsFigure({ measure, curves: { over, curves }, bounds = [], ...how }: RowsFigure): Figure {
  const named = withLooks(curves);
  const nameOf = (curve: Curve): string => curve.label;
  const scale = how.scale ?? axisType(curves);
  const isShown = (value: number): boolean => scale === 'linear' || value > 0;
  const leftOut = curves.flatMap((curve) => curve.points.filter(({ mean }) => !isShown(mean))).length;
  const points = curves.flatMap((curve) =>
    curve.points
      .filter(({ mean }) => isShown(mean))
      .map(({ x, mean, low, high }) => ({
        layer: 'curve',
        curve: nameOf(curve),
        schedule: curve.key,
        [over]: x,
        mean,
        low,
        high,
        mark: curve.points.length <= mostMarks,
      })),
  );
  const statements = bounds.flatMap(({ curve, id, kind, points: own }) =>
    own.map(({ x, value }) => ({
      layer: kind === 'lower' && own.length === 1 ? 'limit' : 'bound',
      curve: nameOf(curve),
      schedule: curve.key,
      statement: id,
      kind,
      [over]: x,
      mean: value,
    })),
  );
  const means = [...points, ...statements].map(({ mean }) => mean);
  const xs = points.map((row) => Number(row[over]));
  const reaching = points.flatMap(({ low, high }) => [low, high]).filter((end) => end !== null);
  const seen = [...means, ...reaching].filter(isShown);
  const title = measureNames[measure] ?? measure;
  const y =
    scale === 'log'
      ? logarithmic(seen, title)
      : { scale: { type: 'linear' as const, domain: widened(linearDomain(seen)), nice: false }, axis: { title } };
  const [floor] = y.scale.domain;
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const x =
    over === 'steps'
      ? logarithmic(xs, 'steps T', 1.1)
      : {
          scale: { type: 'linear' as const, domain: widened([first, last]), nice: false },
          axis: { title: 'step', grid: false, tickCount: 6 },
        };
  const ends = placedLabels(
    // Curves with the same value of a statement share its name.
    grouped(
      grouped(statements, ({ curve, statement }) => `${curve} ${statement}`).map((own) => own[own.length - 1]),
      ({ statement, mean }) => `${statement} ${mean.toPrecision(3)}`,
    ).map(([own]) => own),
    y.scale,
  );
  // On a logarithmic axis a band that reaches to 0 and below goes down to the axis.
  const rows: FigureRow[] = [
    ...points.map((row) => ({ ...row, drawnLow: row.low === null ? null : Math.max(floor, row.low) })),
    ...statements,
    ...ends.map((row) => ({
      ...row,
      layer: 'name',
      label: `${row.layer === 'limit' ? 'limit' : row.kind === 'lower' ? 'at least' : 'at most'}: ${row.statement}`,
    })),
  ];
  const { color, strokeDash, shape } = namedChannels('curve', named);
  const heading =
    how.title ??
    `${title.split(' ')[0] === 'gap' ? 'gap' : title} over the ${over === 'steps' ? 'number of steps' : 'steps'}`;
  const hasBand = points.some(({ low }) => low !== null);
  return {
    name: measure,
    title: heading,
    caption: [
      `${title} of ${curves.map(nameOf).join('; ')}.`,
      hasBand ? 'Bands are 95 % intervals over seeds.' : '',
      statements.length > 0
        ? 'Thin lines are what statements of docs/theory.md say of these runs with their step sizes.'
        : '',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    rows,
    spec: {
      title: {
        text: heading,
        subtitle: [
          hasBand ? 'mean and 95 % band over seeds' : '',
          statements.length > 0 ? 'thin: bounds and limits' : '',
          leftOut > 0 ? `left out: ${leftOut} ${leftOut === 1 ? 'point' : 'points'} at or below 0` : '',
        ]
          .filter((part) => part !== '')
          .join('; '),
      },
      width,
      height,
      encoding: {
        x: { field: over, type: 'quantitative', ...x },
        y: { field: 'mean', type: 'quantitative', ...y },
      },
      layer: [
        {
          transform: [...onlyLayer('curve'), { filter: 'isValid(datum.low)' }],
          mark: { type: 'area', opacity: 0.22, clip: true },
          encoding: { y: { field: 'drawnLow' }, y2: { field: 'high' }, color },
        },
        {
          transform: onlyLayer('bound'),
          mark: { type: 'line', strokeWidth: 1.1, strokeDash: [4, 2], clip: true },
          encoding: { color, detail: { field: 'statement' } },
        },
        {
          transform: onlyLayer('limit'),
          mark: { type: 'rule', strokeWidth: 1.3, strokeDash: [1.5, 3] },
          encoding: { color, x: { value: 0 }, x2: { value: 'width' } },
        },
        { transform: onlyLayer('curve'), mark: { type: 'line', clip: true }, encoding: { color, strokeDash } },
        {
          transform: [...onlyLayer('curve'), { filter: 'datum.mark' }],
          mark: { type: 'point', filled: true, size: 45, opacity: 1 },
          encoding: { color, shape },
        },
        {
          transform: onlyLayer('name'),
          mark: { ...labelMark, align: 'left', baseline: 'middle' },
          encoding: {
            x: { value: width + 8 },
            y: { field: 'place', type: 'quantitative', scale: null },
            text: { field: 'label' },
          },
        },
      ] as Layer[],
    },
  };
}

/** Logarithmic where all means after the start are positive and far apart: at the start a gap may be 0. */
function axisType(curves: readonly Curve[]): 'log' | 'linear' {
  const means = curves.flatMap((curve) => curve.points.filter(({ x }) => x > 0).map(({ mean }) => mean));
  const [least, most] = [Math.min(...means), Math.max(...means)];
  return least > 0 && most > 20 * least ? 'log' : 'linear';
}

/** A domain that is no single value. */
function widened([low, high]: readonly [number, number]): [number, number] {
  const margin = 0.5 * Math.max(Math.abs(low), Number.MIN_VALUE, low === 0 ? 1 : 0);
  return low < high ? [low, high] : [low - margin, high + margin];
}

/** The look of every curve: that of its schedule, in shades where several curves share it. */
function withLooks(curves: readonly Curve[]): (Omit<Look, 'label'> & { readonly name: string })[] {
  return curves.map((curve) => {
    const alike = curves.filter(({ key }) => key === curve.key);
    const look = lookOf(curve.key);
    const colour = shadesOf(look.colour, alike.length)[alike.indexOf(curve)];
    return { ...look, colour, name: curve.label };
  });
}

/** The lines with the pixel of their label's middle, so that none stands on another. */
function placedLabels<Line extends { readonly mean: number }>(
  lines: readonly Line[],
  { type, domain: [low, high] }: { readonly type: 'log' | 'linear'; readonly domain: readonly number[] },
): (Line & { readonly place: number })[] {
  const warp = type === 'log' ? Math.log : (value: number) => value;
  const pixel = (value: number): number => (height * (warp(high) - warp(value))) / (warp(high) - warp(low));
  const placed = lines.map((line) => ({ ...line, place: pixel(line.mean) })).sort((a, b) => a.place - b.place);
  const apart = labelMark.fontSize + 3;
  for (let i = 1; i < placed.length; i++) {
    placed[i].place = Math.max(placed[i].place, placed[i - 1].place + apart);
  }
  return placed;
}
