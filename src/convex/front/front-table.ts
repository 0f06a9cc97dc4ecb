import type { EnclosedFront } from './enclosed-front.js';

/** The columns of a front's table and their Parquet types. */
export const frontColumns = {
  layer: 'STRING',
  lambda: 'DOUBLE',
  dpo: 'DOUBLE',
  sft: 'DOUBLE',
  value: 'DOUBLE',
  certificate: 'DOUBLE',
} as const;

/** A row for every point that was solved for, and for every vertex of the two polygons: `layer` says which. */
export function* frontRows({ supports, inner, outer }: EnclosedFront): Iterable<Record<string, string | number>> {
  for (const { point } of supports) {
    const { lambda, dpo, sft, value, certificate } = point;
    yield { layer: 'point', lambda, dpo, sft, value, certificate };
  }
  for (const [dpo, sft] of inner) yield { layer: 'inner', dpo, sft };
  for (const [dpo, sft] of outer) yield { layer: 'outer', dpo, sft };
}
