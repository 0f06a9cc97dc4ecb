import { looks } from '../../../src/figure/theme.js';
import { significant } from '../../../src/base/text.js';
import { paper, variants } from '../../../src/schedule/key.js';
import { againstStepsView } from '../../playground/against-steps.js';
import { remediesCommand, runCommand } from '../../playground/command.js';
import { frontierView } from '../frontier-view.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { counted, percent, said } from '../words.js';
import type { Shown } from '../../playground/shown.js';

const sequential = variants[paper.sftThenDpo].schedule;

const limitOf = ({ remedies }: Shown) => remedies.find(({ name }) => name === sequential)?.limit;

/** The limit Δ: a distance in objective space that more steps do not shorten. */
export const limit: Section = {
  id: 'limit',
  control: {
    label: 'Steps T',
    initial: 3,
    least: 2,
    most: 5,
    step: 0.25,
    text: (value) => counted(stepsOf(value)),
  },
  needs: ['scene', 'remedies', 'runs'],
  state: (value) =>
    storyState({
      schedules: [paper.sftThenDpo, paper.alright],
      remedies: [sequential],
      steps: stepsOf(value),
      seeds: 16,
    }),
  views: ([space, gaps], { hover }) => [
    frontierView(space, {
      hover,
      marked({ ensembles }) {
        const final = ensembles.get(paper.alright)?.final;
        if (final === undefined) return [];
        const { label, colour } = looks[paper.alright];
        return [{ dpo: final.dpo.mean, sft: final.sft.mean, name: label, colour }];
      },
      distance(shown) {
        const found = limitOf(shown);
        if (found === undefined) return undefined;
        const { colour } = looks[paper.sftThenDpo];
        return { ...found, name: 'Sequential’s limit', colour, gap: `Δ = ${significant(found.gap, 3)}` };
      },
    }),
    againstStepsView(gaps),
  ],
  sentence(shown) {
    const { ensembles, state } = shown;
    const [run, joint] = [ensembles.get(paper.sftThenDpo), ensembles.get(paper.alright)];
    const found = limitOf(shown);
    if (run === undefined || joint === undefined || found === undefined) return undefined;
    const [gap, other] = [run.final.gap.mean, joint.final.gap.mean];
    return `After T = ${counted(state.steps)} steps Sequential ends ${said('gap', gap)} above the best, and its limit is Δ = ${said('limit', found.gap)}. ALRIGHT, which takes as many steps, ends ${said('joint-gap', other)} above: ${percent(other, gap)} of that.`;
  },
  command: ({ state }) =>
    [runCommand(state, paper.sftThenDpo), runCommand(state, paper.alright), remediesCommand(state)].join('\n'),
};

/** A power of ten, to two digits. */
function stepsOf(value: number): number {
  return Number((10 ** value).toPrecision(2));
}
