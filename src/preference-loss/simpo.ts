import type { PreferenceLoss } from './preference-loss.js';

/**
 * SimPO: −log σ(β (log π(y_w|x)/|y_w| − log π(y_l|x)/|y_l|) − γ): no reference policy, log-probabilities per token.
 * Source: Meng et al. 2024 (arXiv 2405.14734), equation 6.
 */
export const simpo: PreferenceLoss = {
  name: 'simpo',
  compares: 'mean-log-probability',
  takes: ['margin'],
  value: ({ scaled, shifted, softplus }, margin, { beta, margin: gamma = 0 }) =>
    softplus(shifted(scaled(margin, -beta), gamma)),
};
