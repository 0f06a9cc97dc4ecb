import { chosenForm, type ChosenForm, type Form } from './form.js';
import { count, formName, nonEmpty, type Counts, type PreparationSettings, type Prepared } from './prepared.js';
import { streamRecords, type DataPaths, type DataRecord, type StreamedRecord } from './records.js';
import { templateOf, type DropReason, type Template } from './template.js';
import { hasWeight, weightSaid } from './weight.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** What is counted while records are read. */
export interface Noted {
  /** By what is legal and suspicious in records. */
  readonly suspicious: Counts;
  /** By where their prompt was found to end. */
  readonly found: Counts;
}

/** How one kind of records becomes examples. */
export interface RecordKind<Content, Example> {
  readonly forms: readonly Form<Content>[];
  /** The names of the command line's options for form and fields. */
  readonly options: { readonly format: string; readonly fields: string };
  /** The example of what a record says, or why it is dropped. */
  readonly example: (content: Content, record: DataRecord, template: Template, noted: Noted) => Example | DropReason;
}

/**
 * The examples of data files: each record in the form of its file's first, made by the kind, dropped or kept.
 * Throws an InputError where a record is not of the form and where nothing is left.
 */
export async function readPrepared<Content, Example extends object>(
  { forms, options, example }: RecordKind<Content, Example>,
  paths: DataPaths,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): Promise<Prepared<Example>> {
  const examples: Example[] = [];
  const [dropped, suspicious, found]: Counts[] = [{}, {}, {}];
  const reader = fileReader(forms, tokenizer, settings, options);
  let records = 0;
  for await (const record of streamRecords(paths)) {
    const { chosen, template } = await reader.of(record);
    records += 1;
    const content = chosen.form.read(record, chosen.fields);
    if (hasWeight(record, chosen)) count(suspicious, weightSaid);
    const made = example(content, record, template, { suspicious, found });
    if (typeof made === 'string') count(dropped, made);
    else examples.push(made);
  }
  return {
    examples: nonEmpty(examples, paths, dropped, settings),
    dropped: records - examples.length,
    summary: { records, dropped, suspicious, found, ...reader.said() },
  };
}

/** How the records of a file are read. */
interface Reading<Content> {
  readonly chosen: ChosenForm<Content>;
  readonly template: Template;
}

/** How the records of several files are read, one file after the other, each in its own form. */
interface FileReader<Content> {
  /** How a record is read: by the first of its file. */
  of(record: StreamedRecord): Promise<Reading<Content>>;
  /** The forms and the templates met so far, in words. */
  said(): { readonly form: string; readonly template: string };
}

/**
 * A reader of files whose forms are among some.
 * @param options the names of the command line's options for form and fields
 */
function fileReader<Content>(
  forms: readonly Form<Content>[],
  tokenizer: Tokenizer,
  settings: PreparationSettings,
  options: { readonly format: string; readonly fields: string },
): FileReader<Content> {
  let current: { readonly path: string; readonly reading: Reading<Content> } | undefined;
  const [names, templates] = [new Set<string>(), new Set<string>()];
  return {
    async of(record) {
      if (current?.path === record.path) return current.reading;
      const chosen = chosenForm(forms, record, settings, options);
      const template = await templateOf(settings.template, tokenizer, chosen.form.conversational);
      names.add(formName(chosen.form.name, chosen.fields));
      templates.add(template.name);
      current = { path: record.path, reading: { chosen, template } };
      return current.reading;
    },
    said: () => ({ form: [...names].join(' and '), template: [...templates].join(' and ') }),
  };
}
