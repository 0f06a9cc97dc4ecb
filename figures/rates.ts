import { comparedKeys } from '../experiments/compared.js';
import { rates } from '../experiments/rates.js';
import { drawing } from '../src/figure/drawing.js';
import {
  estimateColumns,
  linearDomain,
  logarithmic,
  onlyLayer,
  ruleText,
  scheduleChannels,
} from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';

/** How fast every schedule's gap falls where the step size does not decide it: the slope of its logarithm, with its interval. */
export const ratesFigure = drawing('rates', rates, ({ lambda, stepSize, seeds, groups, curvatureSeen, slopes }) => {
  const end = Math.max(...slopes.map(({ steps }) => steps));
  const rows = slopes.map(({ key, steps, slope }) => ({
    layer: 'slope',
    schedule: looks[key].label,
    steps,
    // Beside each other where they would hide each other.
    place: steps * 1.1 ** (comparedKeys.indexOf(key) - 2),
    ...estimateColumns(slope),
  }));
  const levels = [0, -0.5].map((mean) => ({ layer: 'level', mean }));
  const last = rows.filter(({ steps }) => steps === end);
  const texts = Object.fromEntries(last.map((row) => [row.schedule, `${row.schedule}: ${intervalText(row)}`]));
  const falling = last.filter(({ high }) => high < 0).map(({ schedule }) => schedule);
  const atLeastRoot = last.filter(({ low }) => low <= -0.5).map(({ schedule }) => schedule);
  const power = `10^${Math.log10(end).toFixed(0)}`;
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const inColumn = <Channel extends { readonly legend: object }>(channel: Channel) => ({
    ...channel,
    legend: {
      ...channel.legend,
      columns: 1,
      direction: 'vertical' as const,
      labelExpr: `(${JSON.stringify(texts)})[datum.label]`,
    },
  });
  const title = 'How fast the gaps fall where the steps do not decide it';
  return {
    title,
    caption:
      `The slope of log gap against log T, fitted over the decade that ends at T. On this ill-conditioned pair αμT is ${curvatureSeen.toPrecision(1)} at the longest runs, so that ` +
      'strong convexity and a floor of noise of the order of α do not make the slope. Over the last decade, to ' +
      `T = ${power}, the gaps of ${falling.join(', ') || 'none'} fall by their 95 % intervals, and those of ${atLeastRoot.join(', ') || 'none'} may fall as fast as 1/√T or faster. Gaps are of F_λ at the last point, for ` +
      'MAXRIGHT of F_max. A bound of the order of 1/√T is no statement on slopes: these are observations on one pair.',
    rows: [...rows, ...levels],
    spec: {
      title: {
        text: title,
        subtitle: [
          `quadratic pair on R^10, condition 10^4, λ = ${lambda}, steps ${ruleText(stepSize)}, exact values for MAXRIGHT;`,
          `95 % intervals from ${groups} groups of ${seeds / groups} seeds; below: slope over the last decade`,
        ],
      },
      width: 520,
      height: 320,
      encoding: {
        x: {
          field: 'place',
          type: 'quantitative',
          ...logarithmic([Math.min(...rows.map(({ steps }) => steps)), end], 'last T of the decade', 1.5),
        },
        y: {
          field: 'mean',
          type: 'quantitative',
          scale: {
            domain: linearDomain(
              rows.flatMap(({ low, high }) => [low, high, 0, -0.5]),
              0.05,
            ),
            nice: false,
          },
          axis: { title: 'slope of log gap in log T', grid: false },
        },
      },
      layer: [
        {
          transform: onlyLayer('level'),
          mark: { type: 'rule', color: ink.line, strokeDash: [1.5, 3], strokeWidth: 1.3 },
          encoding: { x: { value: 0 }, x2: { value: 'width' } },
        },
        {
          transform: onlyLayer('slope'),
          mark: { type: 'line', strokeWidth: 1.4 },
          encoding: { color: inColumn(color), strokeDash },
        },
        {
          transform: onlyLayer('slope'),
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { y: { field: 'low' }, y2: { field: 'high' }, color: inColumn(color) },
        },
        {
          transform: onlyLayer('slope'),
          mark: { type: 'point', filled: true, size: 65, opacity: 1 },
          encoding: { color: inColumn(color), shape: inColumn(shape) },
        },
      ],
    },
  };
});

function intervalText({ mean, low, high }: Readonly<Record<'mean' | 'low' | 'high', number>>): string {
  const digits = (value: number): string => value.toFixed(2).replace('-', '−');
  return `${digits(mean)} [${digits(low)}, ${digits(high)}]`;
}
