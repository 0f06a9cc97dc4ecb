import { paper } from '../../../src/schedule/key.js';
import { shellWords } from '../../../src/base/text.js';
import { runCommand } from '../../playground/command.js';
import { forgettingCurveView } from '../../playground/forgetting-curve.js';
import { landscapeView } from '../../playground/landscape.js';
import { reached } from '../../playground/shown.js';
import { stagesOf } from '../../playground/state.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { counted, said } from '../words.js';

const steps = 1000;

/** Stage two walks away from what stage one has learnt: scrub through time. */
export const stageTwo: Section = {
  id: 'stage-two',
  control: { label: 'Step', initial: 1, transport: true },
  needs: ['scene', 'runs'],
  state: () => storyState({ schedules: [paper.sftThenDpo], steps, seeds: 32 }),
  views: ([landscape, curve]) => [
    landscapeView(landscape, { marked: ['start', 'sft', 'dpo', 'weightedSum'] }),
    forgettingCurveView(curve),
  ],
  sentence({ ensembles, state, progress }) {
    const run = ensembles.get(paper.sftThenDpo);
    if (run === undefined) return undefined;
    const at = reached(run, progress);
    const step = run.steps[at];
    const [before] = stagesOf(state);
    const { sft, dpo } = run.curves;
    const learnt = sft.mean[run.steps.findIndex((recorded) => recorded >= before)];
    const here = `After step ${counted(step)} of ${counted(steps)}: f<sub>SFT</sub> = ${said('sft', sft.mean[at])}, f<sub>DPO</sub> = ${said('dpo', dpo.mean[at])}.`;
    if (step <= before) return `${here} Stage one trains SFT alone, and comes to its minimiser.`;
    return `${here} Stage two trains DPO alone: it has lost ${said('lost', sft.mean[at] - learnt)} of what stage one had learnt.`;
  },
  command({ state, ensembles, progress }) {
    const run = ensembles.get(paper.sftThenDpo);
    const step = run === undefined ? steps : run.steps[reached(run, progress)];
    const every = step === steps || step === 0 ? [] : ['--trace', String(step)];
    return `${runCommand(state, paper.sftThenDpo)}${every.length === 0 ? '' : ` ${shellWords(every)}`}`;
  },
};
