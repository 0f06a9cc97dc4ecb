import { compared, comparedKeys } from '../experiments/compared.js';
import { landscape } from '../experiments/landscape.js';
import { grouped } from '../src/base/grouped.js';
import { significant } from '../src/base/text.js';
import { drawing } from '../src/figure/drawing.js';
import { labelMark, onlyLayer, panelTitle, scheduleChannels, ruleText } from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';
import { sequential } from '../src/schedule/sequential.js';

const contourNames = { dpo: 'f_DPO', sft: 'f_SFT', weightedSum: 'F_λ' } as const;

const panels = [
  { panel: sequential.name, title: 'Sequential, over f_SFT and f_DPO', contours: ['sft', 'dpo'] },
  { panel: 'joint', title: 'Joint schedules, over F_λ', contours: ['weightedSum'] },
] as const;

interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** A label for every other level line of a function, where it is farthest from paths, marks and the labels before. */
function levelNames(
  contours: readonly (PlanePoint & { readonly panel: string; readonly of: string; readonly gap: number })[],
  taken: readonly (PlanePoint & { readonly panel: string })[],
  { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] },
) {
  const near = (a: PlanePoint, b: PlanePoint): number =>
    Math.hypot((a.x - b.x) / (x[1] - x[0]), (a.y - b.y) / (y[1] - y[0]));
  const inside = (point: PlanePoint): boolean =>
    Math.min(point.x - x[0], x[1] - point.x) > 0.05 * (x[1] - x[0]) &&
    Math.min(point.y - y[0], y[1] - point.y) > 0.05 * (y[1] - y[0]);
  const placed: { layer: string; panel: string; label: string; x: number; y: number }[] = [];
  const lines = grouped(contours, ({ of, gap }) => `${of} ${gap}`).filter((_, i) => i % 2 === 1);
  for (const line of lines) {
    const others = [...taken, ...placed].filter(({ panel }) => panel === line[0].panel);
    const free = (point: PlanePoint): number => Math.min(0.2, ...others.map((other) => near(point, other)));
    const candidates = line.filter(inside).map((point) => ({ point, room: free(point) }));
    if (candidates.length === 0) continue;
    const { point, room } = candidates.reduce((best, each) => (each.room > best.room ? each : best));
    if (room < 0.04) continue;
    placed.push({ layer: 'level', panel: line[0].panel, label: significant(line[0].gap, 2), x: point.x, y: point.y });
  }
  return placed;
}

