import type { View } from '../src/figure/figure.js';
import { labelMark, lossAxis, namedChannels, onlyLayer, panelTitle } from '../src/figure/layers.js';
import { ink } from '../src/figure/theme.js';
import { comparisons, type Comparison } from '../src/study/plan.js';
import type { ChoiceRow } from '../src/study/results.js';
import { comparisonTitles, llmDrawing, middleLambda, setting } from './llm.js';
import { paper } from '../src/schedule/key.js';

/** How the two objectives are told apart: in greys, for the colours belong to the schedules. */
const objectives = [
  { name: 'SFT', colour: '#A6A6A6', dash: [6, 3], shape: 'square' },
  { name: 'DPO', colour: ink.text, dash: [], shape: 'square' },
] as const;
const [width, stripHeight, gapHeight] = [430, 170, 210];

/** MAXRIGHT's choices over time, for every λ, and the weighted gaps that they follow. */
export const llmChoicesFigure = llmDrawing(
  'llm-choices',
  (results) => {
    const { settings } = results;
    const choices = results.choices.filter(({ schedule }) => schedule === paper.maxright);
    const text = 'What MAXRIGHT chooses';
    const { lambdas, steps } = settings.scale;
    const middle = middleLambda(results);
    const firstSeed = choices.filter((row) => row.seed === settings.seed && row.steps === steps);
    const strips = stretches(firstSeed).map(({ first, last }) => ({
      ...{ layer: 'choice', comparison: first.comparison, lambda: first.lambda },
      ...{ from: first.step - 1, step: last.step, objective: first.choice.toUpperCase() },
    }));
    const shares = comparisons.flatMap((comparison) =>
      lambdas.map((lambda) => {
        const own = choices.filter(
          (row) => row.comparison === comparison && row.lambda === lambda && row.steps === steps,
        );
        const share = own.filter(({ choice }) => choice === 'dpo').length / own.length;
        return { layer: 'share', comparison, lambda, share, label: `${Math.round(100 * share)} %` };
      }),
    );
    // A row holds the records that its step left: what the next step goes by, so that they stand where that one is shown.
    const gaps = firstSeed
      .filter(({ lambda }) => lambda === middle)
      .flatMap(({ comparison, step, sftWeightedGap, dpoWeightedGap }) => [
        { layer: 'gap', comparison, step, objective: 'SFT', gap: sftWeightedGap },
        { layer: 'gap', comparison, step, objective: 'DPO', gap: dpoWeightedGap },
      ]);
    const means = comparisons.flatMap((comparison) =>
      objectives.flatMap(({ name }) =>
        movingMeans(
          gaps.filter((row) => row.comparison === comparison && row.objective === name),
          windowOf(steps),
        ),
      ),
    );
    const below = gaps.filter(({ gap }) => gap < 0).length / gaps.length;
    return {
      title: text,
      caption:
        `Above, the objective that every step of MAXRIGHT worked on for each λ (seed ${settings.seed}), with DPO’s share of the steps over ` +
        `all seeds; below, the weighted gaps that it goes by, at λ = ${middle}: both are evaluated every ${String(settings.period)} steps, in ` +
        `between only the chosen one’s is refreshed, by its own step (faint; strong: means over ${windowOf(steps)} steps). ` +
        `${(100 * below).toFixed(0)} % of them are below 0: a gap is the loss of one minibatch less the optimum over all examples, and an easy minibatch lies below that.`,
      rows: [...strips, ...shares, ...gaps, ...means],
      spec: {
        title: { text, subtitle: `${setting(results)}; MAXRIGHT’s first seed; shares of DPO steps over all` },
        hconcat: comparisons.map((comparison) => {
          const own = gaps.filter((row) => row.comparison === comparison).map(({ gap }) => gap);
          return {
            vconcat: [
              stripView(comparison, steps),
              gapView(comparison, steps, middle, lossAxis([...own, 0], gapHeight, 'weighted gap').encoding),
            ],
          };
        }),
      },
    };
  },
  { table: 'choices', otherwise: 'no schedule that goes by weighted gaps was compared' },
);

const { color, strokeDash } = namedChannels('objective', objectives);

/** The axis of steps. */
function stepAxis(steps: number) {
  return {
    type: 'quantitative' as const,
    scale: { domain: [0, steps], nice: false },
    axis: { title: 'step', grid: false, tickCount: 6 },
  };
}

/** For every λ a strip of the steps in the colours of the objectives. */
function stripView(comparison: Comparison, steps: number): View {
  return {
    title: panelTitle(comparisonTitles[comparison]),
    width,
    height: stripHeight,
    encoding: {
      y: { field: 'lambda', type: 'ordinal', axis: { title: 'λ', ticks: false, domain: false, labelPadding: 6 } },
    },
    layer: [
      {
        transform: onlyLayer('choice', { comparison }),
        mark: { type: 'bar', height: { band: 0.66 } },
        encoding: { x: { field: 'from', ...stepAxis(steps) }, x2: { field: 'step' }, color },
      },
      {
        transform: onlyLayer('share', { comparison }),
        mark: { ...labelMark, align: 'left', baseline: 'middle', dx: 8 },
        encoding: { x: { value: 'width' }, text: { field: 'label' } },
      },
    ],
  };
}

/** Both weighted gaps as MAXRIGHT holds them, by step. */
function gapView(
  comparison: Comparison,
  steps: number,
  lambda: number,
  y: ReturnType<typeof lossAxis>['encoding'],
): View {
  return {
    title: { text: `λ = ${lambda}`, fontSize: 13, fontWeight: 400, anchor: 'middle', offset: 6 },
    width,
    height: gapHeight,
    encoding: { x: { field: 'step', ...stepAxis(steps) }, y: { field: 'gap', ...y } },
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: 'rule', color: ink.line, strokeDash: [1.5, 3] },
        encoding: { x: { value: 0 }, x2: { value: 'width' }, y: { field: 'zero', type: 'quantitative' } },
      },
      {
        transform: onlyLayer('gap', { comparison }),
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 0.8, opacity: 0.5, clip: true },
        encoding: { color },
      },
      {
        transform: onlyLayer('mean', { comparison }),
        mark: { type: 'line', strokeWidth: 2.4, clip: true },
        encoding: { color, strokeDash },
      },
    ],
  };
}

/** Steps that a moving mean is taken over. */
function windowOf(steps: number): number {
  return Math.max(1, Math.round(steps / 20));
}

/** The means over windows of steps, each at the middle of its own. */
function movingMeans<Row extends { readonly step: number; readonly gap: number }>(
  rows: readonly Row[],
  window: number,
) {
  return rows.slice(0, Math.max(0, rows.length - window + 1)).map((first, i) => {
    const within = rows.slice(i, i + window);
    const gap = within.reduce((sum, row) => sum + row.gap, 0) / window;
    return { ...first, layer: 'mean', step: (first.step + within[within.length - 1].step) / 2, gap };
  });
}

/** The stretches of steps on one objective. */
function stretches(rows: readonly ChoiceRow[]): { first: ChoiceRow; last: ChoiceRow }[] {
  const found: { first: ChoiceRow; last: ChoiceRow }[] = [];
  for (const row of rows) {
    const open = found[found.length - 1] as (typeof found)[number] | undefined;
    const goesOn =
      open !== undefined &&
      open.last.step === row.step - 1 &&
      open.last.choice === row.choice &&
      open.last.lambda === row.lambda &&
      open.last.comparison === row.comparison;
    if (goesOn) open.last = row;
    else found.push({ first: row, last: row });
  }
  return found;
}
