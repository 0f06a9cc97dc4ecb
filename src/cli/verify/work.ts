import { join } from 'node:path';
import { cacheOf } from '../../experiment/result-cache.js';
import { exactJson, parseExact } from '../../base/exact-json.js';
import { isMade } from '../../cluster/made.js';
import type { Work } from '../../cluster/work.js';
import { digest } from '../../experiment/cache.js';
import { observations } from '../../theory/observation/index.js';
import type { CheckPool } from '../../theory/verify/check-pool.js';
import { suite } from '../../theory/verify/suite.js';
import type { CheckTask } from '../../theory/verify/verify-worker.js';
import { extentOf, type Check, type Exemption } from '../../theory/verify/verify.js';

/** One problem to measure on, for statements or for what is observed beside them. */
export interface VerifyTask extends CheckTask {
  readonly observes: boolean;
}

/** Everything that verify measures: each problem of the suite, and one for what is observed where all statements are asked for. */
export function verifyTasks({
  quick = false,
  seed,
  only,
}: {
  readonly quick?: boolean;
  readonly seed: number;
  readonly only?: readonly string[];
}): VerifyTask[] {
  const extent = extentOf(quick, seed);
  const seen = only === undefined ? observations : [];
  const observed = { problem: 'closed-form', lambda: 0.25 };
  return [
    ...suite(quick).map((key) => ({ key, ids: only, extent, observes: false })),
    ...seen.map(({ id }) => ({ key: observed, ids: [id], extent, observes: true })),
  ];
}

/** Measures a task, or reads what was kept of it; nothing is kept without a folder. */
export async function keptChecks(
  folder: string | undefined,
  pool: CheckPool,
): Promise<(task: VerifyTask) => Promise<(Check | Exemption)[]>> {
  if (folder === undefined) return (task) => pool.check(task);
  const cache = await cacheOf(folder);
  return async (task) => {
    const kept = await cache.get(['verify', task], async () => exactJson(await pool.check(task)));
    return parseExact(kept) as (Check | Exemption)[];
  };
}

/** Verify as work that several machines share, and the file that says that its table has been made. */
export async function workOfVerify(
  cache: string,
  tasks: readonly VerifyTask[],
  verdicts: string | undefined,
): Promise<{ readonly work: Work; readonly mark: string }> {
  const kept = await cacheOf(cache);
  const folder = join(cache, `verify-${digest([kept.salt, tasks, verdicts]).slice(0, 16)}`);
  const mark = join(folder, 'table.made');
  const checks = tasks.map((task, i) => ({
    number: i + 1,
    name: `${task.observes ? (task.ids ?? []).join() : task.key.problem} at λ = ${task.key.lambda}`,
    isFinished: () => kept.has(['verify', task]),
  }));
  const table = { number: undefined, name: verdicts ?? 'table', isFinished: () => isMade(mark) };
  return {
    work: {
      folder,
      stages: [
        { name: 'checks', tasks: checks },
        { name: 'table', tasks: [table] },
      ],
    },
    mark,
  };
}
