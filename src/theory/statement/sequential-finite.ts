import { sequential } from '../../schedule/sequential.js';
import { onSecondStage, secondStageRuns } from '../second-stage.js';
import { runTheorem } from '../theorem.js';

/** After T_2 updates of the second stage, for any strongly convex second objective. */
export const sequentialFinite = runTheorem({
  id: 'S.finite',
  kind: 'lower',
  schedule: sequential,
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'Delta - slope*sqrt((1 - 2*alpha*mu)^T_2*D0^2 + alpha*G^2/(2*mu))',
  needs: ['Delta', 'slope', 'alpha', 'mu', 'T_2', 'D0', 'G'],
  reference: 'docs/theory.md, S',
  origin: 'here',
  applies: onSecondStage(({ alpha, mu }) =>
    2 * alpha * mu <= 1 ? undefined : { reason: 'it needs steps of at most 1/(2μ) of the second objective' },
  ),
  runs: secondStageRuns,
});
