import type { Constants } from './constants.js';

/**
 * The constant U of the last-point bound D0²/(2αU) + (αG²/2)(U − 2T) after T constant steps: u_{T+1}² with u_1 = 1,
 * u_{n+1} = u_n + 1/u_n, or D0/(αG) where the steps are so short that the start still matters most (docs/theory.md, Lemma 3).
 */
export function lastPointConstant({ T, alpha, D0, G }: Record<'T' | 'alpha' | 'D0' | 'G', number>): { U: number } {
  let u = 1;
  for (let n = 0; n < T; n++) u += 1 / u;
  return { U: Math.max(u * u, D0 === 0 ? 0 : D0 / (alpha * G)) };
}

/**
 * The constants y and V of the last-point bound D0²/(2y²) + G²V/2 after any positive steps: y = y_1 and
 * V = y_N² + Σ (y_t − y_{t+1})² of the sequence y_t = y_{t+1} + α_t/y_{t+1}, with the y_N, of those for which
 * y_{t+1}² ≥ α_t throughout, that makes the bound least.
 */
export function lastPointSequence(
  stepSizes: Float64Array,
  { D0, G }: { D0: number; G: number },
): { y: number; V: number } {
  const from = (end: number): { y: number; V: number; bound: number } => {
    let [y, V, rising] = [end, end * end, true];
    for (let t = stepSizes.length - 1; t >= 0; t--) {
      const increment = stepSizes[t] / y;
      rising &&= y >= increment;
      V += increment * increment;
      y += increment;
    }
    return { y, V, bound: rising ? D0 ** 2 / (2 * y * y) + (G * G * V) / 2 : Infinity };
  };
  // Nothing moves and nothing is left to be gained: any y does.
  if (D0 === 0 && G === 0) return { y: 1, V: 0 };
  // Every y_N gives a bound; the best is looked for on grids that grow finer.
  let [low, high] = [
    Math.log(Math.sqrt(Math.min(...stepSizes)) / 100),
    Math.log(10 * (D0 + G * Math.max(...stepSizes))),
  ];
  if (G > 0) high = Math.max(high, low + 20);
  let best = from(Math.exp(high));
  for (let round = 0; round < 6; round++) {
    const width = (high - low) / 40;
    let centre = high;
    for (let i = 0; i <= 40; i++) {
      const at = low + i * width;
      const found = from(Math.exp(at));
      if (found.bound <= best.bound) [best, centre] = [found, at];
    }
    [low, high] = [centre - width, centre + width];
  }
  return { y: best.y, V: best.V };
}

/** Whether α = D0/(G√T), the step size at which the worst function attains the bound of the average of T points. */
export function isBestStep({ alpha = NaN, D0 = NaN, G = NaN, T = NaN }: Constants): boolean {
  return isClose(alpha, D0 / (G * Math.sqrt(T)));
}

/** Whether α = D0/(G√(T + 1)), the same for T + 1 points. */
export function isBestNextStep({ alpha = NaN, D0 = NaN, G = NaN, T = NaN }: Constants): boolean {
  return isClose(alpha, D0 / (G * Math.sqrt(T + 1)));
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.abs(b);
}

/** Σα_t and Σα_t² with the last step counted twice: T + 1 points, the step after the last one being reasoned about alone. */
export function stepSums(stepSizes: Float64Array): { readonly S_1: number; readonly S_2: number } {
  const last = stepSizes[stepSizes.length - 1];
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return { S_1: sum(stepSizes) + last, S_2: sum(stepSizes.map((size) => size ** 2)) + last ** 2 };
}

/** Whether all steps are α = D0/(G√(T + 1)): where Σα_t² (T + 1) = (Σα_t)². */
export function isBestPoint({ D0 = NaN, G = NaN, T = NaN, S_1 = NaN, S_2 = NaN }: Constants): boolean {
  return isClose(S_1 ** 2, S_2 * (T + 1)) && isClose(S_1, (D0 * Math.sqrt(T + 1)) / G);
}
