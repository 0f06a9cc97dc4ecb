import type { Interval } from './interval.js';
import type { BinaryOperation } from './operations.js';
import type { UnaryFunction } from './function-table.js';

/** A part of an expression; its arguments are indices of parts before it. */
export type ExpressionPart =
  /** `range` holds what the constant is exactly, of which `value` is the computed double. */
  | { readonly kind: 'constant'; readonly value: number; readonly range: Interval }
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'unary'; readonly rule: UnaryFunction; readonly a: number }
  | { readonly kind: 'binary'; readonly rule: BinaryOperation; readonly a: number; readonly b: number }
  | { readonly kind: 'conditional'; readonly condition: number; readonly a: number; readonly b: number };

/** An expression as a list of parts, each once however often it occurs; the last one is the whole. */
export interface Expression {
  readonly parts: readonly ExpressionPart[];
  readonly variables: number;
}
