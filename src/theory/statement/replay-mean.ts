import { replay } from '../../schedule/replay.js';
import { isBestStep } from '../last-point.js';
import { onReplay, replayRuns } from '../replay-runs.js';
import { runTheorem } from '../theorem.js';

/** Replay: stage two is ALRIGHT at λ = 1 − ρ, started where stage one ended. */
export const replayMean = runTheorem({
  id: 'L.replay',
  kind: 'tight',
  schedule: replay,
  measures: ['stageTwoGap'],
  measured: '\\rho=w_1:\\ \\mathbb{E}\\,\\tfrac1{T_2}\\textstyle\\sum_{t>T_1} F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*T_2) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T_2', 'G'],
  reference: 'docs/theory.md, L, replay; attained without a stage one: W',
  origin: 'here',
  isAttained: ({ n_1 = NaN, T_2 = NaN, ...rest }) => n_1 === 0 && isBestStep({ ...rest, T: T_2 }),
  applies: onReplay(() => ({})),
  runs: replayRuns,
});
