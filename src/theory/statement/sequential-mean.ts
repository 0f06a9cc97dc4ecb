import { sequential } from '../../schedule/sequential.js';
import { onSecondStage, secondStageRuns } from '../second-stage.js';
import { runTheorem } from '../theorem.js';

/** After T_2 updates of the second stage on quadratics, whose mean converges without a noise floor. */
export const sequentialMean = runTheorem({
  id: 'S.finite.mean',
  kind: 'lower',
  schedule: sequential,
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'Delta - slope*(1 - alpha*mu)^T_2*E_0',
  needs: ['Delta', 'slope', 'alpha', 'mu', 'T_2', 'E_0'],
  reference: 'docs/theory.md, S',
  origin: 'here',
  applies: onSecondStage(({ alpha, L }) =>
    alpha * L <= 1 ? undefined : { reason: 'it needs steps of at most 1/L of the second objective' },
  ),
  runs: secondStageRuns,
});
