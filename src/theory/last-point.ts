import type { Constants } from './constants.js';

/** 1 + 1/2 + … + 1/n. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let i = n; i >= 1; i--) sum += 1 / i;
  return sum;
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
