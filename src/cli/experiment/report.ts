import type { ExperimentReport } from '../../study/execute.js';
import type { Claim } from '../../study/claim/claim.js';
import { grouped } from '../../base/grouped.js';
import { mean, type Estimate } from '../../base/statistics.js';
import { percentText, significant } from '../../base/text.js';
import type { Summary } from '../../study/summary.js';
import type { MeasuredFront } from '../../study/measured-front.js';
import { labelOf } from '../../schedule/recognise.js';
import { printTable } from '../output.js';

const shown = (value: number): string => (Number.isNaN(value) ? '–' : significant(value, 4));
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** Prints what an experiment found: first what does not learn, then the optima, every run, the checks and the claims. */
export async function printExperiment({ summary, overhead, costClaims }: ExperimentReport, out: string): Promise<void> {
  const { overheadSentences } = await import('../../study/overhead.js');
  const { shownTest } = await import('../../study/verdict.js');
  const { shownEstimate } = await import('../../study/claim/claim.js');
  const { rows, checks, claims, singleObjectives, fronts } = summary;
  for (const line of unlearned(claims)) say(line);
  say();
  printTuning(summary);
  say();
  printTable(
    ['run', 'start', 'smallest', 'lowered by'],
    singleObjectives.map(({ name, start, optimum, reduction }) => [
      name,
      shown(start),
      shown(optimum),
      percentText(reduction),
    ]),
  );
  say();
  printReferences(summary);
  say();
  printTable(
    [
      'comparison',
      'schedule',
      'λ',
      'held-out accuracy',
      'held-out f_SFT',
      'held-out f_DPO',
      'f_SFT',
      'f_DPO',
      'gap',
      'distance',
    ],
    rows.map((row) => [
      row.comparison,
      row.schedule,
      String(row.lambda),
      ...[row.heldOutAccuracy, row.heldOutSft, row.heldOutDpo, row.sft, row.dpo, row.gap].map(({ mean }) =>
        shown(mean),
      ),
      shown(row.normalizedIdealDistance.mean),
    ]),
  );
  say();
  for (const { statement, passed, measured } of checks) say(`${passed ? 'pass' : 'FAIL'}  ${statement}: ${measured}`);
  say();
  for (const claim of [...claims, ...costClaims]) {
    say(`${claim.verdict}  ${claim.comparison}: ${claim.claim}: ${claim.measured}; ${shownTest(claim)}`);
  }
  for (const sentence of overheadSentences(overhead)) say(sentence);
  say();
  for (const front of fronts) frontLines(front, shownEstimate).forEach(say);
  say();
  printCases(summary);
  say();
  say(`all of it in ${out}`);
}

const aloneLabels = { sft: 'f_SFT alone', dpo: 'f_DPO alone', 'dpo-optimum': 'f_DPO*' } as const;

/** The learning rates that were chosen; `edge` where a rate beyond the grid might be better. */
function printTuning({ tuning, settings }: Summary): void {
  const factors = settings.scale.learningRateFactors;
  if (tuning.length === 0) return;
  printTable(
    ['learning rate of', 'comparison', 'factor', 'validation f_SFT', 'validation f_DPO', ''],
    tuning
      .filter(({ chosen }) => chosen)
      .map(({ about, comparison, schedule, factor, sft, dpo, passesGuess }) => [
        about === 'schedule' ? labelOf(schedule) : aloneLabels[about],
        comparison ?? 'both',
        String(factor),
        ...[sft, dpo].map((value) => shown(value ?? NaN)),
        [
          ...(factor === Math.min(...factors) || factor === Math.max(...factors) ? ['edge'] : []),
          ...(passesGuess && about !== 'dpo-optimum' ? ['f_SFT passes the uniform guess'] : []),
        ].join(', '),
      ]),
  );
}

/** What losses are measured by. */
function printReferences({ references }: Summary): void {
  const of = (estimate: Estimate | null): string => (estimate === null ? '–' : shown(estimate.mean));
  printTable(
    ['comparison', 'measured by', 'held-out accuracy', 'held-out f_SFT', 'held-out f_DPO', 'f_SFT', 'f_DPO'],
    references.map(({ comparison, reference, heldOutAccuracy, heldOutSft, heldOutDpo, sft, dpo }) => [
      comparison,
      reference,
      ...[heldOutAccuracy, heldOutSft, heldOutDpo, sft, dpo].map(of),
    ]),
  );
}

/** The runs in which DPO has gone on for too long, as a case of their own, and what the findings depend on. */
function printCases({ beyondGuess, uniformGuess, sensitivity }: Summary): void {
  for (const { comparison, schedule, lambda, steps, sft } of beyondGuess) {
    say(
      `${comparison}: after ${steps} steps ${labelOf(schedule)} at λ = ${lambda} ends with f_SFT ${shown(sft.mean)}, ` +
        `above the uniform guess ${shown(uniformGuess)}`,
    );
  }
  const groups = grouped(sensitivity, ({ comparison, schedule, variedOf, variedBy }) =>
    [comparison, schedule, variedOf, variedBy].join(' '),
  );
  if (groups.length === 0) return;
  printTable(
    ['comparison', 'schedule', 'varied', 'by', 'held-out accuracy', 'held-out f_SFT', 'held-out f_DPO'],
    groups.map((rows) => [
      ...[rows[0].comparison, rows[0].schedule, rows[0].variedOf, significant(rows[0].variedBy, 3)],
      ...(['heldOutAccuracy', 'heldOutSft', 'heldOutDpo'] as const).map((name) => {
        const values = rows.flatMap((row) => row[name] ?? []);
        const diverged = rows.length - values.length;
        return diverged > 0 ? `diverged in ${diverged} of ${rows.length}` : shown(mean(values));
      }),
    ]),
  );
}

/** One line for each schedule that is not found to learn at λ = ½, and what of it. */
function unlearned(claims: readonly Claim[]): string[] {
  return claims
    .filter(({ kind, verdict }) => kind === 'learning' && verdict !== 'agrees')
    .map(({ comparison, claim, verdict, measured }) =>
      verdict === 'disagrees'
        ? `not so, ${comparison}: ${claim}: ${measured}`
        : `not seen, ${comparison}: ${claim}: ${measured}`,
    );
}

function frontLines(
  { comparison, nonDominated, hypervolumes, budgets }: MeasuredFront,
  shownEstimate: (estimate: MeasuredFront['hypervolumes'][number]['hypervolume']) => string,
): string[] {
  const named = ({ schedule, lambda }: { schedule: string; lambda: number }): string =>
    `${labelOf(schedule)} at λ = ${lambda}`;
  return [
    `${comparison}: not dominated, held out: ${nonDominated.map(named).join(', ')}`,
    `${comparison}: held-out hypervolume below the start, nats²: ${hypervolumes.map(({ schedule, hypervolume }) => `${labelOf(schedule)} ${shownEstimate(hypervolume)}`).join('; ')}`,
    ...budgets.map(({ forgetAtMost, choice, judged }) => {
      const budget = `${comparison}: of held-out f_SFT at most ${shown(forgetAtMost)} nats lost to SFT alone`;
      if (choice === null) return `${budget}: no schedule at any λ`;
      const verdict =
        judged === null
          ? ''
          : `; chosen by the other seeds it loses ${shownEstimate(judged.forgotten)} and has f_DPO ${shownEstimate(judged.dpo)}, within the budget in ${judged.kept} seeds`;
      return `${budget}: ${named(choice)}${verdict}`;
    }),
  ];
}
