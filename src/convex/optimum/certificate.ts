import { toEigenbasis, type Eigenbasis } from './quadratic-model.js';

/** What is known of a function's curvature everywhere, for a certificate. */
export type Curvature =
  /** F is the quadratic with this Hessian. */
  | { readonly kind: 'quadratic'; readonly basis: Eigenbasis }
  /** F is μ-strongly convex; μ = 0 says no more than convex. */
  | { readonly kind: 'strongly-convex'; readonly modulus: number };

/**
 * A bound on F(θ) − min F over the ball ‖·‖ ≤ radius (Infinity: all of R^d), from the gradient at a θ in the ball.
 *
 * It trusts no solver, only convexity and the curvature named: the smaller of
 * - the Frank–Wolfe gap ⟨g, θ⟩ + R‖g‖;
 * - with n = θ/‖θ‖, γ = max(0, −⟨g, n⟩) and the residual r = g + γn, for every y in the ball
 *   F(θ) − F(y) ≤ γ⟨n, y − θ⟩ − ⟨r, y − θ⟩ − ½(y − θ)ᵀH(y − θ) ≤ γ(R − ‖θ‖) + ½ rᵀH⁺r + 2R‖r outside H's range‖
 *   (‖r‖²/2μ for a μ-strongly convex F). On R^d γ = 0, and r lies in H's range but for rounding.
 * Both are proved in docs/theory.md, statement P.
 */
export function certificate(theta: Float64Array, gradient: Float64Array, radius: number, curvature: Curvature): number {
  const [norm, slope] = [Math.hypot(...theta), Math.hypot(...gradient)];
  let inner = 0;
  for (let i = 0; i < theta.length; i++) inner += gradient[i] * theta[i];
  // The rounding of the sums above, so that it cannot turn a bound negative.
  const rounding = (theta.length + 4) * Number.EPSILON * slope * (norm + radius);
  const frankWolfe = radius === Infinity ? Infinity : Math.max(0, inner + radius * slope) + rounding;

  const outward = radius === Infinity || norm === 0 ? 0 : Math.max(0, -inner / norm);
  const residual = gradient.map((entry, i) => entry + (outward === 0 ? 0 : (outward * theta[i]) / norm));
  const boundary = outward === 0 ? 0 : outward * (Math.max(0, radius - norm) + 4 * Number.EPSILON * radius);
  return Math.min(frankWolfe, boundary + residualBound(residual, radius, curvature));
}

function residualBound(residual: Float64Array, radius: number, curvature: Curvature): number {
  if (curvature.kind === 'strongly-convex') {
    const squares = residual.reduce((sum, entry) => sum + entry * entry, 0);
    return curvature.modulus > 0 ? squares / (2 * curvature.modulus) : squares === 0 ? 0 : Infinity;
  }
  const { basis } = curvature;
  const coordinates = toEigenbasis(basis, residual);
  let [curved, flat] = [0, 0];
  coordinates.forEach((entry, k) => {
    if (basis.values[k] > 0) curved += (entry * entry) / (2 * basis.values[k]);
    else flat += entry * entry;
  });
  return curved + (radius === Infinity ? 0 : 2 * radius * Math.sqrt(flat));
}
