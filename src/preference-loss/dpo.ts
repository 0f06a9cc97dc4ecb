import { logistic, softplus, type PreferenceLoss } from './preference-loss.js';

/** DPO: −log σ(βh) = softplus(−βh). Source: Rafailov et al. 2023 (arXiv 2305.18290), equation 7. */
export const dpo: PreferenceLoss = {
  name: 'dpo',
  compares: 'log-ratio',
  takes: [],
  value: ({ scaled, softplus: soft }, margin, { beta }) => soft(scaled(scaled(margin, beta), -1)),
  ofMargin: ({ beta }) => ({
    value: (margin) => softplus(-(beta * margin)),
    slope: (margin, weight) => -weight * beta * logistic(-(beta * margin)),
    curvature: (margin, weight) => weight * beta ** 2 * logistic(beta * margin) * logistic(-(beta * margin)),
    precisely(margin, marginError) {
      const h = beta * margin;
      const error = beta * marginError + Number.EPSILON * Math.abs(h);
      // exp and log1p are taken to be right to 2 units in the last place.
      const loss = softplus(-h);
      const slope = -beta * logistic(-h);
      return {
        loss,
        lossError: Math.min(1, logistic(-h) * Math.exp(error)) * error + 6 * Number.EPSILON * loss,
        slope,
        slopeError: -slope * (Math.expm1(error) + 8 * Number.EPSILON),
      };
    },
    slopeBound: () => beta,
    // σ(h)σ(−h) ≤ ¼.
    curvatureBound: beta ** 2 / 4,
    minimizer: Infinity,
  }),
};
