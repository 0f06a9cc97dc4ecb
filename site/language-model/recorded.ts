import { looks } from '../../src/figure/theme.js';
import recordedSession from '../story/recorded-session.json' with { type: 'json' };
import type { Side, TakenStep } from './plots.js';
import type { AskedQuestion } from './protocol.js';
import type { SessionSettings } from './settings.js';

/** What two models said as they were trained, kept in a file. */
export interface RecordedSession {
  readonly settings: SessionSettings;
  readonly question: AskedQuestion;
  readonly sides: readonly [RecordedSide, RecordedSide];
}

type RecordedSide = Omit<Side<TakenStep>, 'key' | 'look'>;

const { question, settings, sides } = recordedSession as unknown as RecordedSession;

/** The session that was recorded, each model in its schedule's look. */
export const recorded: {
  readonly settings: SessionSettings;
  readonly question: AskedQuestion;
  readonly sides: readonly [Side<TakenStep>, Side<TakenStep>];
} = {
  settings,
  question,
  sides: [inItsLook(0), inItsLook(1)],
};

function inItsLook(side: 0 | 1): Side<TakenStep> {
  const key = settings.schedules[side];
  return { key, look: looks[key], ...sides[side] };
}