/** The plane of parameters: level lines, the schedules' paths, and the minimisers that they go to. */
export const landscapeFigure = drawing('landscape', landscape, (results) => {
  const { subject, lambda, steps, batch, stepSize, referenceOptima, runs, window } = results;
  const panelOf = (of: keyof typeof contourNames): string => (of === 'weightedSum' ? 'joint' : sequential.name);
  const contours = results.contours.flatMap(({ of, gap, points }, line) =>
    points.map(([x, y], order) => ({
      layer: 'contour',
      panel: panelOf(of),
      of: contourNames[of],
      gap,
      line,
      order,
      x,
      y,
    })),
  );
  const pareto = panels.flatMap(({ panel }) =>
    results.paretoSet.map(([x, y], order) => ({ layer: 'pareto', panel, order, x, y })),
  );
  const paths = runs.flatMap(({ key, result }) =>
    result.path.map(([x, y], i) => ({
      layer: 'path',
      panel: compared[key].schedule === sequential.name ? sequential.name : 'joint',
      schedule: looks[key].label,
      order: result.steps[i],
      x,
      y,
    })),
  );
  const ends = runs.flatMap(({ key }) => {
    const own = paths.filter(({ schedule }) => schedule === looks[key].label);
    return [{ ...own[own.length - 1], layer: 'end' }];
  });
  const [start] = paths;
  /** Labels lean away from the nearer side of the window; those that lean left stand below, clear of those that lean right. */
  const side = (x: number): number => (x - window.x[0] > 0.7 * (window.x[1] - window.x[0]) ? -1 : 1);
  const marks = panels.flatMap(({ panel }) => [
    { layer: 'mark', panel, label: 'start', x: start.x, y: start.y, side: side(start.x), below: true },
    ...(
      [
        ['argmin f_SFT', referenceOptima.sft],
        ['argmin f_DPO', referenceOptima.dpo],
        ['argmin F_λ', referenceOptima.weightedSum],
        ['θ°', referenceOptima.chebyshev],
      ] as const
    )
      .filter(([label]) => panel === 'joint' || label !== 'θ°')
      .map(([label, { point }]) => ({
        layer: 'mark',
        panel,
        label,
        x: point[0],
        y: point[1],
        side: side(point[0]),
        below: label === 'θ°' || side(point[0]) < 0,
      })),
  ]);
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const position = {
    x: {
      field: 'x',
      type: 'quantitative' as const,
      scale: { domain: [...window.x], nice: false },
      axis: { title: 'θ_1', grid: false, tickCount: 6 },
    },
    y: {
      field: 'y',
      type: 'quantitative' as const,
      scale: { domain: [...window.y], nice: false },
      axis: { title: 'θ_2', grid: false, tickCount: 6 },
    },
  };
  const order = { field: 'order', type: 'quantitative' as const };
  return {
    title: 'Where the schedules go',
    caption: subject.given
      ? 'Paths of the schedules between the certified minimisers (crosses). Thick grey: the Pareto set, the minimisers of F_λ for all λ.'
      : 'Sequential runs to the minimiser of its first objective, then away from it to that of its second. Mix and ALRIGHT go to ' +
        'the minimiser of F_λ, MAXRIGHT to θ°, where the two weighted gaps are equal. Both points lie on the Pareto set, the ' +
        'minimisers of F_λ for all λ (thick grey), between the minimisers of the two objectives.',
    rows: [...contours, ...levelNames(contours, [...paths, ...marks], window), ...pareto, ...paths, ...ends, ...marks],
    spec: {
      title: {
        text: 'Where the schedules go',
        subtitle: `${subject.description}, λ = ${lambda}, one run each: ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}; numbers: gaps on level lines; thick grey: Pareto set`,
      },
      hconcat: panels.map(({ panel, title }) => ({
        title: panelTitle(title),
        width: 400,
        height: 400,
        transform: [{ filter: { field: 'panel', equal: panel } }],
        encoding: position,
        layer: [
          {
            transform: onlyLayer('contour'),
            mark: { type: 'line', strokeWidth: 1, clip: true },
            encoding: {
              order,
              detail: { field: 'line' },
              stroke: {
                field: 'of',
                type: 'nominal',
                title: null,
                scale: { domain: Object.values(contourNames), range: ['#8A8A8A', '#8DBFE0', '#B9A77F'] },
                legend: { orient: 'right', symbolType: 'stroke', symbolSize: 500, symbolStrokeWidth: 1.5 },
              },
            },
          },
          {
            transform: onlyLayer('pareto'),
            mark: { type: 'line', strokeWidth: 5, opacity: 0.35, color: ink.strong, strokeCap: 'round', clip: true },
            encoding: { order },
          },
          ...[{ stroke: 'white', strokeWidth: 3, strokeJoin: 'round' as const }, {}].map((halo) => ({
            transform: onlyLayer('level'),
            mark: { ...labelMark, ...halo, fontSize: 10, color: ink.line, clip: true },
            encoding: { text: { field: 'label' } },
          })),
          {
            transform: onlyLayer('path'),
            mark: { type: 'line', strokeWidth: 1.5, opacity: 0.85, clip: true },
            encoding: { order, color, strokeDash },
          },
          {
            transform: onlyLayer('mark'),
            mark: { type: 'point', shape: 'cross', filled: true, size: 70, opacity: 1, color: ink.strong },
          },
          {
            transform: onlyLayer('end'),
            mark: { type: 'point', filled: true, size: 110, opacity: 1, stroke: 'white', strokeWidth: 1 },
            encoding: { color, shape },
          },
          ...[{ stroke: 'white', strokeWidth: 3, strokeJoin: 'round' as const }, {}].map((halo) => ({
            transform: onlyLayer('mark'),
            mark: {
              ...labelMark,
              ...halo,
              fontSize: 13,
              align: { expr: "datum.side < 0 ? 'right' : 'left'" },
              dx: { expr: 'datum.side < 0 ? 0 : 9' },
              dy: { expr: 'datum.side < 0 ? 16 : datum.below ? 11 : -9' },
            },
            encoding: { text: { field: 'label' } },
          })),
        ],
      })),
    },
  };
});
