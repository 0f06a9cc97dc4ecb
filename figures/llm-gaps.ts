import { seedMeans, type SeedMean } from '../experiments/llm.js';
import {
  estimateColumns,
  estimateLayers,
  lossAxis,
  onlyLayer,
  panelTitle,
  scheduleChannels,
} from '../src/figure/layers.js';
import { lookOf } from '../src/figure/theme.js';
import { grouped } from '../src/base/grouped.js';
import { comparisons } from '../src/study/plan.js';
import { estimate } from '../src/base/statistics.js';
import { comparisonTitles, llmDrawing, referenceText, runLabel, schedulesOf, setting } from './llm.js';

const panels = [
  { measure: 'sftGap', title: 'f_SFT − f_SFT*' },
  { measure: 'dpoGap', title: 'f_DPO − f_DPO*' },
  { measure: 'idealDistance', title: 'ideal distance' },
  { measure: 'normalizedIdealDistance', title: 'normalised ideal distance' },
] as const;
const [width, height] = [215, 210];
/** How far from one another the marks of the first and of a schedule behind the last stand, where λs stand 1 apart. */
const apart = 0.52;

/** Both optimality gaps and both distances to the ideal point at the end of every run, over λ. */
export const llmGapsFigure = llmDrawing('llm-gaps', (results) => {
  const text = 'What each schedule leaves open, over λ';
  const { lambdas } = results.settings.scale;
  const ends = seedMeans(results).filter(({ step, steps }) => step === steps);
  const keys = schedulesOf(results);
  const rows = comparisons.flatMap((comparison) => {
    const own = ends.filter((row) => row.comparison === comparison);
    const beside = keys.filter((key) => own.some(({ schedule }) => schedule === key));
    return own.flatMap((row) =>
      panels.map(({ measure }) => ({
        ...{ layer: 'end', comparison, measure, schedule: lookOf(row.schedule).label },
        ...{ lambda: row.lambda, place: placeOf(row, lambdas, beside), label: runLabel(row) },
        ...estimateColumns(row.measures[measure]),
      })),
    );
  });
  const channels = scheduleChannels(keys);
  const yOf = (comparison: string, measure: string, title: string) => {
    const own = rows.filter((row) => row.comparison === comparison && row.measure === measure);
    const { axis, ...encoding } = lossAxis(
      own.flatMap(({ low, high }) => [low, high, 0]),
      height,
      title,
    ).encoding;
    return { ...encoding, axis: { ...axis, minExtent: 42 } };
  };
  return {
    title: text,
    caption:
      'At the end of every run: how far each objective is above its optimum, and the distance to the ideal point, plain and with each gap in units of the start’s, with 95 % ' +
      'intervals over seeds. Sequential’s splits stand at the λ that they are compared with. Mean ideal distance over all λ: ' +
      `${comparisons.map((comparison) => `${comparisonTitles[comparison]}: ${meanDistances(comparison, ends)}`).join('; ')}.`,
    rows,
    spec: {
      title: { text, subtitle: `${setting(results)}; below λ the steps of Sequential’s stages, first : second` },
      vconcat: comparisons.map((comparison) => ({
        title: panelTitle(comparisonTitles[comparison], referenceText(results, comparison)),
        hconcat: panels.map(({ measure, title }) => ({
          width,
          height,
          transform: onlyLayer('end', { comparison, measure }),
          encoding: {
            x: {
              field: 'place',
              type: 'quantitative',
              scale: { domain: [-0.5, lambdas.length - 0.5], nice: false },
              axis: {
                ...{ title: 'λ', grid: false, ticks: false, values: lambdas.map((_, i) => i) },
                labelExpr: `${JSON.stringify(axisLabels(lambdas, ends, comparison))}[datum.value]`,
              },
            },
            y: { field: 'mean', ...yOf(comparison, measure, title) },
          },
          layer: estimateLayers(channels, { clip: true }),
        })),
      })),
    },
  };
});

/** Where a mark stands: at the position of its λ, beside those of other schedules. */
function placeOf({ schedule, lambda }: SeedMean, lambdas: readonly number[], keys: readonly string[]): number {
  return (
    lambdas.indexOf(lambda) + (apart / Math.max(4, keys.length)) * (keys.indexOf(schedule) - (keys.length - 1) / 2)
  );
}

/** λ, and below it the split of Sequential that is compared with it. */
function axisLabels(lambdas: readonly number[], ends: readonly SeedMean[], comparison: string): string[][] {
  return lambdas.map((lambda) => {
    const split = ends.find((row) => row.comparison === comparison && row.lambda === lambda && row.dpoShare !== null);
    return [String(lambda), ...(split === undefined ? [] : [runLabel(split)])];
  });
}

/** The ideal distance of every schedule in a comparison, in the mean over its end points, in words. */
function meanDistances(comparison: string, ends: readonly SeedMean[]): string {
  const own = ends.filter((row) => row.comparison === comparison);
  const means = grouped(own, ({ schedule }) => schedule).map((rows) => {
    const distance = estimate(rows.map(({ measures }) => measures.idealDistance.mean)).mean;
    return `${lookOf(rows[0].schedule).label} ${distance.toPrecision(3)}`;
  });
  return means.join(', ');
}
