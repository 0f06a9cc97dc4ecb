import { forgettingTrials } from '../forgetting.js';
import { theorem } from '../theorem.js';

/** What SFT loses is the KL from the policy of stage one, and on the sphere what the tangent plane adds. */
export const forgettingDivergence = theorem({
  id: 'K',
  kind: 'exact',
  measured: 'f_{\\mathrm{SFT}}(\\theta) - f_{\\mathrm{SFT}}^*',
  formula: 'kl + gamma*rise',
  needs: ['kl', 'gamma', 'rise'],
  reference: 'docs/theory.md, K',
  origin: 'here',
  attacked: true,
  trials: (subject, { seed }) => forgettingTrials(subject, seed),
});
