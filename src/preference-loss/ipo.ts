import type { PreferenceLoss } from './preference-loss.js';

/**
 * IPO: (h − 1/(2β))², β being τ of the paper. β sets the aim of the margin and does not multiply it, as in TRL.
 * Source: Azar et al. 2023 (arXiv 2310.12036), equation 17.
 */
export const ipo: PreferenceLoss = {
  name: 'ipo',
  compares: 'log-ratio',
  takes: [],
  value: ({ shifted, square }, margin, { beta }) => square(shifted(margin, -1 / (2 * beta))),
  ofMargin({ beta }) {
    const aim = 1 / (2 * beta);
    return {
      value: (margin) => (margin - aim) ** 2,
      slope: (margin, weight) => weight * 2 * (margin - aim),
      curvature: (_, weight) => weight * 2,
      precisely(margin, marginError) {
        const distance = margin - aim;
        // The aim is the double next to 1/(2β), and the difference is rounded once.
        const error = marginError + Number.EPSILON * (aim + Math.abs(distance));
        return {
          loss: distance ** 2,
          lossError: (2 * Math.abs(distance) + error) * error + Number.EPSILON * distance ** 2,
          slope: 2 * distance,
          slopeError: 2 * error,
        };
      },
      slopeBound: (low, high) => 2 * Math.max(Math.abs(low - aim), Math.abs(high - aim)),
      curvatureBound: 2,
      minimizer: aim,
    };
  },
};
