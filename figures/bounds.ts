import { statements, type Statements } from '../experiments/statements.js';
import { drawing } from '../src/figure/drawing.js';
import type { Figure } from '../src/figure/figure.js';
import { estimateColumns, logarithmic, onlyLayer, scheduleChannels, statementTitle } from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

/** A statement's panel: what is measured in words, and where. */
interface StatementPanel {
  readonly id: string;
  readonly what: string;
  /** Whose it is, where it is no one schedule's. */
  readonly of?: string;
  readonly key?: ScheduleKey;
  /** The problems, at most two; all that there are where absent, measured against bound instead of over T. */
  readonly problems?: readonly string[];
  /** Problems whose names begin so, one for each T, drawn as one. */
  readonly joined?: string;
  readonly variant?: string;
}

const [rough, round] = ['log-linear-five', 'ten-ball'];
const panels: readonly StatementPanel[] = [
  { id: 'S.limit', of: 'Sequential', what: 'limit of stage two' },
  {
    id: 'S.finite',
    what: 'last point, from below',
    key: paper.sftThenDpo,
    problems: ['closed-form'],
    variant: 'sft-dpo',
  },
  {
    id: 'S.finite.mean',
    what: 'last point, quadratics',
    key: paper.sftThenDpo,
    problems: ['closed-form'],
    variant: 'sft-dpo',
  },
  { id: 'Q', of: 'Quadratics', what: 'last point' },
  { id: 'A.average', what: 'average point', key: paper.alright, problems: [rough, round] },
  { id: 'A.last', what: 'last point', key: paper.alright, problems: [rough, round] },
  { id: 'A.last.linear', what: 'last point, linear decay', key: paper.alright, problems: [rough, round] },
  { id: 'A.smooth', what: 'mean, no ball', key: paper.alright, problems: ['closed-form', 'ten-free'] },
  { id: 'A.strong', what: 'distance², no ball', key: paper.alright, problems: ['closed-form', 'ten-free'] },
  { id: 'A.strong.decaying', what: 'distance², 1/t steps', key: paper.alright, problems: ['closed-form', 'ten-free'] },
  { id: 'M.exact', what: 'mean F_max, k = 1', key: paper.maxright, problems: [rough, round] },
  { id: 'M.stale', what: 'mean F_max, k = 10', key: paper.maxright, problems: [rough, round], variant: 'k = 10' },
  { id: 'M.weighted', what: 'steps times w_i', key: paper.maxright, problems: [rough, round] },
  { id: 'M.noisy.expected', what: 'noisy values', key: paper.maxright, problems: ['ten-noisy-values'] },
  {
    id: 'M.noisy.fresh',
    what: 'minibatches, fresh',
    key: paper.maxright,
    problems: ['shared-batch', rough],
    variant: 'k = 1',
  },
  { id: 'M.noisy.shared', what: 'minibatches, shared', key: paper.maxright, problems: ['shared-batch', rough] },
  { id: 'X.average', what: 'average point', key: paper.mix, problems: [rough, round] },
  { id: 'X.last', what: 'last point', key: paper.mix, problems: [rough, round] },
  { id: 'X.smooth', what: 'mean, no ball', key: paper.mix, problems: ['closed-form', 'plane-free'] },
  { id: 'X.strong', what: 'distance², no ball', key: paper.mix, problems: ['closed-form', 'ten-free'] },
  { id: 'W.alright', what: 'worst function', key: paper.alright, joined: 'max-of-' },
  { id: 'W.maxright', what: 'worst function', key: paper.maxright, joined: 'max-of-' },
  { id: 'W.last.linear', what: 'worst function, last point', key: paper.alright, joined: 'max-of-' },
  { id: 'P.certificate', of: 'Solver', what: 'gap, certificate' },
];

/** The schedule behind a variant of S.limit and Q. */
const variantKeys: Readonly<Record<string, ScheduleKey>> = {
  'sft-dpo': paper.sftThenDpo,
  'dpo-sft': paper.dpoThenSft,
  sequential: paper.sftThenDpo,
  mix: paper.mix,
  alright: paper.alright,
};

const keys: readonly ScheduleKey[] = [paper.sftThenDpo, paper.dpoThenSft, paper.mix, paper.alright, paper.maxright];

/** The panels that are shown first; the others are the supplement. */
const main: ReadonlySet<string> = new Set([
  ...['S.limit', 'S.finite.mean', 'Q', 'A.average', 'A.last', 'A.smooth', 'M.exact', 'M.stale'],
  ...['M.noisy.fresh', 'X.last', 'W.alright', 'P.certificate'],
]);

/** The main statements: what is measured, and what it may be at most, at least, or exactly. */
export const boundsFigure = drawing('bounds', statements, (results) =>
  drawBounds(
    results,
    panels.filter(({ id }) => main.has(id)),
    'Statements, measured against their bounds',
  ),
);

/** The other statements, in the same way. */
export const boundsSupplementFigure = drawing('bounds-supplement', statements, (results) =>
  drawBounds(
    results,
    panels.filter(({ id }) => !main.has(id)),
    'Further statements, measured against their bounds',
  ),
);

