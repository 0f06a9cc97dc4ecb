import type { FigureRow } from '../../src/figure/figure.js';

/** A Vega-Lite specification as plain data: what is read of it here, and the rest as it is. */
export interface Specification {
  readonly title?: unknown;
  readonly data: { readonly values: readonly FigureRow[] };
  readonly hconcat?: readonly SpecificationView[];
  readonly concat?: readonly SpecificationView[];
  readonly vconcat?: readonly SpecificationView[];
  readonly columns?: number;
  readonly transform?: readonly unknown[];
  readonly params?: readonly unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly width?: number;
  readonly height?: number | { readonly step: number };
  readonly [other: string]: unknown;
}

/** One view of a concatenation, or a specification of a single view; a row of views in a column of them. */
export interface SpecificationView {
  readonly hconcat?: readonly SpecificationView[];
  readonly concat?: readonly SpecificationView[];
  readonly columns?: number;
  readonly width?: number;
  readonly height?: number | { readonly step: number };
  readonly [other: string]: unknown;
}

/** A specification with every object in it, depth first and children before parents, put through a function. */
export function mapped(spec: Specification, change: (object: Record<string, unknown>) => unknown): Specification {
  const { data, ...rest } = spec;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return change(Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry)])));
  };
  return { ...(walk(rest) as Omit<Specification, 'data'>), data };
}
