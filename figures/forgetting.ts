import { compared } from '../experiments/compared.js';
import { comparison } from '../experiments/comparison.js';
import { drawing } from '../src/figure/drawing.js';
import { ruleText } from '../src/figure/layers.js';
import { looks } from '../src/figure/theme.js';
import { drawStages } from './stages.js';
import { paper } from '../src/schedule/key.js';
import { sequential } from '../src/schedule/sequential.js';

const orders = [
  { first: 'sft', second: 'dpo', key: paper.sftThenDpo, title: 'f_SFT' },
  { first: 'dpo', second: 'sft', key: paper.dpoThenSft, title: 'f_DPO' },
] as const;

/** The first objective's loss through both stages, beside that of the joint schedules. */
export const forgettingFigure = drawing('forgetting', comparison, (results) => {
  const { subject, lambda, steps, batch, stepSize, seeds, referenceOptima, forgettingIsKl, runs } = results;
  const { rows, views } = drawStages(
    orders.map(({ first, second, key: own, title }) => ({
      first,
      title,
      steps,
      switchAfter: steps / 2,
      curves: runs
        .filter(({ key }) => key === own || compared[key].schedule !== sequential.name)
        .map(({ key, result }) => ({
          schedule: key,
          points: result.steps.map((step, i) => ({ step, value: result.measures[i][first] })),
        })),
      levels: [
        { value: referenceOptima[first].measures[first], label: 'minimum' },
        { value: referenceOptima[second].measures[first], label: `at argmin f_${second.toUpperCase()}` },
      ],
    })),
  );
  const risen = (key: string, name: 'sft' | 'dpo'): string => {
    const result = runs.find((run) => run.key === key)?.result;
    if (result === undefined) throw new Error(`no run of ${key}`);
    const values = result.measures.map((measure) => measure[name].mean);
    return `${Math.min(...values).toFixed(2)} to ${values[values.length - 1].toFixed(2)}`;
  };
  /** Where the joint schedules begin and end, as in "1.61 → 0.93". */
  const joint = (name: 'sft' | 'dpo'): string =>
    runs
      .filter(({ key }) => compared[key].schedule !== sequential.name)
      .map(({ key, result: { measures } }) => {
        const [start, end] = [measures[0][name].mean, measures[measures.length - 1][name].mean];
        return `${looks[key].label} ${start.toFixed(2)} → ${end.toFixed(2)}`;
      })
      .join(', ');
  const title = subject.given ? 'The first objective through both stages' : 'The second stage undoes the first';
  return {
    title,
    caption:
      `Of Sequential’s runs, f_SFT goes back from ${risen(paper.sftThenDpo, 'sft')} while DPO is trained second, f_DPO from ` +
      `${risen(paper.dpoThenSft, 'dpo')} while SFT is. The joint schedules, start → end: f_SFT ${joint('sft')}; ` +
      `f_DPO ${joint('dpo')}.` +
      (forgettingIsKl
        ? ' What f_SFT lies above its minimum is the KL divergence, in nats, from the policy that SFT alone ends with.'
        : ''),
    rows,
    spec: {
      title: {
        text: title,
        subtitle: `${subject.description}, λ = ${lambda}, ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}; mean and 95 % band of ${seeds} seeds`,
      },
      spacing: 36,
      hconcat: views,
    },
  };
});
