import { InputError } from '../../base/input-error.js';
import type { DataRecord } from './records.js';

/** The fields that a form is read from, by what they are to it. */
export type Fields = Readonly<Record<string, string>>;

/** A form that records may have. */
export interface Form<Content> {
  readonly name: string;
  /** The record's fields by what they are to the form: { prompt: 'instruction', response: 'output' }. */
  readonly fields: Fields;
  /** Those among them that a record may lack. */
  readonly optional?: readonly string[];
  /** Whether its texts are lists of { role, content }. */
  readonly conversational: boolean;
  /** What a record of this form says; throws an InputError where it is none. */
  read(record: DataRecord, fields: Fields): Content;
}

/** A form as it is read in some files. */
export interface ChosenForm<Content> {
  readonly form: Form<Content>;
  /** The form's fields under the names that these files have. */
  readonly fields: Fields;
}

/** How a form is asked for. */
export interface FormRequest {
  /** Its name; by default the first form whose fields the record has. */
  readonly format?: string | undefined;
  /** Other names of fields. */
  readonly fields?: Fields | undefined;
}

/**
 * The form of a file by its first record, unless it is given. Where the record has the fields of no form it is taken
 * for the form that it lacks least of, whose reading then says what is missing.
 * @param options the names of the command line's options for form and fields
 * @throws InputError where a name is unknown, or the record has no field of any form
 */
export function chosenForm<Content>(
  forms: readonly Form<Content>[],
  record: DataRecord,
  { format, fields = {} }: FormRequest,
  options: { readonly format: string; readonly fields: string },
): ChosenForm<Content> {
  const named = forms.filter(({ name }) => format === undefined || name === format);
  if (named.length === 0) throw new InputError(options.format, format, forms.map(({ name }) => name).join(', '));
  const possible = named.filter((form) => Object.keys(fields).every((key) => key in form.fields));
  if (possible.length === 0) {
    const keys = [...new Set(named.flatMap((form) => Object.keys(form.fields)))];
    throw new InputError(options.fields, fields, `names of ${keys.join(', ')}, as in ${keys[0]}=NAME`);
  }
  const candidates = possible.map((form) => {
    const own = { ...form.fields, ...fields };
    const needed = Object.keys(own).filter((key) => form.optional?.includes(key) !== true);
    const kind = (key: string): boolean => Array.isArray(record.fields[own[key]]) === form.conversational;
    const held = needed.filter((key) => record.fields[own[key]] !== undefined);
    const fitting = held.filter((key) => isMixed(form, key) || kind(key));
    return { form, own, held: held.length, lacking: needed.length - fitting.length };
  });
  if (format === undefined && candidates.every(({ held }) => held === 0)) {
    const known = possible.map(({ name, fields: own }) => `${name} (${Object.values(own).join(', ')})`);
    throw new InputError(record.place, Object.keys(record.fields), `the fields of one of ${known.join('; ')}`);
  }
  const least = candidates.reduce((best, one) =>
    one.lacking < best.lacking || (one.lacking > 0 && one.lacking === best.lacking && one.held > best.held)
      ? one
      : best,
  );
  return { form: least.form, fields: least.own };
}

/** A conversation's prompt may be text: its first turn. */
function isMixed({ conversational }: Form<unknown>, key: string): boolean {
  return conversational && key === 'prompt';
}
