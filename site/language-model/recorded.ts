import type { AskedQuestion } from './protocol.js';
import type { Side, TakenStep } from './plots.js';
import type { SessionSettings } from './settings.js';

/** What two models said as they were trained, kept in a file. */
export interface RecordedSession {
  readonly settings: SessionSettings;
  readonly question: AskedQuestion;
  readonly sides: readonly [RecordedSide, RecordedSide];
}

type RecordedSide = Omit<Side<TakenStep>, 'look'>;
