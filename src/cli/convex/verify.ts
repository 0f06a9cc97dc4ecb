import { join } from 'node:path';
import { Command } from 'commander';
import type { CheckPool } from '../../theory/verify/check-pool.js';
import type { AttackLimit } from '../../theory/attack/attack.js';
import type { Theorem } from '../../theory/theorem.js';
import type { Check, Exemption, VerdictRow } from '../../theory/verify/verify.js';
import { InputError } from '../../base/input-error.js';
import { integerOption } from '../arguments.js';
import { writeWhole } from '../../base/whole-file.js';
import {
  askedOf,
  printStatus,
  runTask,
  submitWork,
  withClusterOptions,
  type ClusterOptions,
} from '../options/cluster.js';
import { printJson, printTable } from '../output.js';
import { jsonText, shortNumber } from '../../base/text.js';
import { commandLine } from '../provenance.js';
import { startProgress } from '../../base/progress.js';

interface VerifyOptions extends ClusterOptions {
  readonly cache?: string;
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly seed: number;
  readonly workers?: number;
  readonly only?: readonly string[];
  readonly attack?: AttackLimit;
  readonly out: string;
  readonly verdicts?: string;
  readonly summary?: boolean;
}

/** `forgetting verify`: every theorem against what is measured; exit code 1 if one fails. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('check every statement of docs/theory.md against measurements')
    .option('--quick', 'each problem at one λ, with fewer steps and seeds')
    .option('--only <ids>', 'statements, as in A.average,M', (text: string) => text.split(','))
    .option(
      '--attack <time or n>',
      'search for problems that break a bound: for a time, as in 60s, or n instances for each statement',
      attackOption('attack'),
    )
    .option('--out <folder>', 'where the attack stores the closest problems', 'closest-problems')
    .option('--seed <n>', 'seed of the first run', integerOption('seed', 0), 0)
    .option('--workers <n>', 'threads; they change no number (default: one for each core)', integerOption('workers', 1))
    .option('--verdicts <file>', 'also write the verdict on each statement, as JSON')
    .option('--summary', 'print one row per statement, with the closest ratios and its origin')
    .option('--cache <folder>', 'where measurements are kept; only missing ones are made')
    .option('--json', 'print JSON');
  return withClusterOptions(command).action(async (options: VerifyOptions) => {
    if (askedOf(options) === 'all') await printVerified(options);
    else await share(options);
  });
}

async function printVerified(options: VerifyOptions): Promise<void> {
  const { rows, observed } = await verify(options);
  if (options.verdicts !== undefined) await writeVerdicts(options.verdicts, rows, options);
  if (options.json === true) printJson(rows);
  else if (options.summary === true) await printSummary(rows);
  else {
    printRows(rows);
    printObservations(observed);
  }
  if (options.cache !== undefined) {
    const { verifyTasks, workOfVerify } = await import('../verify/work.js');
    const { writeMade } = await import('../../cluster/made.js');
    const { mark } = await workOfVerify(options.cache, verifyTasks(options), options.verdicts);
    await writeMade(mark, options.verdicts === undefined ? [] : [options.verdicts]);
  }
  if (rows.some((row) => row.holds === false)) process.exitCode = 1;
}

/** Makes one task, submits them, or says how far they are. */
async function share(options: VerifyOptions): Promise<void> {
  const { cache, attack } = options;
  if (cache === undefined) throw new InputError('cache', cache, 'a folder that all machines share');
  if (attack !== undefined)
    throw new InputError('attack', attack, 'it to be left out on a cluster: an attack cannot be divided into tasks');
  const { keptChecks, verifyTasks, workOfVerify } = await import('../verify/work.js');
  const tasks = verifyTasks(options);
  const { work } = await workOfVerify(cache, tasks, options.verdicts);
  if (options.submit !== undefined) await submitWork(work, options);
  else if (options.run === undefined) await printStatus(work, options.json);
  else {
    const { createCheckPool } = await import('../../theory/verify/check-pool.js');
    const pool = createCheckPool(1);
    const check = await keptChecks(cache, pool);
    try {
      await runTask(work.folder, options.run, tasks.length, async (number) => {
        await check(tasks[number - 1]);
      });
    } finally {
      await pool.destroy();
    }
  }
}

/** The statements' rows, and what was observed beside them. */
interface Verified {
  readonly rows: VerdictRow[];
  readonly observed: VerdictRow[];
}

/** Measures, attacks and judges. */
async function verify(options: VerifyOptions): Promise<Verified> {
  const { seed, workers, only, attack, out, cache } = options;
  const { judge, selected } = await import('../../theory/verify/verify.js');
  const { theorems } = await import('../../theory/registry.js');
  const { observations } = await import('../../theory/observation/index.js');
  const { keptChecks, verifyTasks } = await import('../verify/work.js');
  const { createCheckPool } = await import('../../theory/verify/check-pool.js');
  const chosen = selected(theorems, only);
  const tasks = verifyTasks(options);
  const progress = startProgress('problems', tasks.length);
  const pool = createCheckPool(workers);
  const check = await keptChecks(cache, pool);
  try {
    let done = 0;
    const checks = await Promise.all(
      tasks.map(async (task) => {
        const result = await check(task);
        progress.update(++done);
        return result;
      }),
    );
    const ofKind = (observes: boolean): (Check | Exemption)[] =>
      checks.flatMap((found, i) => (tasks[i].observes === observes ? found : []));
    const attacks = attack === undefined ? [] : await closestProblems(chosen, pool, { attack, seed, out });
    return { rows: judge(chosen, [...ofKind(false), ...attacks]), observed: judge(observations, ofKind(true)) };
  } finally {
    progress.stop();
    await pool.destroy();
  }
}

