import { grouped } from '../../src/base/grouped.js';
import { median } from '../../src/base/statistics.js';
import { shortJson, shortText } from '../../src/base/short-text.js';
import type { TableRow } from '../../src/llm/results/trainer-log.js';
import { FileError } from './read.js';
import {
  gapNames,
  settingNames,
  type RunCost,
  type MeasureRow,
  type FileRun,
  type Settings,
  type StepRow,
} from './run.js';
import { averaged } from './seeds.js';
import { onBoth } from '../../src/schedule/step.js';
import { keyOf } from '../../src/schedule/recognise.js';

/** A kind of results file: the columns by which it is known, and what its rows say of a run. */
interface TableForm {
  /** Who writes it, for an error's words. */
  readonly from: string;
  readonly columns: readonly string[];
  readonly read: (rows: readonly TableRow[], place: RowName) => Partial<Pick<FileRun, 'measures' | 'steps' | 'cost'>>;
}

/** A row's number in its file, by which an error calls it. */
type RowName = (row: TableRow) => string;

/** Every form of results, the more special ones first. A new one is an entry here. */
const forms: readonly TableForm[] = [
  {
    from: 'forgetting run --out, the results of llm experiment',
    columns: ['step', 'dpo', 'sft'],
    read: (rows, place) => ({
      measures: rows.map((row) => measureRow(row, { dpo: 'dpo', sft: 'sft' }, place(row))),
      steps: countedSteps(rows, place),
      cost: workOf(rows, place),
    }),
  },
  {
    from: 'the evaluations of llm train',
    columns: ['step', 'sftLoss', 'dpoLoss', 'rewardAccuracy'],
    read: (rows, place) => ({
      measures: rows.map((row) => measureRow(row, { dpo: 'dpoLoss', sft: 'sftLoss' }, place(row))),
    }),
  },
  {
    from: 'the steps of llm train or of a trainer elsewhere, the choices of llm experiment',
    columns: ['step', 'choice'],
    read: (rows, place) => ({ steps: rows.map((row) => stepRow(row, place(row))), cost: workOfSteps(rows) }),
  },
  {
    from: 'the timing of llm train',
    columns: ['step', 'seconds', 'tensorBytes'],
    read: (rows, place) => ({
      cost: {
        seconds: median(rows.map((row) => numberAt(row, 'seconds', place(row)))),
        bytes: rows.reduce((most, row) => Math.max(most, numberAt(row, 'tensorBytes', place(row))), 0) / 1e6,
      },
    }),
  },
  {
    from: 'the cost of llm experiment',
    columns: ['steps', 'medianSecondsPerStep', 'tensorBytes'],
    read: ([row], place) => {
      const at = (name: string): number => numberAt(row, name, place(row));
      return {
        cost: {
          seconds: at('medianSecondsPerStep'),
          bytes: at('tensorBytes') / 1e6,
          gradients: (at('dpoGradients') + at('sftGradients')) / positiveAt(row, 'steps', place(row)),
          evaluations: at('lossEvaluations') / positiveAt(row, 'steps', place(row)),
        },
      };
    },
  },
];

/**
 * The runs that a file's rows describe, the seeds of one run as their mean.
 * @param source the folder or the file that they came with
 * @throws FileError where the rows are of no known form, or a cell is not what its column holds
 */
export function recognised(name: string, rows: readonly TableRow[], source: string): FileRun[] {
  const columns = new Set(rows.flatMap((row) => Object.keys(row)));
  const form = forms.find((each) => each.columns.every((column) => columns.has(column)));
  if (form === undefined) {
    const got = [...columns].slice(0, 6).join(', ');
    const expected = forms.map((each) => `${each.columns.join(', ')} (${each.from})`).join('; ');
    throw new FileError(`${name}: got the columns ${shortText(got, 120)}, expected ${expected}`);
  }
  const numbers = new Map(rows.map((row, i) => [row, i + 1]));
  const place: RowName = (row) => `${name}: row ${numbers.get(row) ?? 0}`;
  const schedule = (row: TableRow): string => scheduleOf(row, place(row));
  return grouped(rows, (row) => JSON.stringify([schedule(row), row.settings, settingsOf(row)])).map((group) => {
    const seeds = grouped(group, (row) => JSON.stringify(row.seed));
    const said = seeds.map((rowsOfSeed) => ({ measures: [], steps: [], cost: {}, ...form.read(rowsOfSeed, place) }));
    return { source, schedule: schedule(group[0]), settings: settingsOf(group[0]), ...averaged(said) };
  });
}

/** The key of a row's schedule, from its order and its other settings, which a row holds as JSON. */
function scheduleOf({ schedule, order, settings }: TableRow, place: string): string {
  if (typeof schedule !== 'string') return '';
  return keyOf(schedule, { ...(typeof order === 'string' && { order }), ...ownSettingsOf(settings, place) });
}

