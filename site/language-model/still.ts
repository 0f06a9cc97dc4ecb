import { looks } from '../../src/figure/theme.js';
import recordedSession from '../story/recorded-session.json' with { type: 'json' };
import type { RecordedSession } from './recorded.js';
import { repliesHtml } from './replies.js';

const { question, settings, sides } = recordedSession as unknown as RecordedSession;

/** What stands where replies will be until somebody starts a run: the end of one that was recorded. */
export const still = {
  prompt: question.prompt,
  html: repliesHtml(
    question,
    sides.map((side, at) => ({ ...side, look: looks[settings.schedules[at]] })),
  ),
  words: `Recorded beforehand, with the settings that this page begins with: λ ${settings.lambda}, ${settings.steps} steps. Start trains both models here.`,
};
