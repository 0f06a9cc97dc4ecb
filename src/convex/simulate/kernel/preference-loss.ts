import type { PreferenceLossName, PreferenceLossSettings } from '../../../preference-loss/preference-loss.js';

/** Whether kernels know a preference loss. */
export function knowsLoss({ loss = 'dpo' }: PreferenceLossSettings): boolean {
  return loss in kernelLosses;
}

/** What a kernel is told of a preference loss that it knows. */
export function kernelLossOf(settings: PreferenceLossSettings): KernelLoss {
  const of = kernelLosses[settings.loss ?? 'dpo'];
  if (of === undefined) throw new Error(`kernels do not know the preference loss ${String(settings.loss)}`);
  return of(settings);
}

/** What kernels call the preference losses (assembly/convex/objective.ts), and what they need to know of one. */
export interface KernelLoss {
  readonly number: number;
  /** What the margin is multiplied by. */
  readonly factor: number;
  readonly setting: number;
}

const kernelLosses: Readonly<Partial<Record<PreferenceLossName, (settings: PreferenceLossSettings) => KernelLoss>>> = {
  dpo: ({ beta }) => ({ number: 0, factor: beta, setting: 0 }),
  cdpo: ({ beta, labelSmoothing = 0 }) => ({ number: 1, factor: beta, setting: labelSmoothing }),
  ipo: ({ beta }) => ({ number: 2, factor: 1, setting: 1 / (2 * beta) }),
};
