import { shellWords } from '../../../src/base/text.js';
import { frontierView } from '../frontier-view.js';
import { landscapeView } from '../../playground/landscape.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { said } from '../words.js';

/** Two objectives that disagree: what is best depends on λ, and moves along the Pareto set. */
export const twoObjectives: Section = {
  id: 'two-objectives',
  control: { label: 'λ, the weight of DPO', initial: 0.5, least: 0, most: 1, step: 0.01 },
  needs: ['scene'],
  state: (lambda) => storyState({ lambda, schedules: [] }),
  views: ([landscape, space], { hover }) => [
    landscapeView(landscape, { marked: ['sft', 'dpo', 'weightedSum'] }),
    frontierView(space, { hover }),
  ],
  sentence({ scene, state }, value) {
    if (scene === undefined || state.lambda !== value) return undefined;
    const { weightedSum, sft, dpo } = scene.referenceOptima;
    const lost = [weightedSum.sft - sft.value, weightedSum.dpo - dpo.value];
    return `At λ = ${said('lambda', value)} the best trade-off has f<sub>SFT</sub> = ${said('sft', weightedSum.sft)} and f<sub>DPO</sub> = ${said('dpo', weightedSum.dpo)}: ${
      value === 0
        ? 'SFT is all that counts, and DPO pays for it.'
        : value === 1
          ? 'DPO is all that counts, and SFT pays for it.'
          : `both are given up in part, SFT by ${said('sft-lost', lost[0])} and DPO by ${said('dpo-lost', lost[1])}.`
    }`;
  },
  command: ({ state }) => shellWords(['forgetting', 'solve', 'pair.json', '--lambda', String(state.lambda)]),
};
