import { chosenForm } from './form.js';
import { count, type PreparationSettings, type Prepared } from './prepared.js';
import { readPrepared, type RecordKind } from './reading.js';
import type { DataPaths, DataRecord } from './records.js';
import { responseTokens, type Sequence } from './sequence.js';
import { sftForms, type SftContent } from './sft-form.js';
import { publishedTemplate, type DropReason, type Rendered, type Template } from './template.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** An instruction and its response, ready for the model. */
export interface SftExample {
  /** The record's number in its files, from 0. */
  readonly index: number;
  readonly sequence: Sequence;
}

const optionNames = { format: 'sft-format', fields: 'sft-fields' };

/**
 * The SFT examples of data files, each in any form of `sftForms`.
 * Records with an empty instruction or output, a prompt of `maximumLength` − 2 tokens or more, or a response that has no
 * token behind its prompt are dropped.
 * Throws an InputError where a record is not of the form and where nothing is left.
 */
export function readSft(
  paths: DataPaths,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): Promise<Prepared<SftExample>> {
  const kind: RecordKind<SftContent, SftExample> = {
    forms: sftForms,
    options: optionNames,
    example(content, record, template, { suspicious }) {
      if (content.input !== undefined && content.input !== '' && settings.inputField !== true) {
        count(suspicious, 'an input that is not read; --input-field adds it to the prompt');
      }
      const made = sequenceOf(content, record, template, settings);
      if (typeof made === 'string') return made;
      if (made.cut) count(suspicious, 'a reply cut by max-length');
      return { index: record.index, sequence: made.sequence };
    },
  };
  return readPrepared(kind, paths, tokenizer, settings);
}

/** The SFT example of a record of instruction and output by the published preparation; undefined where it is dropped. */
export function prepareSft(
  record: DataRecord,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): SftExample | undefined {
  const request = { ...settings, format: 'instruction' };
  const { form, fields } = chosenForm(sftForms, record, request, optionNames);
  const made = sequenceOf(form.read(record, fields), record, publishedTemplate(tokenizer), settings);
  return typeof made === 'string' ? undefined : { index: record.index, sequence: made.sequence };
}

function sequenceOf(
  content: SftContent,
  { place }: DataRecord,
  template: Template,
  { maximumLength, inputField = false }: PreparationSettings,
): Rendered | DropReason {
  const { prompt, response, input = '' } = content;
  const hasInput = inputField && input !== '' && typeof prompt === 'string' && prompt !== '';
  const dialogue = hasInput && typeof response === 'string' ? { prompt: `${prompt}\n${input}`, response } : content;
  const made = template.sequence(dialogue, 'sft', maximumLength, place);
  if (typeof made === 'string') return made;
  return responseTokens(made.sequence) === 0 ? 'a reply without a token behind its prompt' : made;
}
