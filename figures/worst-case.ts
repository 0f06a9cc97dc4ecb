import { worstCases, type WorstCaseKey, type WorstCasePoint } from '../experiments/worst-case.js';
import { drawing } from '../src/figure/drawing.js';
import { logarithmic, namedChannels, onlyLayer } from '../src/figure/layers.js';
import { ink, looks, maxrightLooks, type Look } from '../src/figure/theme.js';
import { paper } from '../src/schedule/key.js';

/** MAXRIGHT keeps its colour for every period, and what is no schedule of the comparison is grey. */
const methods: Readonly<Record<WorstCaseKey, Look>> = {
  alright: looks.alright,
  maxright: { ...looks.maxright, label: 'MAXRIGHT, k = 1', dash: [] },
  'maxright-stale': { ...maxrightLooks(4)[0], label: 'MAXRIGHT, k = 2', dash: [5, 2], shape: 'square' },
  [paper.sftThenDpo]: looks[paper.sftThenDpo],
  [paper.dpoThenSft]: looks[paper.dpoThenSft],
  'subgradient-best': { label: 'subgradient, best', colour: ink.faint, dash: [], shape: 'square' },
  'subgradient-linear': { label: 'subgradient, last, linear decay', colour: ink.strong, dash: [], shape: 'circle' },
  'subgradient-last': { label: 'subgradient, last, constant', colour: ink.line, dash: [5, 2], shape: 'cross' },
};

const panels = [
  { panel: 'joint', title: 'mean over the run', keys: [paper.alright, paper.maxright, 'maxright-stale'] },
  {
    panel: 'last',
    title: 'last or best point',
    keys: [paper.sftThenDpo, paper.dpoThenSft, 'subgradient-best', 'subgradient-linear', 'subgradient-last'],
  },
] as const;

/** Drawn larger and below others, which they can equal. */
const under: ReadonlySet<WorstCaseKey> = new Set(['maxright-stale', 'subgradient-best']);

/** What a line of the theory is, and its dash. */
const kinds = { met: 'theory, attained', above: 'theory, an upper bound' } as const;

/** Whether the theory is the worst case, as far as that is enclosed. */
function isMet({ theory, worstCase }: WorstCasePoint): boolean {
  return theory !== null && theory - worstCase <= 1e-5 * theory;
}

