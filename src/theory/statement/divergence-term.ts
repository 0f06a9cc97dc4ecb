import { inner, norm } from '../../base/vector.js';
import { klAnchor } from '../../remedy/kl-anchor.js';
import { isReason } from '../../remedy/limit.js';
import { ownReplay } from '../../remedy/own-replay.js';
import { gapOfLimit } from '../added-term.js';
import { setupOf } from '../remedy-setup.js';
import { theorem, type Trial } from '../theorem.js';

/**
 * The KL anchor at κ = w_1/w_2 and the replay of own replies at ρ = w_1: both minimise F_λ less the slope that f_SFT keeps at
 * the end of stage one, 0 inside the ball.
 */
export const divergenceTerm = theorem({
  id: 'K.term',
  kind: 'upper',
  measured:
    '\\hat\\theta=\\operatorname{argmin} f_{\\mathrm{DPO}}+\\kappa\\,\\mathrm{KL}:\\ F_\\lambda(\\hat\\theta) - \\min F_\\lambda',
  formula: 'w_1*(gamma*R + along)',
  needs: ['w_1', 'gamma', 'R', 'along'],
  reference: 'docs/theory.md, K',
  origin: 'here',
  attacked: true,
  trials(subject) {
    if (subject.problem?.data.kind !== 'log-linear') return { reason: 'it speaks of log-linear policies' };
    const setup = setupOf(subject, 'sft-dpo');
    if (isReason(setup)) return setup;
    const gradient = new Float64Array(setup.problem.dimension);
    setup.problem.objectives.sft.gradient(setup.stageOne, gradient);
    const { weightOfFirst: w_1, weightOfSecond: w_2 } = setup;
    return [
      { name: klAnchor.name, limit: klAnchor.limit(setup, w_1 / w_2) },
      { name: ownReplay.name, limit: ownReplay.limit(setup, w_1) },
    ].flatMap(({ name, limit }): Trial[] => {
      if (isReason(limit)) return [];
      const { minimizer, certificate } = limit;
      const constants = {
        w_1,
        gamma: norm(gradient),
        R: setup.problem.radius,
        along: inner(gradient, minimizer),
      };
      return [{ steps: 0, variant: name, constants, measure: () => gapOfLimit(setup, minimizer, certificate, 0) }];
    });
  },
});
