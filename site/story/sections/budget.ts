import { lossWords } from '../../../src/advice/loss-words.js';
import { htmlText } from '../../../src/figure/scripts.js';
import { textAbove, textBelow } from '../../../src/base/outward-text.js';
import { frontCommand } from '../../playground/command.js';
import { frontView } from '../../playground/front-view.js';
import { landscapeView } from '../../playground/landscape.js';
import { storyState } from '../problem.js';
import type { Section } from '../section.js';
import { said } from '../words.js';

/** What Sequential forgets at most, in steps of the slider. */
const whole = 100;

/** A budget: you say what may be forgotten, and the front says λ. */
export const budget: Section = {
  id: 'budget',
  control: {
    label: 'How much of what Sequential forgets may be forgotten',
    initial: 10,
    least: 0,
    most: whole,
    step: 1,
    text: (value) => `${value} %`,
  },
  needs: ['scene', 'budget'],
  state(value, { front }) {
    const most = front === undefined || 'reason' in front ? undefined : front.mostForgotten;
    const forgetAtMost =
      most === undefined ? undefined : Math.min(most, Number(((value / whole) * most).toPrecision(3)));
    return storyState({ schedules: [], remedies: [], forgetAtMost });
  },
  views: ([landscape, front], { change }) => [
    landscapeView(landscape, { marked: ['sft', 'dpo', 'weightedSum', 'budget'] }),
    frontView(front, undefined, (edit, shown) => {
      const asked = edit(shown.state);
      const { front: found } = shown;
      if (asked.forgetAtMost === undefined || found === undefined || 'reason' in found) return;
      change(Math.round((whole * asked.forgetAtMost) / found.mostForgotten));
    }),
  ],
  sentence({ choice, front }) {
    if (choice === undefined || 'reason' in choice || front === undefined || 'reason' in front) return undefined;
    const { of, one } = lossWords(front.kind);
    const { forgetAtMost, dpo, lambda, exchangeRate } = choice;
    const middle = (lambda[0] + lambda[1]) / 2;
    const rate =
      Number.isFinite(exchangeRate) && exchangeRate < 0
        ? ` There one more ${htmlText(one('dpo'))} costs ${said('rate', -exchangeRate)} ${htmlText(of('sft'))}.`
        : '';
    return `With at most ${said('budget', forgetAtMost)} ${htmlText(of('sft'))} lost, the least f<sub>DPO</sub> is ${said('dpo', dpo.upper)}, certified between ${textBelow(dpo.lower)} and ${textAbove(dpo.upper)}. The λ that reaches it is ${said('lambda', middle)}.${rate}`;
  },
  command: ({ state, choice }) =>
    frontCommand(state, choice === undefined || 'reason' in choice ? 0 : choice.forgetAtMost),
};
