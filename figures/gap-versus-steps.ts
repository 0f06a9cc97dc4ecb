import { gapVersusSteps } from '../experiments/gap-versus-steps.js';
import { comparedKeys } from '../experiments/compared.js';
import { drawing } from '../src/figure/drawing.js';
import {
  colourBySchedule,
  dashBySchedule,
  estimateColumns,
  onlyLayer,
  powersOfTen,
  shapeBySchedule,
} from '../src/figure/layers.js';
import { ink, looks, type ScheduleKey } from '../src/figure/theme.js';

const panels = [
  { measure: 'gap', title: 'gap  F_λ(θ_T) − min F_λ' },
  { measure: 'maxGap', title: 'max gap  F_max(θ_T) − min F_max' },
] as const;

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
  // Where each schedule converges to; the level there is what a gap that does not vanish levels off at.
  const limits: { key: ScheduleKey; measure: 'gap' | 'maxGap'; at: keyof typeof landmarks; label: string }[] = [
    { key: 'sequential-sft-dpo', measure: 'gap', at: 'dpo', label: 'Δ, SFT→DPO' },
    { key: 'sequential-dpo-sft', measure: 'gap', at: 'sft', label: 'Δ, DPO→SFT' },
    { key: 'maxright', measure: 'gap', at: 'weightedMax', label: 'F_λ(θ°) − min F_λ' },
    { key: 'sequential-sft-dpo', measure: 'maxGap', at: 'dpo', label: 'F_max at argmin f_DPO' },
    { key: 'sequential-dpo-sft', measure: 'maxGap', at: 'sft', label: 'F_max at argmin f_SFT' },
    { key: 'alright', measure: 'maxGap', at: 'weightedSum', label: 'F_max(θ_λ^*) − min F_max' },
  ];
  const steps = curves.map((row) => row.steps);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const levels = limits.map(({ key, measure, at, label }) => {
    const landmark = landmarks[at];
    const level = 'measures' in landmark ? landmark.measures[measure] : NaN;
    return { layer: 'level', measure, schedule: looks[key].label, steps: first, until: last, mean: level, label };
  });
  const means = [...curves, ...levels].map((row) => row.mean);
  const domain = [10 ** Math.floor(Math.log10(Math.min(...means))), 10 ** Math.ceil(Math.log10(Math.max(...means)))];
  const [delta] = levels;
  return {
    title: 'Sequential levels off; joint schedules keep falling',
    caption:
      `Sequential levels off at its Δ (${delta.mean.toPrecision(3)} for SFT→DPO, λ = ${lambda}) however many steps it is ` +
      `given, while Mix and ALRIGHT keep falling in the gap of F_λ and MAXRIGHT in that of F_max. MAXRIGHT converges to ` +
      `θ°, not to the minimiser of F_λ: the level of F_λ there is drawn too.`,
    rows: [...curves, ...levels],
    spec: {
      title: {
        text: 'Sequential levels off; joint schedules keep falling',
        subtitle: `quadratic pair, λ = ${lambda}, last point of T steps of ${stepSize}; mean and 95 % band of ${seeds} seeds; dashed: exact limits`,
      },
      hconcat: panels.map(({ measure, title }) => ({
        width: 370,
        height: 330,
        transform: [{ filter: { field: 'measure', equal: measure } }],
        encoding: {
          x: {
            field: 'steps',
            type: 'quantitative',
            scale: { type: 'log', domain: [first, last], nice: false },
            axis: { title: 'steps T', ...powersOfTen(1, Math.round(Math.log10(last))) },
          },
          y: {
            field: 'mean',
            type: 'quantitative',
            scale: { type: 'log', domain, nice: false },
            axis: { title, ...powersOfTen(Math.log10(domain[0]), Math.log10(domain[1])) },
          },
        },
        layer: [
          {
            transform: onlyLayer('curve'),
            mark: { type: 'area', opacity: 0.22, clip: true },
            encoding: { y: { field: 'low' }, y2: { field: 'high' }, color: colourBySchedule(comparedKeys) },
          },
          {
            transform: onlyLayer('level'),
            mark: { type: 'rule', strokeWidth: 1.3, strokeDash: [2, 3] },
            encoding: { x2: { field: 'until' }, color: colourBySchedule(comparedKeys) },
          },
          {
            transform: onlyLayer('curve'),
            mark: { type: 'line', clip: true },
            encoding: { color: colourBySchedule(comparedKeys), strokeDash: dashBySchedule(comparedKeys) },
          },
          {
            transform: onlyLayer('curve'),
            mark: { type: 'point', filled: true, size: 45, opacity: 1, clip: true },
            encoding: { color: colourBySchedule(comparedKeys), shape: shapeBySchedule(comparedKeys) },
          },
          {
            transform: onlyLayer('level'),
            mark: { type: 'text', align: 'left', dx: 4, dy: -7, fontSize: 12, color: ink.text },
            encoding: { text: { field: 'label' } },
          },
        ],
      })),
    },
  };
});
