import { forgettingTrials } from '../forgetting.js';
import { theorem } from '../theorem.js';

/** On the sphere SFT loses more than the KL. */
export const forgettingLeast = theorem({
  id: 'K.least',
  kind: 'lower',
  measured: 'f_{\\mathrm{SFT}}(\\theta) - f_{\\mathrm{SFT}}^*',
  formula: 'kl + gamma*r^2/(2*R)',
  needs: ['kl', 'gamma', 'r', 'R'],
  reference: 'docs/theory.md, K',
  origin: 'here',
  attacked: true,
  trials: (subject, { seed }) => forgettingTrials(subject, seed),
});