/** The worst that can happen, by performance estimation, against what the theory says. */
export const worstCaseFigure = drawing('worst-case', worstCases, ({ lambda, overSteps, steps, overLambda }) => {
  const rowOf = (panel: string) => (point: WorstCasePoint) => ({
    layer: point.closedForm ? 'run' : under.has(point.key) ? 'under' : 'estimated',
    panel,
    method: methods[point.key].label,
    lambda: point.lambda,
    steps: point.steps,
    worst: point.worstCase,
    bound: point.dualBound,
    theory: point.theory,
    kind: isMet(point) ? kinds.met : kinds.above,
  });
  const rows = [
    ...panels.flatMap(({ panel, keys }) =>
      overSteps.filter(({ key }) => (keys as readonly string[]).includes(key)).map(rowOf(panel)),
    ),
    ...overLambda.map(rowOf('lambda')),
  ].sort((a, b) => a.steps - b.steps || a.lambda - b.lambda);
  const { color, shape } = namedChannels(
    'method',
    Object.values(methods).map(({ label, ...look }) => ({ name: label, ...look })),
  );
  const legend = { ...color.legend, columns: 4, title: 'points: worst case of the gap' };
  const strokeDash = {
    field: 'kind',
    type: 'nominal' as const,
    title: null,
    scale: { domain: Object.values(kinds), range: [[], [5, 3]] },
    legend: {
      ...color.legend,
      title: 'lines of the same colour',
      symbolType: 'stroke',
      symbolSize: 700,
      symbolStrokeColor: ink.strong,
    },
  };
  const names = (wanted: string): string =>
    [
      ...new Set(rows.filter(({ theory, kind }) => theory !== null && kind === wanted).map(({ method }) => method)),
    ].join('; ');
  const wide = { ...color, legend };
  const shapes = { ...shape, legend };
  const values = rows.flatMap(({ worst, theory }) => (theory === null ? [worst] : [worst, theory]));
  const y = logarithmic(values, '', 1.2);
  const apart = Math.max(...rows.map(({ worst, bound }) => (bound - worst) / bound));
  /** How a worst case goes over the longer half of the horizons. */
  const course = (key: WorstCaseKey): string => {
    const own = overSteps.filter((point) => point.key === key).sort((a, b) => a.steps - b.steps);
    const [from, to] = [own[Math.floor(own.length / 2)], own[own.length - 1]];
    const text = ({ worstCase, steps: T }: WorstCasePoint): string => `${worstCase.toFixed(2)} at T = ${T}`;
    return `${methods[key].label} goes from ${text(from)} to ${text(to)}`;
  };
  const layers = [
    {
      transform: [{ filter: 'isValid(datum.theory)' }],
      mark: { type: 'line' as const, strokeWidth: 1.6 },
      encoding: { y: { field: 'theory', type: 'quantitative' as const }, color: wide, strokeDash },
    },
    {
      transform: onlyLayer('under'),
      mark: { type: 'point' as const, filled: true, size: 130, opacity: 1 },
      encoding: { color: wide, shape: shapes },
    },
    {
      transform: onlyLayer('run'),
      mark: { type: 'point' as const, filled: false, size: 42, strokeWidth: 1.5, opacity: 1 },
      encoding: { color: wide, shape: shapes },
    },
    {
      transform: onlyLayer('estimated'),
      mark: { type: 'point' as const, filled: true, size: 60, opacity: 1 },
      encoding: { color: wide, shape: shapes },
    },
  ];
  const vertical = (title: string) => ({
    field: 'worst',
    type: 'quantitative' as const,
    ...y,
    axis: { ...y.axis, title },
  });
  const heading = (text: string) => ({
    text,
    fontSize: 14,
    fontWeight: 400 as const,
    anchor: 'middle' as const,
    offset: 8,
  });
  return {
    title: 'The worst that can happen',
    caption:
      'Points are worst cases over all convex functions with subgradients of at most 1 and a start at distance 1 of the ' +
      `comparator, by performance estimation; each is enclosed by a run and a dual bound that differ by less than ` +
      `10^${Math.ceil(Math.log10(apart)).toFixed(0).replace('-', '−')} of it. Lines are the theory, attained by ${names(kinds.met) || 'none'}; only an upper bound for ${names(kinds.above) || 'none'}. ` +
      'Open points run ' +
      `the worst function of W. Sequential’s worst case does not vanish: ${course(paper.sftThenDpo)}, ` +
      `${course(paper.dpoThenSft)}.`,
    rows,
    spec: {
      title: {
        text: 'The worst that can happen, and what the theory says',
        subtitle: `points: worst case of the gap by performance estimation (open: the worst function of W, run); lines: theory; MAXRIGHT: gap of F_max, Sequential: last point; steps 1/√T`,
      },
      spacing: 30,
      hconcat: [
        ...panels.map(({ panel, title }, i) => {
          const own = rows.filter((row) => row.panel === panel).map((row) => row.steps);
          return {
            title: heading(`${title}, λ = ${lambda}`),
            width: 285,
            height: 330,
            transform: [{ filter: { field: 'panel', equal: panel } }],
            encoding: {
              x: {
                field: 'steps',
                type: 'quantitative' as const,
                ...logarithmic([Math.min(...own), Math.max(...own)], 'steps T', 1.2),
              },
              y: vertical(i === 0 ? 'worst-case gap' : ''),
            },
            layer: layers,
          };
        }),
        {
          title: heading(`over λ, T = ${steps}`),
          width: 285,
          height: 330,
          transform: [{ filter: { field: 'panel', equal: 'lambda' } }],
          encoding: {
            x: {
              field: 'lambda',
              type: 'quantitative' as const,
              scale: { domain: [0, 1], nice: false },
              axis: { title: 'λ', tickCount: 5 },
            },
            y: vertical(''),
          },
          layer: layers,
        },
      ],
    },
  };
});
