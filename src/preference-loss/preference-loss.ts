/** What a preference loss is set by. */
export interface PreferenceLossSettings {
  /** By default `dpo`. */
  readonly loss?: PreferenceLossName;
  /** β > 0: of dpo, cdpo and ipo the weight of the log-ratio to the reference policy; of simpo that of its margin. */
  readonly beta: number;
  /** ε of cdpo in (0, ½]: the probability that a preference is the wrong way round. */
  readonly labelSmoothing?: number;
  /** γ ≥ 0 of simpo: by how much the chosen reply shall win, in units of its logit. */
  readonly margin?: number;
}

/** The losses of the table in index.ts. */
export type PreferenceLossName = 'dpo' | 'cdpo' | 'ipo' | 'simpo';

/** What losses are written in: numbers, or tensors of one number for each pair. */
export interface Arithmetic<T> {
  /** factor · x. */
  readonly scaled: (x: T, factor: number) => T;
  /** x + constant. */
  readonly shifted: (x: T, constant: number) => T;
  readonly sum: (a: T, b: T) => T;
  readonly square: (x: T) => T;
  /** log(1 + eˣ), which overflows nowhere. */
  readonly softplus: (x: T) => T;
}

/** A loss of the margin by which the chosen reply of a pair beats the rejected one: one file each. */
export interface PreferenceLoss {
  readonly name: PreferenceLossName;
  /**
   * What the margin compares. `log-ratio`: h = log π(y_w|x) − log π_ref(y_w|x) − (the same of y_l);
   * `mean-log-probability`: log π(y_w|x)/|y_w| − log π(y_l|x)/|y_l|, without a reference.
   */
  readonly compares: 'log-ratio' | 'mean-log-probability';
  /** The settings that it takes beside β. */
  readonly takes: readonly ('labelSmoothing' | 'margin')[];
  /** The loss of a margin. */
  readonly value: <T>(on: Arithmetic<T>, margin: T, settings: PreferenceLossSettings) => T;
  /** What convex problems need, where the loss is one of theirs: margins of log-linear policies are linear in θ. */
  readonly ofMargin?: (settings: PreferenceLossSettings) => MarginLoss;
}

/** A convex loss ℓ of a margin in double precision. */
export interface MarginLoss {
  /** ℓ(margin). */
  readonly value: (margin: number) => number;
  /** weight · ℓ′(margin). */
  readonly slope: (margin: number, weight: number) => number;
  /** weight · ℓ″(margin). */
  readonly curvature: (margin: number, weight: number) => number;
  /** ℓ and ℓ′ of a margin known up to an error, with bounds on how far they are off. */
  readonly precisely: (margin: number, error: number) => PreciseLoss;
  /** A bound on |ℓ′| from a margin to another. */
  readonly slopeBound: (low: number, high: number) => number;
  /** A bound on ℓ″. */
  readonly curvatureBound: number;
  /** The margin of the least loss, Infinity where it falls forever. */
  readonly minimizer: number;
}

/** A loss and its slope with bounds on their errors. */
export interface PreciseLoss {
  readonly loss: number;
  readonly lossError: number;
  readonly slope: number;
  readonly slopeError: number;
}

/** Double-precision numbers. */
export const numbers: Arithmetic<number> = {
  scaled: (x, factor) => factor * x,
  shifted: (x, constant) => x + constant,
  sum: (a, b) => a + b,
  square: (x) => x * x,
  softplus,
};

/** log(1 + exp(x)), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + exp(−x)), without overflow. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const power = Math.exp(x);
  return power / (1 + power);
}
