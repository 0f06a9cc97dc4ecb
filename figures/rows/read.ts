import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { checked } from '../../src/base/checked.js';
import { fileRefusal } from '../../src/base/file-refusal.js';
import { grouped } from '../../src/base/grouped.js';
import { InputError } from '../../src/base/input-error.js';
import { parseJson } from '../../src/base/json-file.js';
import { readRecords } from '../../src/llm/data/records.js';
import { checkContents } from '../../src/llm/results/contents.js';
import { readRows } from '../../src/llm/results/line-log.js';
import { inOurColumns, isTrainerState, trainerStateTables } from '../../src/llm/results/trainer-log.js';

/** A row of a run: the numbers measured after a step, by column. */
export interface MeasuredRow {
  readonly step: number;
  readonly numbers: Readonly<Record<string, number>>;
}

/** The rows of one run, or of an ensemble of runs, and what tells it apart from others. */
export interface RunRows {
  /** The file or the folder that they come from. */
  readonly file: string;
  /** Everything that says which run it is: schedule, λ, its own settings, step size, … */
  readonly about: Readonly<Partial<Record<string, string | number>>>;
  /** The schedule's own settings. */
  readonly own: Readonly<Record<string, unknown>>;
  /** What the schedule calls itself, where the rows say it. */
  readonly label?: string;
  /** The first seed, where it is known. */
  readonly seed: number | undefined;
  /** Whether each number is a mean over seeds. */
  readonly ofEnsemble: boolean;
  readonly rows: readonly MeasuredRow[];
}

const wanted =
  'rows of forgetting run --out, the folder of a run of forgetting llm train, or the log of a trainer (docs/trainers.md)';

/** The columns of tables that say which run a row belongs to; all other numbers are measured. */
const aboutColumns = [
  ...['comparison', 'schedule', 'order', 'lambda', 'dpoShare', 'steps', 'settings', 'remedies', 'stepSize', 'batch'],
  ...['values', 'gradientBatch', 'valueNoise', 'optimum', 'seeds', 'seed', 'problem', 'problemHash'],
];

const rowSchema = z.looseObject({
  schedule: z.string(),
  label: z.string().nullish(),
  step: z.int().nonnegative(),
  lambda: z.number().min(0).max(1),
  seed: z.number().nullish(),
});

/**
 * The runs in a table of `forgetting run --out` (JSONL or Parquet, or one with the same columns), in the folder of a run
 * of `forgetting llm train`, in its steps or evaluations alone, or in the log of a trainer elsewhere: rows with step,
 * choice, sft_loss and dpo_loss, or the trainer_state.json of Transformers.
 * @throws InputError naming the file where it is none of these, or is damaged
 */
export async function readRuns(path: string): Promise<RunRows[]> {
  if (isFolder(path)) return [await readRunFolder(path)];
  const log = /^(steps|evaluations)\.(?:jsonl|parquet)$/.exec(basename(path))?.[1];
  if (log !== undefined && existsSync(join(dirname(path), settingsFile)))
    return [await readRunFolder(dirname(path), [log])];
  if (path.endsWith('.json')) {
    const content = parseJson(path);
    if (isTrainerState(content)) {
      const { steps, evaluations } = trainerStateTables(content);
      return [ofTrainer(path, [...evaluations, ...steps])];
    }
  }
  const records = await readRecords(path);
  const logged = records.map(({ fields }) => inOurColumns(fields));
  if (logged.length > 0 && logged.every((row) => isLogged(row))) return [ofTrainer(path, logged)];
  const rows = records.map(({ place, fields }) => {
    const plain = Object.fromEntries(
      Object.entries(inOurColumns(fields)).map(([name, value]) => [name, plainNumber(value)]),
    );
    if (!('schedule' in plain && 'step' in plain)) throw new InputError(place, Object.keys(plain).join(', '), wanted);
    return checked(rowSchema, plain, { place });
  });
  return grouped(rows, (row) => JSON.stringify(aboutColumns.map((name) => row[name] ?? null))).map((own) => {
    const [first] = own;
    const about = Object.fromEntries(
      aboutColumns.flatMap((name) => {
        const value = first[name];
        return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
      }),
    );
    return {
      file: path,
      about,
      ...(first.label != null && { label: first.label }),
      own: { ...(first.order != null && { order: first.order }), ...ownSettings(first.settings, path) },
      seed: first.seed ?? undefined,
      ofEnsemble: typeof first.seeds === 'number',
      rows: own.map(measuredRow),
    };
  });
}

