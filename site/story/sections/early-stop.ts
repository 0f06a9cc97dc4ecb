import { paper, variants } from '../../../src/schedule/key.js';
import { remediesCommand } from '../../playground/command.js';
import { landscapeView } from '../../playground/landscape.js';
import type { Shown } from '../../playground/shown.js';
import type { CurvePoint } from '../../../src/remedy/curve.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { stopView } from '../stop-view.js';
import { counted, percent, said } from '../words.js';

const remedy = 'best-checkpoint';
const stage = 64;

/** The gap of a stage two that runs to its end. */
const limitOf = ({ remedies }: Shown): number | undefined => remedies.find(({ name }) => name !== remedy)?.limit?.gap;

const stoppedAt = ({ progress }: Shown): number => Math.round(progress * 2 * stage) - stage;

const stopOf = ({ remedies }: Shown, value: number): CurvePoint | undefined =>
  remedies.find(({ name }) => name === remedy)?.curve.find(({ parameter }) => parameter === value);

/** "Then stop earlier": what an early stop can and cannot do, in two dimensions. */
export const earlyStop: Section = {
  id: 'early-stop',
  control: {
    label: 'Stop stage two after',
    initial: 8,
    least: 0,
    most: stage,
    step: 1,
    text: (value) => `${value} steps`,
  },
  needs: ['scene', 'remedies', 'runs'],
  // Without noise, so that the path is the mean one and its best point is known.
  state: () => {
    const { quadratic, ...rest } = storyState({
      schedules: [paper.sftThenDpo],
      remedies: [variants[paper.sftThenDpo].schedule, remedy],
      steps: 2 * stage,
      stepSize: '0.1',
      seeds: 1,
    });
    return { ...rest, quadratic: { ...quadratic, noise: 0 } };
  },
  views: ([landscape, gaps]) => {
    return [
      landscapeView(landscape, { marked: ['start', 'sft', 'dpo', 'weightedSum'] }),
      stopView(gaps, (shown) => {
        const found = shown.remedies.find(({ name }) => name === remedy);
        const limit = limitOf(shown);
        if (found === undefined || limit === undefined) return undefined;
        return { curve: found.curve, stop: stoppedAt(shown), best: Number(found.value), limit };
      }),
    ];
  },
  progress: (value) => (stage + value) / (2 * stage),
  sentence(shown, value) {
    const found = shown.remedies.find(({ name }) => name === remedy);
    const all = limitOf(shown);
    const stop = stopOf(shown, value);
    if (found?.limit === undefined || stop === undefined || all === undefined) return undefined;
    const { limit, value: best } = found;
    const side =
      value < Number(best)
        ? 'Too early: DPO is hardly learnt.'
        : value > Number(best)
          ? 'Too late: SFT is on its way out.'
          : 'No other stop is better.';
    return `Stopped after ${counted(value)} steps of stage two, the gap is ${said('gap', stop.gap)}. ${side} The best stop, after ${said('best', Number(best))}, leaves ${said('best-gap', limit.gap)}, ${percent(limit.gap, all)} of what a stage two that runs to its end leaves: the path passes beside θ*<sub>λ</sub>, and no stop is on it. To find that step takes both losses at every step.`;
  },
  command: ({ state }) => remediesCommand(state),
};
