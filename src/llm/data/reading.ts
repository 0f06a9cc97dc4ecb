import { chosenForm, type ChosenForm, type Form } from './form.js';
import { formName, type PreparationSettings } from './prepared.js';
import type { StreamedRecord } from './records.js';
import { templateOf, type Template } from './template.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** How the records of a file are read. */
export interface Reading<Content> {
  readonly chosen: ChosenForm<Content>;
  readonly template: Template;
}

/** How the records of several files are read, one file after the other, each in its own form. */
export interface FileReader<Content> {
  /** How a record is read: by the first of its file. */
  of(record: StreamedRecord): Promise<Reading<Content>>;
  /** The forms and the templates met so far, in words. */
  said(): { readonly form: string; readonly template: string };
}

/**
 * A reader of files whose forms are among some.
 * @param options the names of the command line's options for form and fields
 */
export function fileReader<Content>(
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
