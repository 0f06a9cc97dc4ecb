import type { VerdictRow } from './verify.js';

/** What became of one statement over all its checks. */
export interface StatementVerdict {
  readonly id: string;
  readonly hold: number;
  readonly fail: number;
  readonly notApplicable: number;
  /** The check whose measured number came closest to its bound, by measured / bound; null where no bound has a ratio. */
  readonly closest: {
    readonly problem: string;
    readonly lambda: number;
    readonly steps: number | null;
    readonly ratio: number;
  } | null;
  /** The ratio nearest to breaking the bound that an attack found; null where none was made, or none found an instance. */
  readonly attacked: number | null;
}

/** The verdict on every statement that some row is about, in the order of the rows. */
export function summary(rows: readonly VerdictRow[]): StatementVerdict[] {
  const ids = [...new Set(rows.map(({ id }) => id))];
  return ids.map((id) => {
    const all = rows.filter((row) => row.id === id);
    const own = all.filter(({ attacked }) => attacked !== true);
    const ratios = all.flatMap(({ attacked, ratio }) => (attacked === true && ratio !== null ? [ratio] : []));
    const attacked = ratios.length > 0 ? mostCritical(all[0].kind, ratios) : null;
    const failed = all.filter(({ holds }) => holds === false).length;
    const count = (verdict: VerdictRow['holds']): number => own.filter(({ holds }) => holds === verdict).length;
    return {
      id,
      hold: count(true),
      fail: failed,
      notApplicable: count('not applicable'),
      closest: closest(own),
      attacked,
    };
  });
}

function closest(rows: readonly VerdictRow[]): StatementVerdict['closest'] {
  let found: StatementVerdict['closest'] = null;
  for (const { problem, lambda, steps, ratio } of rows) {
    if (ratio === null || !Number.isFinite(ratio)) continue;
    if (found === null || distance(ratio) < distance(found.ratio)) found = { problem, lambda, steps, ratio };
  }
  return found;
}

/** The largest ratio of a bound from above, the least of one from below, the farthest from 1 of an equality. */
function mostCritical(kind: VerdictRow['kind'], ratios: readonly number[]): number {
  if (kind === 'lower') return Math.min(...ratios);
  if (kind === 'exact') return ratios.reduce((worst, ratio) => (distance(ratio) > distance(worst) ? ratio : worst));
  return Math.max(...ratios);
}

/** How far a number is from its bound, whichever side of it is allowed. */
function distance(ratio: number): number {
  return Math.abs(Math.log(Math.max(ratio, Number.MIN_VALUE)));
}
