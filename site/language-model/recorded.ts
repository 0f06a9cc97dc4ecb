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

type RecordedSide = Omit<Side<TakenStep>, 'look'>;

const { question, settings, sides } = recordedSession as unknown as RecordedSession;

/** The session that was recorded, each model in its schedule's look. */
export const recorded: {
  readonly settings: SessionSettings;
  readonly question: AskedQuestion;
  readonly sides: readonly [Side<TakenStep>, Side<TakenStep>];
} = {
  settings,
  question,
  sides: [
    { look: looks[settings.schedules[0]], ...sides[0] },
    { look: looks[settings.schedules[1]], ...sides[1] },
  ],
};
