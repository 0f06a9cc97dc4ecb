import { paper } from '../../../src/schedule/key.js';
import { againstStepsView } from '../../playground/against-steps.js';
import { runCommand } from '../../playground/command.js';
import { landscapeView } from '../../playground/landscape.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { counted, said } from '../words.js';

const steps = 300;

/** One objective and its optimum: gradient steps on f_SFT alone, which noise keeps from it. */
export const oneObjective: Section = {
  id: 'one-objective',
  control: {
    label: 'Step size α',
    initial: 0.1,
    least: 0.01,
    most: 0.6,
    step: 0.01,
  },
  // The first figure: its path is drawn, and moves, before anything else is known.
  needs: ['runs', 'scene'],
  // All steps in stage one, and all weight on its objective.
  state: (value) =>
    storyState({ lambda: 0, schedules: [paper.sftThenDpo], firstStage: 1, steps, stepSize: String(value), seeds: 32 }),
  views: ([landscape, gaps]) => [
    landscapeView(landscape, { marked: ['start', 'sft'], named: false }),
    againstStepsView(gaps, false),
  ],
  sentence({ ensembles }, value) {
    const run = ensembles.get(paper.sftThenDpo);
    if (run === undefined) return undefined;
    const gap = run.final.gap.mean;
    const verdict =
      value >= 0.3
        ? 'The steps are long: they arrive at once, and the noise throws them about.'
        : value <= 0.03
          ? 'The steps are short: the noise averages out, and they arrive late.'
          : 'Shorter steps come closer and take longer.';
    return `Steps of ${said('step-size', value)} end, after ${counted(steps)} of them, ${said('gap', gap)} above the least loss. ${verdict}`;
  },
  command: ({ state }) => runCommand(state, paper.sftThenDpo),
};
