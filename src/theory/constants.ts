/** The constants that a bound may name: how they are written, and what they are. */
export const constantTable = {
  T: { tex: 'T', meaning: 'number of updates' },
  alpha: { tex: '\\alpha', meaning: 'constant step size' },
  lambda: { tex: '\\lambda', meaning: 'weight of DPO' },
  D0: { tex: 'D_0', meaning: 'distance of the start from the minimiser that the measure is taken against' },
  G: { tex: 'G', meaning: 'square root of a bound on the second moment of the step’s gradient' },
  G_dpo: { tex: 'G_{\\mathrm{DPO}}', meaning: 'square root of a bound on E‖g_DPO‖²' },
  G_sft: { tex: 'G_{\\mathrm{SFT}}', meaning: 'square root of a bound on E‖g_SFT‖²' },
  w: { tex: 'w', meaning: 'max(λ, 1 − λ)' },
  m: { tex: 'm', meaning: 'min(λ, 1 − λ)' },
  k: { tex: 'k', meaning: 'period of MAXRIGHT’s evaluations' },
  G_m: { tex: 'G_m', meaning: 'bound on the gradients of the objective of the smaller weight' },
  n: { tex: 'n', meaning: 'steps of a cycle of both stages' },
  C: { tex: 'C', meaning: 'number of cycles' },
  r_1: { tex: 'r_1', meaning: '(1 − α) to the number of steps of the first stage' },
  r_2: { tex: 'r_2', meaning: '(1 − α) to the number of steps of the second stage' },
  w_1: { tex: 'w_1', meaning: 'weight of the objective of the first stage' },
  w_2: { tex: 'w_2', meaning: 'weight of the objective of the second stage' },
  n_1: { tex: 'n_1', meaning: 'steps of the first stage' },
  ell: { tex: '\\ell', meaning: 'weight of DPO in the sum whose minimiser is spoken of' },
  difference: {
    tex: '\\lVert\\nabla f_{\\mathrm{DPO}}-\\nabla f_{\\mathrm{SFT}}\\rVert',
    meaning: 'length of the difference of both gradients at the minimiser of that sum',
  },
  residual: {
    tex: '\\lVert w_1\\nabla f_1(\\hat\\theta)-\\nabla h(\\hat\\theta)\\rVert',
    meaning: 'what the added term’s gradient lacks of the weighted gradient of the first objective',
  },
  along: { tex: '\\langle r,\\hat\\theta\\rangle', meaning: 'inner product of that with θ̂' },
  q_m: { tex: 'm^{\\mathsf T}A_\\lambda m', meaning: 'of the move m from the end of stage one' },
  q_md: { tex: 'm^{\\mathsf T}A_2 d', meaning: 'd = θ_2* − θ_1* being the move of a whole stage two' },
  q_s: { tex: 'd^{\\mathsf T}A_2A_\\lambda^{-1}A_2 d', meaning: 'of the Hessians of the second objective and of F_λ' },
  q_2: { tex: 'd^{\\mathsf T}A_2 d', meaning: 'of the Hessian of the second objective' },
  q_lambda: { tex: 'd^{\\mathsf T}A_\\lambda d', meaning: 'of the Hessian of F_λ' },
  q_c: {
    tex: 'd^{\\mathsf T}(A_1-A_2)A_\\lambda^{-1}(A_1-A_2)d',
    meaning: 'how far both Hessians differ along the move of stage two',
  },
  q_p: {
    tex: 'd^{\\mathsf T}A_1A_\\lambda^{-1}A_2 d',
    meaning: 'of both Hessians in parallel along the move of stage two',
  },
  h: { tex: 'h', meaning: 'distance from what steps on the second objective can reach' },
  kl: { tex: '\\mathrm{KL}', meaning: 'mean over prompts of KL(π_{θ_S} ‖ π_θ), in nats' },
  gamma: { tex: '\\gamma', meaning: '‖∇f_SFT(θ_S)‖, 0 where θ_S is inside the ball' },
  rise: { tex: 'R-\\langle\\theta,\\theta_S\\rangle/R', meaning: 'how far θ lies behind the tangent plane at θ_S' },
  r: { tex: 'r', meaning: '‖θ − θ_S‖' },
  drop: { tex: 'f(\\theta_1)-f^*', meaning: 'gap of the start' },
  budget: { tex: '\\delta', meaning: 'how far the first objective may rise above its optimum' },
  tolerance: { tex: 'e', meaning: 'what is let pass above δ' },
  slack: {
    tex: 's',
    meaning:
      'how far above the comparator the first objective can be at a step on the second: δ + e, less f_1(u) − f_1*',
  },
  smoothing: { tex: '\\mu', meaning: 'smoothing of the weighted maximum' },
  x_0: { tex: 'x_0', meaning: 'start, on the axis on which the first objective’s minimiser is 1' },
  U: {
    tex: 'U',
    meaning: 'u_{T+1}² with u_1 = 1, u_{n+1} = u_n + 1/u_n (about 2T + ½ log T), or D_0/(αG) where that is larger',
  },
  y: { tex: 'y', meaning: 'y_1 of the sequence y_t = y_{t+1} + α_t/y_{t+1}' },
  V: { tex: 'V', meaning: 'the last y squared plus Σ (y_t − y_{t+1})²' },
  zeta: { tex: '\\zeta', meaning: 'any positive number; the one that makes the bound least' },
  epsilon: {
    tex: '\\varepsilon',
    meaning: 'how far the choice can be from the larger weighted gap by errors of the values',
  },
  eta_dpo: { tex: '\\eta_{\\mathrm{DPO}}', meaning: 'error of the f_DPO* that MAXRIGHT is told' },
  eta_sft: { tex: '\\eta_{\\mathrm{SFT}}', meaning: 'error of the f_SFT* that MAXRIGHT is told' },
  E: { tex: 'E', meaning: 'largest distance of a point of Θ from the minimiser' },
  p: { tex: 'p', meaning: 'probability with which the bound may be exceeded' },
  L: { tex: 'L', meaning: 'the larger smoothness constant of the objectives that are stepped on' },
  mu: { tex: '\\mu', meaning: 'modulus of strong convexity' },
  sigma: {
    tex: '\\sigma_*',
    meaning: 'square root of the second moment of the exact step’s gradient at the minimiser',
  },
  nu: { tex: '\\nu', meaning: 'standard deviation of the additive gradient noise, over all coordinates' },
  s: { tex: 's', meaning: 'shift of the decaying steps 2/(μ(t + s))' },
  M: { tex: 'M', meaning: 'bound on the norm of every subgradient' },
  R: { tex: 'R', meaning: 'distance of the start from the comparator, or radius of the ball' },
  S_1: { tex: '\\textstyle\\sum\\alpha_t', meaning: 'sum of the step sizes, the last one twice' },
  S_2: { tex: '\\textstyle\\sum\\alpha_t^2', meaning: 'sum of their squares, the last one twice' },
  Delta: { tex: '\\Delta', meaning: 'least F_λ over the minimisers of the second objective, minus min F_λ' },
  slope: { tex: 'w_1\\lVert\\nabla f_1(\\theta_2^*)\\rVert', meaning: 'weighted slope of the first objective there' },
  T_2: { tex: 'T_2', meaning: 'updates of the second stage' },
  E_0: { tex: 'E_0', meaning: '‖E θ − θ_2*‖ at the start of the second stage' },
  F: { tex: 'F(\\hat\\theta)', meaning: 'value at the certified minimiser' },
  c: { tex: 'c', meaning: 'certificate of the minimiser' },
  exact: { tex: '\\mathrm{recursion}_T', meaning: 'the exact expected gap by the recursion of the moments' },
  delta: { tex: '\\delta', meaning: 'bound on the gap of the expected maximum of the sampled weighted gaps' },
} as const;

/** The name of a constant, as in a formula. */
export type ConstantName = keyof typeof constantTable;

/** The constants of one trial. */
export type Constants = Readonly<Partial<Record<ConstantName, number>>>;

/** TeX of every constant, for a formula. */
export const constantSymbols: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(constantTable).map(([name, { tex }]) => [name, tex]),
);
