import { remedies, type Remedies } from '../experiments/remedies.js';
import type { RemedyCurve, RemedyPoint } from '../src/experiment/remedy-curves.js';
import { drawing } from '../src/figure/drawing.js';
import type { Layer } from '../src/figure/figure.js';
import { linearDomain, onlyLayer } from '../src/figure/layers.js';
import { ink, looks, ramp } from '../src/figure/theme.js';
import { significant } from '../src/base/text.js';
import { paper } from '../src/schedule/key.js';
import type { Pair } from '../src/schedule/schedule.js';

/** How far above the front a curve may lie, as a part of Sequential's gap, to count as a stretch of it. */
const onFront = 1e-4;

const marks = {
  theory: { name: 'picked by theory or convention', shape: 'circle', colour: ink.strong },
  best: { name: 'best in hindsight', shape: 'diamond', colour: ramp[1] },
  optimum: { name: 'minimiser of F_λ', shape: 'cross', colour: ink.strong },
  end: { name: 'end of Sequential', ...looks[paper.sftThenDpo] },
} as const;

/** What a curve is, seen beside the front. */
type CurveVerdict = 'the front' | 'a part of the front' | 'misses the front';

/** Objective space once for every remedy: the certified front, and the curve that the remedy draws as its parameter moves. */
export const remediesFigure = drawing('remedies', remedies, (results) => {
  const { subject, lambda, sequentialGap, curves } = results;
  const panels = curves
    .map((curve) => ({ curve, verdict: verdictOn(curve, results), rows: panelRows(curve, results) }))
    .sort((a, b) => rank(a) - rank(b) || (a.curve.best?.gap ?? Infinity) - (b.curve.best?.gap ?? Infinity));
  const front = results.front.map(({ dpo, sft }, order) => ({ layer: 'front', order, sft, dpo }));
  const everywhere = [...front, ...panels.flatMap(({ rows }) => rows)];
  const names = (wanted: CurveVerdict): string =>
    panels
      .filter(({ verdict }) => verdict === wanted)
      .map(({ curve: { label } }) => label)
      .join(', ') || 'none';
  const title = 'Which remedies are the front, and which miss it';
  return {
    title,
    caption:
      'Limits of each remedy as its parameter moves, in most from the end of stage one (top left) to that of Sequential (triangle). Solid, on the ' +
      `certified front (grey band), the whole of it: ${names('the front')}; a part of it: ${names('a part of the front')}. Dashed, above ` +
      `it: ${names('misses the front')}. Per cent: what is left at λ = ${lambda} of Sequential’s gap of ${significant(sequentialGap, 3)}, under the ` +
      'value of the parameter that theory picks (or convention, where theory is silent) and under the best in hindsight.',
    rows: everywhere,
    spec: {
      title: {
        text: title,
        subtitle: [
          `${subject.description}, λ = ${lambda}, SFT→DPO; grey band: the certified front; lines: limits over the parameter,`,
          'solid on the front, dashed above it; per cent of Sequential’s gap that is left',
        ],
      },
      columns: 4,
      spacing: { row: 14, column: 16 },
      concat: panels.map(({ curve, verdict }, i) => ({
        title: {
          text: `${curve.label}, ${curve.symbol}`,
          subtitle: [verdict, leftOver(curve, sequentialGap)],
          fontSize: 12,
          fontWeight: verdict === 'misses the front' ? (400 as const) : (600 as const),
          subtitleFontSize: 11,
          subtitlePadding: 2,
          offset: 5,
          anchor: 'start' as const,
          frame: 'group' as const,
        },
        width: 160,
        height: 140,
        encoding: axes(everywhere, { left: i % 2 === 0, below: i >= panels.length - 4 }),
        layer: layersOf(curve.name, verdict),
      })),
    },
  };
});

