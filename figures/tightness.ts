import { statements, type Statements } from '../experiments/statements.js';
import { drawing } from '../src/figure/drawing.js';
import type { Figure } from '../src/figure/figure.js';
import { logarithmic, onlyLayer, namedChannels, statementTitle } from '../src/figure/layers.js';
import { ink, looks, otherLooks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

const panels: readonly {
  readonly id: string;
  readonly what: string;
  readonly key: ScheduleKey;
  readonly worst?: string;
}[] = [
  { id: 'A.average', what: 'average point', key: paper.alright, worst: 'W.alright' },
  { id: 'A.last.linear', what: 'last point, linear decay', key: paper.alright, worst: 'W.last.linear' },
  { id: 'M.exact', what: 'mean F_max, k = 1', key: paper.maxright, worst: 'W.maxright' },
  { id: 'X.average', what: 'average point', key: paper.mix },
  { id: 'A.last', what: 'last point', key: paper.alright },
  { id: 'M.weighted', what: 'steps times w_i', key: paper.maxright },
  { id: 'M.stale', what: 'k = 2, 10, 100', key: paper.maxright },
  { id: 'X.last', what: 'last point', key: paper.mix },
  { id: 'A.smooth', what: 'mean, no ball', key: paper.alright },
  { id: 'M.noisy.expected', what: 'noisy values', key: paper.maxright },
  { id: 'M.noisy.fresh', what: 'minibatches, fresh', key: paper.maxright },
  { id: 'X.smooth', what: 'mean, no ball', key: paper.mix },
  { id: 'A.strong', what: 'distance², no ball', key: paper.alright },
  { id: 'A.strong.decaying', what: 'distance², 1/t steps', key: paper.alright },
  { id: 'M.noisy.shared', what: 'minibatches, shared', key: paper.maxright },
  { id: 'X.strong', what: 'distance², no ball', key: paper.mix },
];

/** What the problems of W are called together. */
const worstName = 'worst function of W';

/** The least ratio that is drawn. */
const least = 1e-3;

/** The panels that are shown first; the others are the supplement. */
const main: ReadonlySet<string> = new Set([
  ...['A.average', 'A.last.linear', 'M.exact', 'A.last', 'M.stale', 'X.last', 'A.smooth', 'M.noisy.fresh'],
]);

/** How close the main upper bounds are to what is measured. */
export const tightnessFigure = drawing('tightness', statements, (results) =>
  drawTightness(
    results,
    panels.filter(({ id }) => main.has(id)),
    'How tight the upper bounds are',
    (closest) =>
      'The worst function of W lies on it for every T, so that the bounds of ALRIGHT (average point; last point under ' +
      'linear decay) and of MAXRIGHT (k = 1) cannot be improved. The closest to the last-point bound of ALRIGHT is ' +
      `${closest('A.last')}, to that of stale values ${closest('M.stale')}.`,
  ),
);

/** The other upper bounds, in the same way. */
export const tightnessSupplementFigure = drawing('tightness-supplement', statements, (results) =>
  drawTightness(
    results,
    panels.filter(({ id }) => !main.has(id)),
    'How tight further upper bounds are',
    (closest) =>
      `The closest to the bound of Mix (average point) is ${closest('X.average')}, to that of MAXRIGHT with weighted steps ` +
      `${closest('M.weighted')}.`,
  ),
);

function drawTightness(
  { checks, seeds }: Statements,
  shown: typeof panels,
  heading: string,
  findings: (closest: (id: string) => string) => string,
): Omit<Figure, 'name'> {
  const rows = shown
    .flatMap(({ id, key, worst }) =>
      [
        ...checks
          .filter((check) => check.id === id && !(id === 'M.stale' && check.variant === 'k = 1'))
          .map((check) => ({
            layer: 'ratio',
            statement: id,
            problem: check.problem,
            series: `${check.problem} ${check.variant}`,
            check,
          })),
        ...checks
          .filter((check) => check.id === worst)
          .map((check) => ({ layer: 'worst', statement: id, problem: worstName, series: worstName, check })),
      ].map(({ check, ...row }) => ({
        ...row,
        method: looks[key].label,
        lambda: check.lambda,
        steps: check.steps,
        ratio: check.measured.mean / check.bound,
      })),
    )
    .sort((a, b) => a.steps - b.steps);
  const steps = rows.filter(({ steps: T }) => T <= 10_000).map((row) => row.steps);
  const [first, last] = [Math.min(...steps.filter((T) => T >= 10)), Math.max(...steps)];
  const problems = [...new Set(rows.map(({ problem }) => problem))].filter((problem) => problem !== worstName).sort();
  const { color, shape } = namedChannels('problem', [
    { name: worstName, colour: ink.strong, dash: [], shape: 'circle' },
    ...otherLooks(problems.length).map((look, i) => ({ name: problems[i], ...look })),
  ]);
  const drawnRows = rows.filter(({ ratio, steps: T }) => ratio >= least && T >= first && T <= last);
  const closest = (id: string): string =>
    Math.max(...rows.filter(({ statement }) => statement === id).map(({ ratio }) => ratio)).toFixed(2);
  return {
    title: heading,
    caption:
      `Measured divided by bound, one line for each problem of the suite (for stale values, one for each k too); 1 is equality. ${findings(closest)} Ratios below ` +
      '10^−3 are not shown.',
    rows: drawnRows,
    spec: {
      title: {
        text: `${heading}: measured / bound`,
        subtitle: `one line per problem (mean of ${seeds} seeds where it is not computed exactly); the grey line is 1`,
      },
      columns: 4,
      spacing: { row: 22, column: 26 },
      concat: shown.map(({ id, key, what }) => ({
        title: statementTitle(`${looks[key].label}: ${what}`, `statement ${id}`),
        width: 190,
        height: 130,
        transform: [{ filter: { field: 'statement', equal: id } }],
        encoding: {
          x: { field: 'steps', type: 'quantitative' as const, ...logarithmic([first, last], 'steps T', 1.15) },
          y: {
            field: 'ratio',
            type: 'quantitative' as const,
            ...logarithmic([least, 1], '', 1.5),
            axis: { ...logarithmic([least, 1], '', 1.5).axis, title: null },
          },
        },
        layer: [
          {
            mark: { type: 'rule' as const, color: ink.line, strokeWidth: 1.4 },
            encoding: {
              x: { value: 0 },
              x2: { value: 'width' as const },
              y: { datum: 1, type: 'quantitative' as const },
            },
          },
          {
            transform: onlyLayer('ratio'),
            mark: { type: 'line' as const, strokeWidth: 1.3, opacity: 0.75, clip: true },
            encoding: { color, detail: { field: 'series', type: 'nominal' as const } },
          },
          {
            transform: onlyLayer('ratio'),
            mark: { type: 'point' as const, filled: true, size: 26, opacity: 0.9, clip: true },
            encoding: { color, shape },
          },
          {
            transform: onlyLayer('worst'),
            mark: { type: 'line' as const, strokeWidth: 2, clip: true },
            encoding: { color },
          },
          {
            transform: onlyLayer('worst'),
            mark: { type: 'point' as const, filled: true, size: 34, opacity: 1, clip: true },
            encoding: { color, shape },
          },
        ],
      })),
    },
  };
}
