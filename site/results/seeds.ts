import { mean } from '../../src/base/statistics.js';
import { estimate } from '../../src/base/statistics.js';
import {
  costNames,
  gapNames,
  type RunCost,
  type CostName,
  type MeasureRow,
  type FileRun,
  type StepRow,
} from './run.js';

/** What runs that differ only in their seed say together. */
type Said = Pick<FileRun, 'measures' | 'steps' | 'cost'>;

/** The means of some seeds, with 95 % intervals of their measures, at the steps that all of them have. */
export function averaged(seeds: readonly Said[]): Said {
  if (seeds.length === 1) return seeds[0];
  return {
    measures: together(seeds.map(({ measures }) => measures)).map(meanMeasures),
    steps: together(seeds.map(({ steps }) => steps)).map(meanStep),
    cost: meanCost(seeds.map(({ cost }) => cost)),
  };
}

/** The rows of all seeds at every step that the first one has, where all have it. */
function together<Row extends { readonly step: number }>(seeds: readonly (readonly Row[])[]): Row[][] {
  const others = seeds.slice(1).map((rows) => new Map(rows.map((row) => [row.step, row])));
  return seeds[0]
    .map((first) => [first, ...others.flatMap((rows) => rows.get(first.step) ?? [])])
    .filter(({ length }) => length === seeds.length);
}

function meanMeasures(rows: readonly MeasureRow[]): MeasureRow {
  const found = (['dpo', 'sft', ...gapNames] as const).flatMap((name) => {
    const values = rows.flatMap((row) => row[name] ?? []);
    return values.length < rows.length ? [] : [[name, estimate(Float64Array.from(values))] as const];
  });
  return {
    ...rows[0],
    ...Object.fromEntries(found.map(([name, { mean }]) => [name, mean])),
    intervals: Object.fromEntries(found.flatMap(([name, { ci95 }]) => (ci95 === null ? [] : [[name, ci95]]))),
  };
}

function meanStep(rows: readonly StepRow[]): StepRow {
  const loss = (name: 'dpoLoss' | 'sftLoss'): number | null => {
    const seen = rows.flatMap((row) => row[name] ?? []);
    return seen.length === 0 ? null : mean(seen);
  };
  return {
    step: rows[0].step,
    dpoShare: mean(rows.map(({ dpoShare }) => dpoShare)),
    dpoLoss: loss('dpoLoss'),
    sftLoss: loss('sftLoss'),
  };
}

function meanCost(costs: readonly RunCost[]): RunCost {
  const names = Object.keys(costNames) as CostName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const known = costs.flatMap((cost) => cost[name] ?? []);
      return known.length === 0 ? [] : [[name, mean(known)]];
    }),
  );
}
