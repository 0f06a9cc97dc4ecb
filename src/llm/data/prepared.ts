import { InputError } from '../../base/input-error.js';
import type { Fields } from './form.js';
import type { DropReason } from './template.js';

/** How records become sequences. */
export interface PreparationSettings {
  /** The most tokens of a sequence; longer ones are cut. */
  readonly maximumLength: number;
  /** Adds the `input` field to the SFT prompt, on a line of its own after the instruction. */
  readonly inputField?: boolean;
  /** published, none, chat, FILE.jinja or a text with {prompt}; by default published, and chat for conversations. */
  readonly template?: string | undefined;
  /** The form of the records; by default that which the first record has. */
  readonly format?: string | undefined;
  /** Other names of the form's fields. */
  readonly fields?: Fields | undefined;
}

/** What data files give: the examples kept, in file order, and how many records were dropped. */
export interface Prepared<Example> {
  readonly examples: readonly Example[];
  readonly dropped: number;
  readonly summary: PreparationSummary;
}

/** How records were read, and what a reader of the result should know. */
export interface PreparationSummary {
  readonly records: number;
  /** The form and the fields it was read from. */
  readonly form: string;
  readonly template: string;
  /** Numbers of records by why they were dropped. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Numbers of records, kept or not, by what is legal and suspicious in them. */
  readonly suspicious: Readonly<Record<string, number>>;
  /** What else is to be said of the form: numbers of records by where their prompt was found to end. */
  readonly found: Readonly<Record<string, number>>;
}

/** Counts by name, to be added to. */
export type Counts = Record<string, number>;

/** Counts one more. */
export function count(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** The examples, checked to be at least one. */
export function nonEmpty<Example>(
  examples: readonly Example[],
  paths: string | readonly string[],
  dropped: Counts,
  { maximumLength }: PreparationSettings,
): readonly Example[] {
  if (examples.length === 0) {
    const expected = `at least one with text and a prompt under ${maximumLength - 2} tokens (max-length − 2)`;
    const reasons = Object.entries(dropped).map(([reason, number]) => `${number} for ${reason}`);
    const name = typeof paths === 'string' ? paths : paths.join(' ');
    throw new InputError(name, `every record dropped: ${reasons.join(', ')}`, expected);
  }
  return examples;
}

/** A form and its fields in words. */
export function formName(name: string, fields: Fields): string {
  return `${name} (${Object.values(fields).join(', ')})`;
}

/** The line that says how data files were read, and a line for everything that was dropped or is suspicious. */
export function summaryLines(name: string, summary: PreparationSummary): string[] {
  const { records, form, template, dropped, suspicious, found } = summary;
  const counted = Object.entries(found).map(([what, number]) => `${what} (${number})`);
  const first = `${name}: ${records} record${records === 1 ? '' : 's'} of form ${form}, ${[...counted, `template ${template}`].join(', ')}`;
  const warning = (what: string, number: number): string => `warning: ${name}: ${number} of ${records} ${what}`;
  return [
    first,
    ...Object.entries(dropped).map(([reason, number]) => warning(`records dropped: ${reason}`, number)),
    ...Object.entries(suspicious).map(([what, number]) => warning(`records: ${what}`, number)),
  ];
}