/** Whether a row is one that a trainer elsewhere logged: a step and its losses, and no word of a schedule. */
function isLogged(row: Readonly<Record<string, unknown>>): boolean {
  const hasLosses = 'sftLoss' in row || 'dpoLoss' in row || ('sft' in row && 'dpo' in row);
  return Number.isSafeInteger(row.step) && !('schedule' in row) && hasLosses;
}

/** The one run in the log of a trainer elsewhere, which has the name of its file, or of the folder of trainer_state.json. */
function ofTrainer(path: string, rows: readonly Readonly<Record<string, unknown>>[]): RunRows {
  const file = basename(path);
  const schedule = file === 'trainer_state.json' ? basename(dirname(resolve(path))) : file.replace(/\.\w+$/, '');
  return { file: path, about: { schedule }, own: {}, seed: undefined, ofEnsemble: false, rows: rows.map(measuredRow) };
}

const settingsFile = 'settings.json';
const settingsSchema = z.looseObject({
  schedule: z.string(),
  'schedule-label': z.string().optional(),
  lambda: z.number(),
  steps: z.int(),
  seed: z.int(),
});
/** Settings of a run of a language model, of `llm train` or of an experiment, that tell runs apart in a picture. */
const shownSettings = [
  'schedule',
  'order',
  'split',
  'period',
  'weighted-steps',
  'weightedSteps',
  'lambda',
  'steps',
  'learning-rate',
  'learning-rate-factors',
  'beta',
  'seed',
];

/** A run folder of `llm train` or of an experiment, finished or under way: evaluations, and the steps for what these do not have. */
async function readRunFolder(folder: string, logs: readonly string[] = ['evaluations', 'steps']): Promise<RunRows> {
  const place = join(folder, settingsFile);
  if (!existsSync(place)) throw new InputError(folder, 'a folder without settings.json', wanted);
  const settings = checked(settingsSchema, parseJson(place), { place });
  const { 'schedule-label': label } = settings;
  if (existsSync(join(folder, 'contents.json'))) {
    await checkContents(folder, [settingsFile, ...logs.map((log) => `${log}.jsonl`)]);
  }
  const tables = logs.map((log) => readRows(join(folder, `${log}.jsonl`)).map(measuredRow));
  // A column of the evaluations hides that of the steps, which is of a minibatch.
  const evaluated = new Set(tables[0].flatMap(({ numbers }) => Object.keys(numbers)));
  const rows = tables.flatMap((table, i) =>
    i === 0
      ? table
      : table.map(({ step, numbers }) => ({
          step,
          numbers: Object.fromEntries(Object.entries(numbers).filter(([name]) => !evaluated.has(name))),
        })),
  );
  const about = Object.fromEntries(
    shownSettings.flatMap((name) => {
      const value = settings[name];
      if (value === undefined || value === null) return [];
      return [[name, typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)] as const];
    }),
  );
  const own = { ...settings, weightedSteps: settings['weighted-steps'] ?? settings.weightedSteps };
  return {
    file: folder,
    about,
    own,
    ...(label !== undefined && { label }),
    seed: settings.seed,
    ofEnsemble: false,
    rows,
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw fileRefusal(path, error, wanted);
  }
}

function measuredRow(row: Readonly<Record<string, unknown>>): MeasuredRow {
  const numbers = Object.entries(row).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === 'number' && entry[0] !== 'step' && !aboutColumns.includes(entry[0]),
  );
  return { step: Number(row.step), numbers: Object.fromEntries(numbers) };
}

/** Parquet's integers of 64 bits as numbers. */
function plainNumber(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function ownSettings(text: unknown, path: string): Record<string, unknown> {
  if (typeof text !== 'string') return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw new InputError(`${path}: settings`, text, 'a schedule’s settings as JSON');
  }
}
