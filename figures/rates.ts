import { rates } from '../experiments/rates.js';
import type { Checked } from '../src/experiment/checks.js';
import { drawing } from '../src/figure/drawing.js';
import {
  estimateColumns,
  labelMark,
  linearDomain,
  logarithmic,
  onlyLayer,
  scheduleChannels,
} from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

const keys: readonly ScheduleKey[] = [paper.sftThenDpo, paper.dpoThenSft, paper.alright, paper.maxright];

/** How fast every schedule's gap falls: the slope of its logarithm, with its interval. */
export const ratesFigure = drawing('rates', rates, (results) => {
  const { lambda, seeds, slopes } = results;
  const end = Math.max(...slopes.map(({ steps }) => steps));
  const rows = slopes
    .map((slope) => ({
      layer: 'slope',
      schedule: looks[keyOf(slope)].label,
      steps: slope.steps,
      // Beside each other where they would hide each other.
      place: slope.steps * 1.12 ** (keys.indexOf(keyOf(slope)) - 1.5),
      ...estimateColumns(slope.measured),
    }))
    .sort((a, b) => a.steps - b.steps);
  const last = rows
    .filter(({ steps }) => steps === end)
    .map((row) => ({ ...row, layer: 'end', label: intervalText(row) }));
  const levels = [
    { layer: 'level', mean: 0, label: '0' },
    { layer: 'level', mean: -0.5, label: '−1/2' },
  ];
  const { color, strokeDash, shape } = scheduleChannels(keys);
  const ends = rows.map(({ steps }) => steps);
  const power = `10^${Math.log10(end).toFixed(0)}`;
  const order = keys.map((key) => looks[key].label);
  const named = (holdsZero: boolean): string =>
    order
      .filter((name) =>
        last.some(({ schedule, low, high }) => schedule === name && (low <= 0 && high >= 0) === holdsZero),
      )
      .join('; ');
  return {
    title: 'Sequential’s gap has stopped falling, the joint schedules’ falls like 1/√T',
    caption:
      `The slope of log gap against log T, fitted over the decade that ends at T. At T = ${power} the ` +
      `95 % intervals with 0 in them are those of: ${named(true) || 'none'}; those without: ${named(false) || 'none'}. Gaps are ` +
      'of F_λ at the last point, for MAXRIGHT of F_max in the mean over the run; ALRIGHT’s is computed exactly, and its ' +
      'interval is that of the fit.',
    rows: [...rows, ...last, ...levels],
    spec: {
      title: {
        text: 'Sequential’s gap has stopped falling, the joint schedules’ falls like 1/√T',
        subtitle: `f_DPO = ½(θ − 1)², f_SFT = ½(θ + 1)² with gradient noise, λ = ${lambda}, steps 1/√T; slopes over a decade with 95 % intervals, ${seeds} seeds`,
      },
      spacing: 40,
      hconcat: [
        {
          width: 400,
          height: 320,
          encoding: {
            x: {
              field: 'place',
              type: 'quantitative',
              ...logarithmic([Math.min(...ends), end], 'last T of the decade', 1.5),
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
              encoding: { color, strokeDash },
            },
            {
              transform: onlyLayer('slope'),
              mark: { type: 'rule', strokeWidth: 2 },
              encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
            },
            {
              transform: onlyLayer('slope'),
              mark: { type: 'point', filled: true, size: 65, opacity: 1 },
              encoding: { color, shape },
            },
          ],
        },
        {
          title: {
            text: `at T = ${power}`,
            fontSize: 14,
            fontWeight: 400,
            anchor: 'middle',
            frame: 'group',
            offset: 8,
          },
          width: 330,
          height: 320,
          encoding: {
            y: {
              field: 'schedule',
              type: 'nominal',
              sort: order,
              axis: { title: null, ticks: false, domain: false, labelPadding: 8 },
            },
            x: {
              field: 'mean',
              type: 'quantitative',
              scale: {
                domain: linearDomain([...last.flatMap(({ low, high }) => [low, high]), 0, -0.5], 0.12),
                nice: false,
              },
              axis: { title: 'slope of log gap in log T', tickCount: 6, grid: false },
            },
          },
          layer: [
            {
              transform: onlyLayer('level'),
              mark: { type: 'rule', color: ink.line, strokeDash: [1.5, 3], strokeWidth: 1.3 },
              encoding: { y: { value: 0 }, y2: { value: 'height' } },
            },
            {
              transform: onlyLayer('end'),
              mark: { type: 'rule', strokeWidth: 2.5 },
              encoding: { x: { field: 'low' }, x2: { field: 'high' }, color },
            },
            {
              transform: onlyLayer('end'),
              mark: { type: 'point', filled: true, size: 65, opacity: 1 },
              encoding: { color, shape },
            },
            {
              transform: onlyLayer('end'),
              mark: { ...labelMark, dy: 0 },
              encoding: { x: { value: 165 }, text: { field: 'label' } },
            },
          ],
        },
      ],
    },
  };
});

function keyOf({ id, variant }: Checked): ScheduleKey {
  if (id === 'R.sequential') return variant === 'sft-dpo' ? paper.sftThenDpo : paper.dpoThenSft;
  return id === 'R.alright' ? paper.alright : paper.maxright;
}

function intervalText({ low, high }: { low: number; high: number }): string {
  const digits = (value: number): string => value.toFixed(4).replace('-', '−');
  return `[${digits(low)}, ${digits(high)}]`;
}
