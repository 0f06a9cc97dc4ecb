import { comparisons } from '../src/study/plan.js';
import { drawStages } from './stages.js';
import { llmDrawing, middleLambda, middleRuns, referenceText, setting } from './llm.js';
import { paper } from '../src/schedule/key.js';

const sequentialKeys: ReadonlySet<string> = new Set([paper.sftThenDpo, paper.dpoThenSft]);

/** The first objective's loss of a language model through both stages, beside that of the joint schedules. */
export const llmForgettingFigure = llmDrawing('llm-forgetting', (results) => {
  const { settings, optima } = results;
  const { steps } = settings.scale;
  const orders = comparisons.map((comparison) => {
    const first = comparison === 'sft-dpo' ? ('sft' as const) : ('dpo' as const);
    const runs = middleRuns(results, comparison);
    const share = runs.flatMap(([{ dpoShare }]) => dpoShare ?? [])[0];
    const dpoSteps = Math.round(share * steps);
    return {
      ...{ first, steps, title: first === 'sft' ? 'f_SFT' : 'f_DPO' },
      note: referenceText(results, comparison, [first]),
      switchAfter: first === 'sft' ? steps - dpoSteps : dpoSteps,
      curves: runs.map((rows) => ({
        schedule: rows[0].schedule,
        points: rows.map(({ step, measures }) => ({ step, value: measures[first] })),
      })),
      levels: [{ value: optima[comparison][first], label: 'optimum' }],
    };
  });
  const lambda = middleLambda(results);
  const { rows, views } = drawStages(orders);
  const risen = orders.map(({ title, switchAfter, curves }) => {
    const { points } = curves.find(({ schedule }) => sequentialKeys.has(schedule)) ?? curves[0];
    const at = (step: number): string =>
      (points.find((point) => point.step === step)?.value.mean ?? NaN).toPrecision(3);
    return `${title} goes from ${at(switchAfter)} to ${at(steps)}`;
  });
  const text = 'What the second stage does to the first, in a language model';
  return {
    title: text,
    caption: `Through the second stage of Sequential ${risen.join(', ')}. Beside it the joint schedules at λ = ${lambda}.`,
    rows,
    spec: {
      title: { text, subtitle: `${setting(results)}, λ = ${lambda}; mean and 95 % band` },
      spacing: 36,
      hconcat: views,
    },
  };
});
