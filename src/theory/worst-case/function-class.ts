import type { Plan } from './plan.js';

/** The functions over which the worst case is taken. */
export type FunctionClass =
  | {
      /** Convex with subgradients of norm at most M. */
      readonly kind: 'lipschitz';
      readonly lipschitz: number;
    }
  | {
      /** Convex with L-Lipschitz gradients, of norm at most σ* at the comparator. */
      readonly kind: 'smooth';
      readonly smoothness: number;
      readonly gradientAtOptimum: number;
    };

/** A bound on the norm of a subgradient at this distance from the comparator. */
export function gradientBound(functionClass: FunctionClass, distance: number): number {
  return functionClass.kind === 'lipschitz'
    ? functionClass.lipschitz
    : functionClass.gradientAtOptimum + functionClass.smoothness * distance;
}

/** A bound on |f(θ) − f(θ*)| at this distance from the comparator. */
export function valueBound(functionClass: FunctionClass, distance: number): number {
  return functionClass.kind === 'lipschitz'
    ? functionClass.lipschitz * distance
    : functionClass.gradientAtOptimum * distance + (functionClass.smoothness / 2) * distance * distance;
}

/** The size that values have at this distance from the comparator, which margins are relative to. */
export function valueScale(functionClass: FunctionClass, distance: number): number {
  return functionClass.kind === 'lipschitz'
    ? functionClass.lipschitz * distance
    : functionClass.smoothness * distance * distance;
}

/** A bound on ‖θ − θ*‖ at a point, from those of earlier points. */
export function distanceBound(
  origin: Plan['origins'][number],
  distance: number,
  norms: readonly number[],
  functionClass: FunctionClass,
): number {
  switch (origin.kind) {
    case 'start':
      return distance;
    case 'average':
      return origin.of.reduce((sum, point) => sum + norms[point], 0) / origin.of.length;
    case 'step': {
      const reach = origin.stepSize * (origin.weights.dpo + origin.weights.sft);
      const from = norms[origin.from];
      if (functionClass.kind === 'lipschitz') return from + reach * functionClass.lipschitz;
      const { smoothness, gradientAtOptimum } = functionClass;
      // θ ↦ θ − αg(θ) expands no distance while αL ≤ 2, so that θ* itself moves by ασ* and nothing else is added.
      const growth = reach * smoothness <= 2 ? 1 : 1 + reach * smoothness;
      return growth * from + reach * gradientAtOptimum;
    }
  }
}
