import { modulusOf } from '../../remedy/judge.js';
import { sharedGradientTrials } from '../front-point.js';
import { theorem } from '../theorem.js';

/** The gap of the minimiser of another weighted sum, which is where replay with another share leads: quadratic in the error of the share. */
export const limitReplay = theorem({
  id: 'L.replay.gap',
  kind: 'tight',
  measured: 'F_\\lambda(\\theta_\\ell^*) - \\min F_\\lambda,\\ \\ell = 1-\\rho',
  formula: '(lambda - ell)^2*difference^2/(2*mu)',
  needs: ['lambda', 'ell', 'difference', 'mu'],
  reference: 'docs/theory.md, L, replay; attained: equal isotropic Hessians',
  origin: 'here',
  attacked: true,
  trials: (subject) => {
    return sharedGradientTrials(subject, (setup) => {
      const mu = modulusOf(setup);
      return mu > 0 ? { mu } : { reason: 'no modulus of strong convexity is known' };
    });
  },
});
