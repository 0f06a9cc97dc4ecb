import type { ExperimentReport } from '../../study/execute.js';
import { significant } from '../../base/text.js';
import { printTable } from '../output.js';

/** Prints what an experiment found: the optima, every run, the checks and the claims. */
export async function printExperiment({ summary, overhead }: ExperimentReport, out: string): Promise<void> {
  const { overheadSentences } = await import('../../study/overhead.js');
  const { rows, checks, claims, singleObjectives } = summary;
  const shown = (value: number): string => significant(value, 4);
  printTable(
    ['run', 'start', 'smallest', 'lowered by'],
    singleObjectives.map(({ name, start, optimum, reduction }) => [
      name,
      shown(start),
      shown(optimum),
      `${(100 * reduction).toFixed(1)} %`,
    ]),
  );
  process.stdout.write('\n');
  printTable(
    ['comparison', 'schedule', 'λ', 'f_SFT', 'f_DPO', 'gap', 'ideal distance', 'held-out accuracy'],
    rows.map(({ comparison, schedule, lambda, sft, dpo, gap, idealDistance, heldOutAccuracy }) => [
      comparison,
      schedule,
      String(lambda),
      ...[sft, dpo, gap, idealDistance, heldOutAccuracy].map(({ mean }) => shown(mean)),
    ]),
  );
  process.stdout.write('\n');
  for (const { statement, passed, measured } of checks) {
    process.stdout.write(`${passed ? 'pass' : 'FAIL'}  ${statement}: ${measured}\n`);
  }
  for (const { claim, comparison, verdict, measured } of claims) {
    process.stdout.write(`${verdict}  ${comparison}: ${claim}: ${measured}\n`);
  }
  for (const sentence of overheadSentences(overhead)) process.stdout.write(`${sentence}\n`);
  process.stdout.write(`\nall of it in ${out}\n`);
}
