import { comparedKeys } from '../experiments/compared.js';
import { gapVersusSteps } from '../experiments/gap-versus-steps.js';
import type { LandmarkName } from '../src/experiment/landmarks.js';
import { drawing } from '../src/figure/drawing.js';
import {
  estimateColumns,
  labelMark,
  logarithmic,
  onlyLayer,
  scheduleChannels,
  ruleText,
} from '../src/figure/layers.js';
import { looks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

const panels = [
  { measure: 'gap', title: 'gap F_λ(θ_T) − min F_λ' },
  { measure: 'maxGap', title: 'max gap F_max(θ_T) − min F_max' },
] as const;

/** Where each schedule converges to; the level there is where its measure stops falling. */
const limits: readonly { key: ScheduleKey; measure: 'gap' | 'maxGap'; at: LandmarkName; label: string }[] = [
  { key: paper.sftThenDpo, measure: 'gap', at: 'dpo', label: 'Δ, SFT→DPO' },
  { key: paper.dpoThenSft, measure: 'gap', at: 'sft', label: 'Δ, DPO→SFT' },
  { key: paper.maxright, measure: 'gap', at: 'weightedMax', label: 'at θ°' },
  { key: paper.sftThenDpo, measure: 'maxGap', at: 'dpo', label: 'at argmin f_DPO' },
  { key: paper.dpoThenSft, measure: 'maxGap', at: 'sft', label: 'at argmin f_SFT' },
  { key: paper.alright, measure: 'maxGap', at: 'weightedSum', label: 'at argmin F_λ' },
];

/** Both measures of every schedule against the number of steps, with the levels that they cannot pass. */
export const gapVersusStepsFigure = drawing('gap-versus-steps', gapVersusSteps, (results) => {
  const { lambda, landmarks, runs, seeds, stepSize } = results;
  const curves = runs.flatMap(({ key, steps, result }) =>
    panels.map(({ measure }) => ({
      layer: 'curve',
      measure,
      schedule: looks[key].label,
      steps,
      ...estimateColumns(result.measures[0][measure], 1e-12),
    })),
  );
  const steps = curves.map((row) => row.steps);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const levels = limits.map(({ key, measure, at, label }) => ({
    layer: 'level',
    measure,
    schedule: looks[key].label,
    steps: first,
    until: last,
    mean: landmarks[at].measures[measure],
    label,
  }));
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const y = logarithmic(
    [...curves, ...levels].map((row) => row.mean),
    '',
  );
  return {
    title: 'Sequential levels off, the joint schedules keep falling',
    caption:
      `Sequential levels off at Δ = ${landmarks.dpo.measures.gap.toPrecision(3)} (SFT→DPO) and ` +
      `${landmarks.sft.measures.gap.toPrecision(3)} (DPO→SFT) however many steps it is given, while Mix and ALRIGHT ` +
      'keep falling in the gap of F_λ and MAXRIGHT in that of F_max. Each converges to a point of its own, and its other ' +
      'measure levels off at the value there, which is computed, not simulated (dotted).',
    rows: [...curves, ...levels],
    spec: {
      title: {
        text: 'Sequential levels off, the joint schedules keep falling',
        subtitle: `quadratic pair on R^10, λ = ${lambda}, last point of T steps of size ${ruleText(stepSize)}; mean and 95 % band of ${seeds} seeds; dotted: the limits, certified`,
      },
      spacing: 36,
      hconcat: panels.map(({ measure, title }) => ({
        width: 350,
        height: 330,
        transform: [{ filter: { field: 'measure', equal: measure } }],
        encoding: {
          x: { field: 'steps', type: 'quantitative', ...logarithmic([first, last], 'steps T', 1) },
          y: { field: 'mean', type: 'quantitative', ...y, axis: { ...y.axis, title } },
        },
        layer: [
          {
            transform: onlyLayer('level'),
            mark: { type: 'rule', strokeWidth: 1.3, strokeDash: [1.5, 3] },
            encoding: { x2: { field: 'until' }, color },
          },
          {
            transform: onlyLayer('curve'),
            mark: { type: 'area', opacity: 0.22, clip: true },
            encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
          },
          { transform: onlyLayer('curve'), mark: { type: 'line', clip: true }, encoding: { color, strokeDash } },
          {
            transform: onlyLayer('curve'),
            mark: { type: 'point', filled: true, size: 45, opacity: 1 },
            encoding: { color, shape },
          },
          {
            transform: onlyLayer('level'),
            mark: { ...labelMark, align: 'left', dx: 8 },
            encoding: { x: { field: 'until', type: 'quantitative' }, text: { field: 'label' } },
          },
        ],
      })),
    },
  };
});
