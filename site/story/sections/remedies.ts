import { shortNumber } from '../../../src/base/text.js';
import { paper, variants } from '../../../src/schedule/key.js';
import { remediesCommand } from '../../playground/command.js';
import { remedyList } from '../../playground/remedy-list.js';
import { replay } from '../../../src/schedule/replay.js';
import { labelOfRemedy, remediesView } from '../../playground/remedies-view.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { percent, said } from '../words.js';

const shown: readonly string[] = [replay.name, 'average', 'l2-anchor', 'ewc-anchor', 'best-checkpoint'];
const sequential = variants[paper.sftThenDpo].schedule;

const traces: Readonly<Record<string, string>> = {
  [replay.name]: 'Its curve is the front itself: with the right share it loses nothing.',
  average:
    'Its curve is the image of a straight line between the two models, above the front everywhere but at its ends.',
  'l2-anchor': 'It holds all directions alike, those that SFT does not care about too: its curve misses the front.',
  'ewc-anchor': 'It holds each coordinate by its curvature, and not their interplay: its curve misses the front.',
  'best-checkpoint': 'Its curve is the way of stage two, and passes the front by.',
};

/** The remedies’ curves against the certified front. */
export const remediesSection: Section = {
  id: 'remedies',
  control: { label: 'Remedy', initial: 0, names: shown.map(labelOfRemedy) },
  needs: ['scene', 'remedies'],
  state: () => storyState({ remedies: [...shown, sequential], schedules: [] }),
  views: ([space]) => [remediesView(space)],
  lit: (value) => shown[value],
  sentence({ remedies }, value) {
    const name = shown[value];
    const found = remedies.find((remedy) => remedy.name === name);
    const all = remedies.find((remedy) => remedy.name === sequential)?.limit?.gap;
    if (found?.limit === undefined || all === undefined) return undefined;
    const symbol = remedyList.find((remedy) => remedy.name === name)?.symbol ?? '';
    const how = found.chosen === 'theory' ? 'the value that theory picks' : 'the best in hindsight';
    const parameter = typeof found.value === 'number' ? ` with ${symbol} = ${shortNumber(found.value)}, ${how},` : '';
    return `${labelOfRemedy(name)}${parameter} ends ${said('gap', found.limit.gap)} above the best, ${percent(found.limit.gap, all)} of Sequential’s gap. ${traces[name] ?? ''}`;
  },
  command: ({ state }) => remediesCommand(state),
};