/** The whole front where both its ends are reached, as far as the frame shows. */
function verdictOn({ points, aboveFront }: RemedyCurve, { sequentialGap, front }: Remedies): CurveVerdict {
  if (aboveFront > onFront * sequentialGap) return 'misses the front';
  const span = (pairs: readonly Pair[]): number =>
    Math.max(...pairs.map(({ sft }) => sft)) - Math.min(...pairs.map(({ sft }) => sft));
  return span(points) > 0.99 * span(front) ? 'the front' : 'a part of the front';
}

function rank({ verdict }: { readonly verdict: CurveVerdict }): number {
  return ['the front', 'a part of the front', 'misses the front'].indexOf(verdict);
}

function leftOver({ byTheory, standard, best }: RemedyCurve, sequentialGap: number): string {
  const percent = ({ gap }: RemedyPoint): string => {
    const part = (100 * gap) / sequentialGap;
    return part < 0.01 ? '0 %' : `${significant(part, 2)} %`;
  };
  const texts = [
    byTheory && `theory ${percent(byTheory)}`,
    standard && `convention ${percent(standard)}`,
    best && `hindsight ${percent(best)}`,
  ];
  return texts.filter((text) => text !== null).join(', ');
}

function panelRows({ name, points, byTheory, standard, best }: RemedyCurve, { optimum, stageTwo }: Remedies) {
  const mark = (of: { readonly name: string }, { sft, dpo }: Pair) => ({
    ...{ layer: 'mark', panel: name, mark: of.name, sft, dpo },
  });
  return [
    ...points.map(({ parameter, sft, dpo, gap }, order) => ({
      ...{ layer: 'curve', panel: name, order, parameter, sft, dpo, gap },
    })),
    mark(marks.end, stageTwo),
    mark(marks.optimum, optimum),
    ...(best === null ? [] : [mark(marks.best, best)]),
    ...[byTheory, standard].flatMap((point) => (point === null ? [] : [mark(marks.theory, point)])),
  ];
}

function axes(rows: readonly Pair[], { left, below }: { readonly left: boolean; readonly below: boolean }) {
  const axis = (of: keyof Pair, title: string, named: boolean) => ({
    field: of,
    type: 'quantitative' as const,
    scale: { domain: linearDomain(rows.map((row) => row[of])), nice: false },
    axis: { title: named ? title : null, labels: named, grid: false, tickCount: 4 },
  });
  return { x: axis('sft', 'f_SFT', below), y: axis('dpo', 'f_DPO', left) };
}

function layersOf(panel: string, verdict: CurveVerdict): Layer[] {
  const kinds = Object.values(marks);
  const order = { field: 'order', type: 'quantitative' as const };
  const legend = {
    orient: 'bottom' as const,
    direction: 'horizontal' as const,
    columns: 4,
    symbolSize: 90,
    offset: 14,
  };
  const names = kinds.map(({ name }) => name);
  return [
    {
      transform: onlyLayer('front'),
      mark: { type: 'line', color: ink.faint, strokeWidth: 8, strokeCap: 'round', strokeJoin: 'round', clip: true },
      encoding: { order },
    },
    {
      transform: onlyLayer('curve', { panel }),
      mark: {
        type: 'line',
        color: ink.strong,
        strokeWidth: 1.6,
        strokeDash: verdict === 'misses the front' ? [4, 3] : [],
        clip: true,
      },
      encoding: { order },
    },
    {
      transform: onlyLayer('mark', { panel }),
      mark: { type: 'point', filled: true, size: 70, opacity: 1, stroke: 'white', strokeWidth: 0.8 },
      encoding: {
        color: {
          field: 'mark',
          type: 'nominal',
          title: null,
          scale: { domain: names, range: kinds.map(({ colour }) => colour) },
          legend,
        },
        shape: {
          field: 'mark',
          type: 'nominal',
          title: null,
          scale: { domain: names, range: kinds.map(({ shape }) => shape) },
          legend,
        },
      },
    },
  ];
}
