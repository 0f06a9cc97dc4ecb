import { forgettingTrials } from '../forgetting.js';
import { theorem } from '../theorem.js';

/** By how much more it can be. */
export const forgettingMost = theorem({
  id: 'K.most',
  kind: 'upper',
  measured: 'f_{\\mathrm{SFT}}(\\theta) - f_{\\mathrm{SFT}}^*',
  formula: 'kl + 2*gamma*R',
  needs: ['kl', 'gamma', 'R'],
  reference: 'docs/theory.md, K',
  origin: 'here',
  attacked: true,
  trials: (subject, { seed }) => forgettingTrials(subject, seed),
});
