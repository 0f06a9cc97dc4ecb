import { InputError } from '../base/input-error.js';
import type { Problem } from '../convex/problem/problem.js';
import { compareRemedies } from '../remedy/compare.js';
import type { RemedyRow } from '../remedy/row.js';
import { remedies } from '../remedy/index.js';
import { setup } from '../remedy/setup.js';
import { schedules } from '../schedule/index.js';

/** A schedule that a command runs, and what its limit and a step of it are worth. */
export interface Way {
  readonly name: string;
  /** Its own options, as `forgetting run` takes them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** F_λ at its limit, less min F_λ, and what that may be off by. */
  readonly gap: number;
  /** Both objectives there. */
  readonly dpo: number;
  readonly sft: number;
  readonly certificate: number;
  readonly cost: RemedyRow['cost'];
  readonly needs: RemedyRow['needs'];
}

/**
 * Every remedy that is a schedule and applies, with the parameter of theory: by gap, then by the work of a step.
 * @param given parameters by name, which count in place of those of theory
 */
export function waysTo(problem: Problem, lambda: number, given: Readonly<Record<string, number>> = {}): Way[] {
  const common = setup(problem, { lambda, steps: 2, seeds: 1 });
  const rows = Object.keys(remedies)
    .filter((name) => Object.hasOwn(schedules, name))
    .flatMap((name) => {
      const own = remedies[name].parameter?.name ?? '';
      const parameter = Object.hasOwn(given, own) ? { [own]: String(given[own]) } : {};
      return rowsOf(() => compareRemedies(common, { only: [name], given: parameter }).remedies);
    });
  const ways = rows.flatMap(({ name, chosen, parameters, limit, cost, needs }) =>
    limit === null || chosen === 'hindsight'
      ? []
      : [
          {
            name,
            parameters,
            gap: limit.gap,
            dpo: limit.dpo,
            sft: limit.sft,
            certificate: limit.certificate + limit.gapCertificate,
            cost,
            needs,
          },
        ],
  );
  const work = ({ cost }: Way): number => cost.gradients + cost.evaluations / 2;
  return ways.sort((a, b) => a.gap - b.gap || work(a) - work(b));
}

/** Rows of a remedy that applies; none of one that does not. */
function rowsOf(compute: () => readonly RemedyRow[]): readonly RemedyRow[] {
  try {
    return compute();
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}
