import { comparedKeys } from '../experiments/compared.js';
import { gapVersusSteps } from '../experiments/gap-versus-steps.js';
import type { ReferenceOptimumName } from '../src/experiment/reference-optima.js';
import { drawing } from '../src/figure/drawing.js';
import {
  estimateColumns,
  labelMark,
  logarithmic,
  onlyLayer,
  scheduleChannels,
  ruleText,
} from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

const panels = [
  { measure: 'gap', title: 'gap F_λ(θ_T) − min F_λ' },
  { measure: 'maxGap', title: 'max gap F_max(θ_T) − min F_max' },
] as const;

/** Where each schedule converges to; the level there is where its measure stops falling. */
const limits: readonly { key: ScheduleKey; measure: 'gap' | 'maxGap'; at: ReferenceOptimumName; label: string }[] = [
  { key: paper.sftThenDpo, measure: 'gap', at: 'dpo', label: 'Δ, SFT→DPO' },
  { key: paper.dpoThenSft, measure: 'gap', at: 'sft', label: 'Δ, DPO→SFT' },
  { key: paper.maxright, measure: 'gap', at: 'chebyshev', label: 'at θ°' },
  { key: paper.sftThenDpo, measure: 'maxGap', at: 'dpo', label: 'at argmin f_DPO' },
  { key: paper.dpoThenSft, measure: 'maxGap', at: 'sft', label: 'at argmin f_SFT' },
  { key: paper.alright, measure: 'maxGap', at: 'weightedSum', label: 'at argmin F_λ' },
];

/** A line of slope −1/2 over the last decade and a half, below all curves. */
function guide(curves: readonly { readonly measure: string; readonly steps: number; readonly mean: number }[]) {
  const last = Math.max(...curves.map(({ steps }) => steps));
  const first = last / 10 ** 1.5;
  const near = curves.filter(({ steps }) => steps >= first);
  const level = 0.6 * Math.min(...near.map(({ steps, mean }) => mean * Math.sqrt(steps)));
  const [{ measure }] = curves;
  return [
    { layer: 'guide', measure, steps: first, mean: level / Math.sqrt(first) },
    { layer: 'guide', measure, steps: last, mean: level / Math.sqrt(last), label: 'slope −1/2' },
  ];
}

/** Both measures of every schedule against the number of steps, with the levels that they cannot pass. */
export const gapVersusStepsFigure = drawing('gap-versus-steps', gapVersusSteps, (results) => {
  const { subject, lambda, referenceOptima, runs, seeds, stepSize } = results;
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
    mean: referenceOptima[at].measures[measure],
    label,
  }));
  const bounds = results.bounds.flatMap(({ key, id, measure, points }) =>
    points.map((point) => ({
      layer: 'bound',
      measure: measure === 'gap' ? 'gap' : 'maxGap',
      schedule: looks[key].label,
      statement: id,
      steps: point.steps,
      mean: point.value,
    })),
  );
  const guides = panels.flatMap(({ measure }) => guide(curves.filter((row) => row.measure === measure)));
  // The bounds of Mix and ALRIGHT differ by less than a line's width; they share a name.
  const names = panels.flatMap(({ measure }) => {
    const ends = bounds.filter((row) => row.measure === measure && row.steps === first);
    const texts = ends.map(({ schedule }) => schedule).join(' and ');
    const bounding = measure === 'gap' ? 'bounds on' : 'bound on the mean over the run,';
    return ends.slice(0, 1).map((row) => ({ ...row, layer: 'bound-name', label: `${bounding} ${texts}` }));
  });
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const shown = [...curves, ...levels, ...bounds, ...guides];
  const y = logarithmic(
    [...shown.map((row) => row.mean), ...curves.map(({ low }) => low).filter((low) => low > 1e-9)],
    '',
  );
  const reached = (key: ScheduleKey, measure: 'gap' | 'maxGap'): string => {
    const own = curves.filter((row) => row.measure === measure && row.schedule === looks[key].label);
    return `${own[0].mean.toPrecision(2)} to ${own[own.length - 1].mean.toPrecision(2)}`;
  };
  const title = subject.given
    ? 'Gaps against the number of steps'
    : 'Sequential levels off, the joint schedules keep falling';
  return {
    title,
    caption:
      `From ${first} to ${last} steps the gap of F_λ goes from ${reached(paper.sftThenDpo, 'gap')} for Sequential, SFT→DPO ` +
      `(its limit: Δ = ${referenceOptima.dpo.measures.gap.toPrecision(3)}), from ${reached(paper.dpoThenSft, 'gap')} for DPO→SFT ` +
      `(Δ = ${referenceOptima.sft.measures.gap.toPrecision(3)}), from ${reached(paper.mix, 'gap')} for Mix and from ` +
      `${reached(paper.alright, 'gap')} for ALRIGHT; that of F_max from ${reached(paper.maxright, 'maxGap')} for MAXRIGHT. Dotted: the ` +
      'values at the points that the schedules converge to, computed with a certificate. Thin: bounds of the statements' +
      (results.bounds.length === 0 ? ', of which none speaks of these runs' : '') +
      '. Grey: the slope −1/2.',
    rows: [...shown, ...names],
    spec: {
      title: {
        text: title,
        subtitle: `${subject.description}, λ = ${lambda}, last point of T steps of size ${ruleText(stepSize)}; mean and 95 % band of ${seeds} seeds; dotted: certified limits; thin: bounds`,
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
            transform: onlyLayer('bound'),
            mark: { type: 'line', strokeWidth: 1.1, clip: true },
            encoding: { color },
          },
          {
            transform: onlyLayer('bound-name'),
            mark: { ...labelMark, align: 'left', dx: 40 },
            encoding: { text: { field: 'label' } },
          },
          {
            transform: onlyLayer('guide'),
            mark: { type: 'line', color: ink.line, strokeWidth: 1.2 },
          },
          {
            transform: [...onlyLayer('guide'), { filter: 'isValid(datum.label)' }],
            mark: { ...labelMark, align: 'left', dx: 8 },
            encoding: { text: { field: 'label' } },
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
