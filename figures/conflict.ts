import { comparedKeys } from '../experiments/compared.js';
import { conflict } from '../experiments/conflict.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, logarithmic, measuredWithLimits, scheduleChannels, ruleText } from '../src/figure/layers.js';
import { looks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

const limits = [
  { key: paper.sftThenDpo, at: 'dpo' },
  { key: paper.dpoThenSft, at: 'sft' },
  { key: paper.maxright, at: 'chebyshev' },
] as const;

/** The gap of every schedule against how much the two data sets disagree. */
export const conflictFigure = drawing('conflict', conflict, (results) => {
  const { lambda, steps, batch, stepSize, seeds, referenceOptima, runs } = results;
  const points = runs.map((run) => ({
    layer: 'point',
    schedule: looks[run.key].label,
    conflict: run.conflict,
    ...estimateColumns(run.result.measures[0].gap, 1e-12),
  }));
  const smallest = Math.min(...points.map(({ mean }) => mean));
  const curves = limits.flatMap(({ key, at }) =>
    referenceOptima.map((each) => ({
      layer: 'limit',
      schedule: looks[key].label,
      conflict: each.conflict,
      mean: each.at[at].measures.gap,
    })),
  );
  /** The gap of a schedule under the least and the most conflict. */
  const fromTo = (key: ScheduleKey): string => {
    const own = points.filter(({ schedule }) => schedule === looks[key].label);
    return [own[0], own[own.length - 1]].map(({ mean }) => mean.toPrecision(2)).join(' to ');
  };
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  return {
    title: 'Sequential pays for conflict between the data',
    caption:
      `As the preferences go from agreeing with the demonstrations (−1) to opposing them (1), the gap of Sequential rises ` +
      `with its limit Δ, from ${fromTo(paper.sftThenDpo)} for SFT→DPO, while that of ALRIGHT only goes from ` +
      `${fromTo(paper.alright)}. MAXRIGHT goes to another point (dotted: F_λ there) and here chooses by minibatches, which ` +
      'leaves it a level of its own.',
    rows: [...points, ...curves.filter(({ mean }) => mean > smallest / 10)],
    spec: {
      title: {
        text: 'Sequential pays for conflict between the data',
        subtitle: [
          `log-linear pairs on R^10, λ = ${lambda}, last point of ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}`,
          `mean and 95 % interval of ${seeds} seeds; dotted: the limits, certified`,
        ],
      },
      width: 640,
      height: 360,
      encoding: {
        x: {
          field: 'conflict',
          type: 'quantitative',
          scale: { domain: [-1.05, 1.05], nice: false },
          axis: { tickCount: 5, title: 'conflict, from aligned (−1) over unrelated (0) to opposed (1)' },
        },
        y: {
          field: 'mean',
          type: 'quantitative',
          ...logarithmic(
            points.map(({ mean }) => mean),
            'gap F_λ(θ_T) − min F_λ',
          ),
        },
      },
      layer: measuredWithLimits({ color, strokeDash, shape }, 65),
    },
  };
});
