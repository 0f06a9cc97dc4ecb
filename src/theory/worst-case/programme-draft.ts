import { product, type Combination } from './combination.js';
import {
  zeroVector,
  type Constraint,
  type SparseSymmetric,
  type SparseVector,
} from '../../sdp/semidefinite-programme.js';

/** An estimation programme as it is put together: variables with their a priori bounds, and constraints. */
export interface ProgrammeDraft {
  /** G_ii is at most this for every function of the class. */
  readonly diagonalBounds: number[];
  /** |f_j| is at most this for every function of the class. */
  readonly freeBounds: number[];
  readonly constraints: Constraint[];
  /** The bound of each constraint without its margin. */
  readonly trueBounds: number[];
  /** Whether each constraint is among those to begin with where there are too many to take at once. */
  readonly essential: boolean[];
}

/** A draft without variables or constraints. */
export function emptyDraft(): ProgrammeDraft {
  return { diagonalBounds: [], freeBounds: [], constraints: [], trueBounds: [], essential: [] };
}

/** Adds a vector of norm at most `bound` to the Gram matrix's basis. */
export function addBasisVector({ diagonalBounds }: ProgrammeDraft, bound: number): Combination {
  diagonalBounds.push(bound * bound);
  const combination = new Array<number>(diagonalBounds.length).fill(0);
  combination[diagonalBounds.length - 1] = 1;
  return combination;
}

/** Adds a free variable of at most `bound` in absolute value; returns its index. */
export function addFreeVariable({ freeBounds }: ProgrammeDraft, bound: number): number {
  return freeBounds.push(bound) - 1;
}

/** Adds ⟨matrix, G⟩ + freeᵀf ≤ bound, tightened by the margin. */
export function addAtMost(
  { constraints, trueBounds, essential }: ProgrammeDraft,
  left: { readonly matrix: SparseSymmetric; readonly free: SparseVector },
  { bound = 0, margin = 0, first = true }: { bound?: number; margin?: number; first?: boolean },
): void {
  constraints.push({ ...left, bound: bound - margin, sense: 'at most' });
  trueBounds.push(bound);
  essential.push(first);
}

/** Adds ‖combination‖ ≤ bound, its square tightened by this share. */
export function addNormAtMost(draft: ProgrammeDraft, combination: Combination, bound: number, share: number): void {
  const matrix = product(combination, combination, 1);
  addAtMost(draft, { matrix, free: zeroVector }, { bound: bound * bound, margin: share * bound * bound });
}
