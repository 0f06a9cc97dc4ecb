import { replay } from '../../schedule/replay.js';
import { lastPointConstant } from '../last-point.js';
import { onReplay, replayRuns } from '../replay-runs.js';
import { runTheorem } from '../theorem.js';

/** The last point of replay: that of ALRIGHT, from where stage one ended. */
export const replayLast = runTheorem({
  id: 'L.replay.last',
  kind: 'tight',
  schedule: replay,
  measures: ['gap'],
  measured: '\\rho=w_1:\\ \\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*U) + alpha*G^2/2*(U - 2*T_2)',
  needs: ['D0', 'alpha', 'T_2', 'U', 'G'],
  reference: 'docs/theory.md, L, replay; attained without a stage one: the worst cases of docs/worst-case.md',
  origin: 'here',
  isAttained: ({ n_1 }) => n_1 === 0,
  applies: onReplay(({ T_2, ...known }) => lastPointConstant({ ...known, T: T_2 })),
  runs: replayRuns,
});
