import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { choiceNames } from '../../schedule/step.js';

/** A row of a table: cells by column. */
export type TableRow = Readonly<Record<string, unknown>>;

/** What the logs of trainers elsewhere call the columns of steps.jsonl. */
const columns: Readonly<Record<string, string>> = { sft_loss: 'sftLoss', dpo_loss: 'dpoLoss' };

/** A row of the log of a trainer elsewhere (step, choice, sft_loss, dpo_loss) in the columns of steps.jsonl. */
export function inOurColumns(row: TableRow): TableRow {
  const names = Object.keys(row);
  if (!names.some((name) => Object.hasOwn(columns, name))) return row;
  return Object.fromEntries(
    names.map((name) => [Object.hasOwn(columns, name) ? columns[name] : name, row[name]] as const),
  );
}

const entrySchema = z.looseObject({
  step: z.int().nonnegative(),
  choice: z.enum(choiceNames).optional(),
  loss: z.number().optional(),
  sft_loss: z.number().nullish(),
  dpo_loss: z.number().nullish(),
  eval_sft_loss: z.number().optional(),
  eval_dpo_loss: z.number().optional(),
});

type LogEntry = z.infer<typeof entrySchema>;

const stateSchema = z.looseObject({ log_history: z.array(entrySchema) });

/** Whether a value is the content of a trainer_state.json of Transformers. */
export function isTrainerState(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'log_history' in value;
}

/**
 * The tables in a trainer_state.json of Transformers' Trainer, which TRL's trainers extend: steps (step, choice, sftLoss,
 * dpoLoss) and evaluations (step, dpo, sft), those steps at which both eval_sft_loss and eval_dpo_loss were logged.
 * `loss` is f_DPO where the entry has rewards, as DPOTrainer logs them, and f_SFT where it has a token accuracy or count,
 * as SFTTrainer does.
 * @throws InputError naming the entry that is wrong or whose loss could be either
 */
export function trainerStateTables(value: unknown): { steps: TableRow[]; evaluations: TableRow[] } {
  const { log_history: entries } = checked(stateSchema, value);
  const steps = entries
    .map((entry, i) => stepRow(entry, `log_history[${i}]`))
    .filter((row): row is TableRow => row !== undefined);
  // One evaluation logs an entry for each of its data sets, all of them under one step.
  const evaluated = new Map<number, { step: number; dpo?: number; sft?: number }>();
  for (const { step, eval_dpo_loss: dpo, eval_sft_loss: sft } of entries) {
    if (dpo === undefined && sft === undefined) continue;
    const known = evaluated.get(step) ?? { step };
    evaluated.set(step, { ...known, ...(dpo !== undefined && { dpo }), ...(sft !== undefined && { sft }) });
  }
  const evaluations = [...evaluated.values()].filter(({ dpo, sft }) => dpo !== undefined && sft !== undefined);
  if (steps.length === 0 && evaluations.length === 0) {
    const expected = 'entries with sft_loss, dpo_loss, or the loss of a trainer of TRL';
    throw new InputError('log_history', `${entries.length} entries without a loss`, expected);
  }
  return { steps, evaluations };
}

function stepRow(entry: LogEntry, place: string): TableRow | undefined {
  const { step, loss } = entry;
  let [sftLoss, dpoLoss] = [entry.sft_loss ?? null, entry.dpo_loss ?? null];
  if (sftLoss === null && dpoLoss === null) {
    if (loss === undefined) return undefined;
    if (Object.keys(entry).some((name) => name.startsWith('rewards/'))) dpoLoss = loss;
    else if ('mean_token_accuracy' in entry || 'num_tokens' in entry || entry.choice === 'sft') sftLoss = loss;
    else if (entry.choice === 'dpo') dpoLoss = loss;
    else
      throw new InputError(
        `${place}.loss`,
        loss,
        'sft_loss or dpo_loss in the same row, or what TRL logs for SFT or DPO',
      );
  }
  const choice = entry.choice ?? (sftLoss === null ? 'dpo' : dpoLoss === null ? 'sft' : undefined);
  if (choice === undefined)
    throw new InputError(`${place}.choice`, choice, 'dpo, sft or mix where both losses are given');
  return { step, choice, sftLoss, dpoLoss };
}
