import { logistic, softplus, type PreferenceLoss } from './preference-loss.js';

/**
 * Conservative DPO: −(1 − ε) log σ(βh) − ε log σ(−βh), for preferences that are the wrong way round with probability ε.
 * Source: Mitchell 2023, "A note on DPO with noisy preferences"; `label_smoothing` of TRL's sigmoid loss.
 */
export const cdpo: PreferenceLoss = {
  name: 'cdpo',
  compares: 'log-ratio',
  takes: ['labelSmoothing'],
  value({ scaled, sum, softplus: soft }, margin, { beta, labelSmoothing = 0 }) {
    const logit = scaled(margin, beta);
    return sum(scaled(soft(scaled(logit, -1)), 1 - labelSmoothing), scaled(soft(logit), labelSmoothing));
  },
  ofMargin({ beta, labelSmoothing: wrong = 0 }) {
    const right = 1 - wrong;
    const slopeOf = (h: number): number => beta * (wrong * logistic(h) - right * logistic(-h));
    return {
      value: (margin) => right * softplus(-(beta * margin)) + wrong * softplus(beta * margin),
      slope: (margin, weight) => weight * slopeOf(beta * margin),
      curvature: (margin, weight) => weight * beta ** 2 * logistic(beta * margin) * logistic(-(beta * margin)),
      precisely(margin, marginError) {
        const h = beta * margin;
        const error = beta * marginError + Number.EPSILON * Math.abs(h);
        const loss = right * softplus(-h) + wrong * softplus(h);
        const parts = beta * (wrong * logistic(h) + right * logistic(-h));
        // The loss changes by at most `right` for each unit of h, as right ≥ wrong; each of its parts is rounded.
        return {
          loss,
          lossError: right * error + 8 * Number.EPSILON * loss,
          slope: slopeOf(h),
          slopeError: parts * (Math.expm1(error) + 10 * Number.EPSILON),
        };
      },
      // ℓ′ rises from −β(1 − ε) to βε, and ε ≤ ½.
      slopeBound: () => beta * right,
      curvatureBound: beta ** 2 / 4,
      minimizer: Math.log(right / wrong) / beta,
    };
  },
};