function ownSettingsOf(settings: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof settings !== 'string') return {};
  try {
    const own: unknown = JSON.parse(settings);
    if (typeof own === 'object' && own !== null) return { ...own };
  } catch {
    // Refused as what is no object.
  }
  throw new FileError(`${place}: settings: got ${shortText(settings, 120)}, expected a JSON object`);
}

function settingsOf(row: TableRow): Settings {
  return Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = row[name];
      return typeof value === 'string' || Number.isFinite(value) ? [[name, value as string | number]] : [];
    }),
  );
}

function measureRow(row: TableRow, columns: { dpo: string; sft: string }, place: string): MeasureRow {
  const names = { ...Object.fromEntries(gapNames.map((name) => [name, name])), ...columns };
  const known = Object.entries(names).filter(([, column]) => row[column] !== null && row[column] !== undefined);
  return {
    step: numberAt(row, 'step', place),
    dpo: numberAt(row, columns.dpo, place),
    sft: numberAt(row, columns.sft, place),
    ...Object.fromEntries(known.map(([name, column]) => [name, numberAt(row, column, place)])),
    intervals: Object.fromEntries(
      known.flatMap(([name, column]) => {
        const [low, high] = [row[`${column}Low`], row[`${column}High`]];
        return isFinite(low) && isFinite(high) ? [[name, [low, high] as const]] : [];
      }),
    ),
  };
}

/** What steps worked on, from how many of them were on DPO so far. */
function countedSteps(rows: readonly TableRow[], place: RowName): StepRow[] {
  return rows.slice(1).flatMap((row, i) => {
    if (typeof row.dpoSteps !== 'number') return [];
    const [before, step] = [numberAt(rows[i], 'step', place(rows[i])), numberAt(row, 'step', place(row))];
    const since = numberAt(row, 'dpoSteps', place(row)) - numberAt(rows[i], 'dpoSteps', place(rows[i]));
    if (!(step > before)) return [];
    const dpoShare = since / (step - before);
    if (!(dpoShare >= 0 && dpoShare <= 1)) {
      throw new FileError(`${place(row)}: dpoSteps: got ${since} more than before, expected 0 to ${step - before}`);
    }
    return [{ step, dpoShare, dpoLoss: null, sftLoss: null }];
  });
}

const shares: ReadonlyMap<unknown, number> = new Map([
  ['dpo', 1],
  ['sft', 0],
  [onBoth, 0.5],
]);

function stepRow(row: TableRow, place: string): StepRow {
  const dpoShare = shares.get(row.choice);
  if (dpoShare === undefined) {
    throw new FileError(`${place}: choice: got ${shortJson(row.choice)}, expected dpo, sft or mix`);
  }
  const loss = (column: string): number | null => (row[column] == null ? null : numberAt(row, column, place));
  return { step: numberAt(row, 'step', place), dpoShare, dpoLoss: loss('dpoLoss'), sftLoss: loss('sftLoss') };
}

/** The work of a run that counts it on its last row. */
function workOf(rows: readonly TableRow[], place: RowName): RunCost {
  const last = rows.find(({ gradients }) => typeof gradients === 'number');
  if (last === undefined || typeof last.steps !== 'number') return {};
  const steps = positiveAt(last, 'steps', place(last));
  const perStep = (name: string): number => numberAt(last, name, place(last)) / steps;
  return { gradients: perStep('gradients'), ...(last.evaluations != null && { evaluations: perStep('evaluations') }) };
}

/** The work of steps: a gradient each, Mix two; where both losses were seen by a step on one of them, both were evaluated. */
function workOfSteps(rows: readonly TableRow[]): RunCost {
  if (!rows.some((row) => 'loss' in row)) return {};
  const mixed = rows.filter(({ choice }) => choice === onBoth).length;
  const evaluated = rows.filter(
    ({ choice, sftLoss, dpoLoss }) => choice !== onBoth && typeof sftLoss === 'number' && typeof dpoLoss === 'number',
  ).length;
  return { gradients: 1 + mixed / rows.length, evaluations: (2 * evaluated) / rows.length };
}

function numberAt(row: TableRow, column: string, place: string): number {
  const value = row[column];
  if (isFinite(value)) return value;
  const got = value === undefined ? 'nothing' : shortJson(value);
  throw new FileError(`${place}: ${column}: got ${got}, expected a finite number`);
}

function positiveAt(row: TableRow, column: string, place: string): number {
  const value = numberAt(row, column, place);
  if (value > 0) return value;
  throw new FileError(`${place}: ${column}: got ${value}, expected a number > 0`);
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