/** Attacks every theorem that can be, shares a time among them, and stores the closest problems. */
async function closestProblems(
  theorems: readonly Theorem[],
  pool: CheckPool,
  { attack, seed, out }: { attack: AttackLimit; seed: number; out: string },
): Promise<Check[]> {
  const { attackable } = await import('../../theory/attack/attack.js');
  const targets = theorems.filter(attackable);
  const limit =
    'seconds' in attack
      ? { seconds: (attack.seconds * Math.min(pool.workers, targets.length)) / targets.length }
      : attack;
  const found = await Promise.all(targets.map(({ id }) => pool.attack({ id, limit, seed })));
  const checks: Check[] = [];
  for (const closest of found) {
    if (closest === undefined) continue;
    const { id, file, lambda, steps, variant, measurement, bound } = closest;
    const path = join(out, `${id}.json`);
    await writeWhole(path, `${jsonText(file)}\n`);
    checks.push({
      id,
      problem: variant === undefined ? path : `${path} ${variant}`,
      lambda,
      steps,
      measurement,
      bound,
      attacked: true,
    });
  }
  return checks;
}

/** Writes the verdict on every statement, with the command that reached it. */
async function writeVerdicts(path: string, rows: readonly VerdictRow[], { seed }: VerifyOptions): Promise<void> {
  const { summary } = await import('../../theory/verify/summary.js');
  const { version } = await import('../../base/version.js');
  const command = commandLine(process.argv.slice(2));
  await writeWhole(path, `${jsonText({ version, command, seed, statements: summary(rows) })}\n`);
}

/** The option's text as a time, or as a number of instances. */
function attackOption(field: string): (text: string) => AttackLimit {
  return (text) => {
    if (/^\d+$/.test(text)) return { instances: integerOption(field, 1)(text) };
    const match = /^(\d+(?:\.\d+)?)(s|m)$/.exec(text);
    const seconds = match === null ? NaN : Number(match[1]) * (match[2] === 'm' ? 60 : 1);
    if (!(seconds > 0)) {
      throw new InputError(field, text, 'a time in seconds or minutes, as in 60s or 2m, or a number of instances');
    }
    return { seconds };
  };
}

/** One row per statement. */
async function printSummary(rows: readonly VerdictRow[]): Promise<void> {
  const { summary } = await import('../../theory/verify/summary.js');
  const { theorems } = await import('../../theory/registry.js');
  const known = new Map(theorems.map((theorem) => [theorem.id, theorem]));
  printTable(
    ['statement', 'kind', 'checks', 'closest', 'attack', 'origin'],
    summary(rows).map(({ id, hold, fail, closest, attacked }) => {
      const { kind, origin } = known.get(id) ?? { kind: '', origin: '' };
      const checks = fail === 0 ? `${hold} hold` : `${fail} FAIL`;
      const ratio = (value: number | null | undefined): string => (value == null ? '–' : value.toPrecision(3));
      return [id, kind, checks, ratio(closest?.ratio), ratio(attacked), origin];
    }),
  );
}

function printRows(rows: readonly VerdictRow[]): void {
  printMeasured('statement', rows, 'holds', 'FAILS');
  printExemptions(rows);
  const count = (verdict: VerdictRow['holds']): number => rows.filter((row) => row.holds === verdict).length;
  process.stdout.write(`\n${count(true)} hold, ${count(false)} fail, ${count('not applicable')} not applicable\n`);
}

/** What was seen on one problem and is proved for none. */
function printObservations(rows: readonly VerdictRow[]): void {
  if (rows.length === 0) return;
  process.stdout.write('\nobserved, not proved\n');
  printMeasured('observation', rows, 'seen', 'not seen');
}

function printMeasured(what: string, rows: readonly VerdictRow[], right: string, wrong: string): void {
  printTable(
    [what, 'problem', 'λ', 'T', 'measured', '95 % interval', 'bound', 'ratio', 'verdict'],
    rows
      .filter(({ holds }) => holds !== 'not applicable')
      .map(({ id, problem, lambda, steps, measured, bound, ratio, holds }) => [
        id,
        problem,
        shortNumber(lambda),
        shortNumber(steps),
        shortNumber(measured.mean),
        measured.ci95 === null ? '–' : `[${measured.ci95.map(shortNumber).join(', ')}]`,
        shortNumber(bound),
        ratio === null ? '–' : ratio.toPrecision(3),
        holds === true ? right : wrong,
      ]),
  );
}

/** Where a statement says nothing, by statement and reason. */
function printExemptions(rows: readonly VerdictRow[]): void {
  const groups = new Map<string, Set<string>>();
  for (const { id, problem, lambda, holds, reason = '' } of rows) {
    if (holds !== 'not applicable') continue;
    const where = reason.startsWith('λ') ? `${problem} at λ = ${lambda}` : problem;
    const key = `${id}: ${reason}`;
    groups.set(key, (groups.get(key) ?? new Set()).add(where));
  }
  if (groups.size > 0) process.stdout.write('\nnot applicable\n');
  for (const [key, where] of groups) {
    const named = [...where].slice(0, 4).join(', ');
    const more = where.size > 4 ? ` and ${where.size - 4} more` : '';
    process.stdout.write(`  ${key} (${named}${more})\n`);
  }
}
