import { looks } from '../../../src/figure/theme.js';
import { paper, type ScheduleKey } from '../../../src/schedule/key.js';
import { againstStepsView } from '../../playground/against-steps.js';
import { runCommand } from '../../playground/command.js';
import { landscapeView } from '../../playground/landscape.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { counted, percent, said } from '../words.js';

const shown: readonly ScheduleKey[] = [paper.alright, paper.maxright, paper.mix, paper.sftThenDpo];
const steps = 2000;

const what: Readonly<Partial<Record<ScheduleKey, string>>> = {
  [paper.alright]: 'draws the objective of each step, DPO with probability λ, at one gradient a step',
  [paper.maxright]:
    'works on the objective that lags more, at one gradient a step and two losses beside it; its own limit is θ°, where the larger weighted gap is least',
  [paper.mix]: 'follows both gradients at every step, at twice the cost',
  [paper.sftThenDpo]: 'spends the same steps one objective after the other',
};

/** The joint schedules: the same steps, both objectives at once. */
export const joint: Section = {
  id: 'joint',
  control: { label: 'Schedule', initial: 0, names: shown.map((key) => looks[key].label) },
  needs: ['scene', 'runs'],
  state: () => storyState({ schedules: shown, steps, seeds: 24 }),
  views: ([landscape, gaps]) => [landscapeView(landscape), againstStepsView(gaps)],
  lit: (value) => shown[value],
  sentence({ ensembles }, value) {
    const key = shown[value];
    const [run, sequential] = [ensembles.get(key), ensembles.get(paper.sftThenDpo)];
    if (run === undefined || sequential === undefined) return undefined;
    const gap = run.final.gap.mean;
    const share =
      key === paper.sftThenDpo ? '' : `, ${percent(gap, sequential.final.gap.mean)} of what Sequential leaves`;
    return `${looks[key].label} ${what[key] ?? ''}. After ${counted(steps)} steps and ${counted(run.gradients)} gradients it ends ${said('gap', gap)} above the best${share}.`;
  },
  command: ({ state }, value) => runCommand(state, shown[value]),
};