function drawBounds(results: Statements, shown: readonly StatementPanel[], heading: string): Omit<Figure, 'name'> {
  const { seeds } = results;
  const drawn = shown.map((panel) => ({ panel, rows: rowsOf(panel, results) }));
  const { color } = scheduleChannels(keys);
  const problems = new Set(drawn.flatMap(({ rows }) => rows.map(({ problem }) => problem)));
  return {
    title: heading,
    caption:
      'Coloured: what is measured; grey: the bound. Upper bounds (A, M, X) lie above, lower bounds (S) below, and what W ' +
      `claims to be equal is. Filled and open points are two problems of the suite, ${problems.size} of which appear here; for W each T has its own. ` +
      'Panels without T show measured against bound over all problems, with equality as a line. Bounds of S below 0 say ' +
      'nothing and are left out.',
    rows: drawn.flatMap(({ rows }) => rows),
    spec: {
      title: {
        text: heading,
        subtitle: [
          `coloured: measured, mean and 95 % band of ${seeds} seeds (no band: computed exactly); grey: the bound;`,
          'filled points and solid bound, open points and dashed bound: two problems, named above the panels',
        ],
      },
      columns: 4,
      spacing: { row: 22, column: 26 },
      concat: drawn.map(({ panel, rows }) => {
        const { problems = [] } = panel;
        const title = statementTitle(
          `${panel.key === undefined ? (panel.of ?? '') : looks[panel.key].label.split(',')[0]}: ${panel.what}`,
          [`statement ${panel.id}`, problems.map((name, i) => `${'●○'[i]} ${name}`).join('  ') || ' '],
        );
        const size = { width: 190, height: 130 };
        const transform = [{ filter: { field: 'statement', equal: panel.id } }];
        const values = rows.flatMap(({ mean, low, bound }) => [mean, low, bound]).filter((value) => value > 0);
        const y = logarithmic(values, '', 1.6);
        const channel = { field: 'mean', type: 'quantitative' as const, ...y };
        if (panel.problems === undefined && panel.joined === undefined) {
          const x = { ...y, axis: { ...y.axis, title: 'bound' } };
          return {
            title,
            ...size,
            transform,
            encoding: {
              x: { field: 'bound', type: 'quantitative' as const, ...x },
              y: { ...channel, axis: { ...y.axis, title: 'measured' } },
            },
            layer: [
              {
                mark: { type: 'line' as const, color: ink.line, strokeWidth: 1.6 },
                encoding: { y: { field: 'bound', type: 'quantitative' as const } },
              },
              {
                mark: { type: 'rule' as const, strokeWidth: 1.5, clip: true },
                encoding: {
                  y: { field: 'low' },
                  y2: { field: 'high' },
                  ...(panel.id === 'P.certificate' ? {} : { color }),
                },
              },
              {
                mark: {
                  type: 'point' as const,
                  filled: true,
                  size: 42,
                  opacity: 1,
                  ...(panel.id === 'P.certificate' ? { color: ink.strong } : {}),
                },
                encoding: panel.id === 'P.certificate' ? {} : { color },
              },
            ],
          };
        }
        const steps = rows.map((row) => row.steps);
        return {
          title,
          ...size,
          transform,
          encoding: {
            x: {
              field: 'steps',
              type: 'quantitative' as const,
              ...logarithmic([Math.min(...steps), Math.max(...steps)], 'steps T', 1.15),
            },
            y: { ...channel, axis: { ...y.axis, title: null } },
            detail: { field: 'series', type: 'nominal' as const },
          },
          layer: [
            {
              transform: onlyLayer('measured'),
              mark: { type: 'area' as const, opacity: 0.22, clip: true },
              encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
            },
            {
              transform: [{ filter: 'datum.bound > 0' }],
              mark: { type: 'line' as const, color: ink.line, strokeWidth: 2.6, clip: true },
              encoding: {
                y: { field: 'bound', type: 'quantitative' as const },
                strokeDash: {
                  field: 'place',
                  type: 'nominal' as const,
                  scale: { domain: ['first', 'second'], range: [[], [5, 3]] },
                  legend: null,
                },
              },
            },
            { mark: { type: 'line' as const, strokeWidth: 1.4, clip: true }, encoding: { color } },
            {
              transform: [{ filter: "datum.place === 'first'" }],
              mark: { type: 'point' as const, filled: true, size: 42, opacity: 1 },
              encoding: { color },
            },
            {
              transform: [{ filter: "datum.place === 'second'" }],
              mark: { type: 'point' as const, filled: false, fill: '#FFFFFF', strokeWidth: 1.6, size: 38, opacity: 1 },
              encoding: { color },
            },
          ],
        };
      }),
    },
  };
}

function rowsOf({ id, key, problems, joined, variant }: StatementPanel, { checks }: Statements) {
  return checks
    .filter((check) => check.id === id && check.measured.mean > 0)
    .filter(({ problem, bound }) =>
      joined === undefined ? (problems?.includes(problem) ?? bound > 0) : problem.startsWith(joined),
    )
    .filter((check) => variant === undefined || check.variant === variant)
    .sort((a, b) => a.steps - b.steps)
    .map((check) => {
      const owner = key ?? (id === 'P.certificate' ? undefined : variantKeys[check.variant]);
      return {
        layer: 'measured',
        statement: id,
        problem: check.problem,
        series: joined ?? check.problem,
        place: problems === undefined || check.problem === problems[0] ? 'first' : 'second',
        lambda: check.lambda,
        ...(owner === undefined ? {} : { schedule: looks[owner].label }),
        steps: check.steps,
        ...estimateColumns(check.measured, check.measured.mean / 100),
        bound: check.bound,
      };
    });
}
