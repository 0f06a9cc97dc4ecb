import { sameReply, startsWith, type ComparedReplies, type Dialogue } from './dialogue.js';
import { chosenForm } from './form.js';
import { count, type PreparationSettings, type Prepared } from './prepared.js';
import { preferenceForms, type PreferenceContent } from './preference-form.js';
import { readPrepared, type RecordKind } from './reading.js';
import type { DataPaths, DataRecord } from './records.js';
import { responseTokens, type Sequence } from './sequence.js';
import { publishedTemplate, type DropReason, type Rendered, type Template } from './template.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** A prompt with its preferred and its dispreferred reply, ready for the model. */
export interface PreferencePair {
  /** The record's number in its files, from 0. */
  readonly index: number;
  readonly chosen: Sequence;
  readonly rejected: Sequence;
}

const optionNames = { format: 'preference-format', fields: 'preference-fields' };

/**
 * The preference pairs of data files, each in any form of `preferenceForms`.
 * Records whose prompt has `maximumLength` − 2 tokens or more, or with a reply that has no token behind its prompt, are
 * dropped.
 * Throws an InputError where a record is not of the form and where nothing is left.
 */
export function readPreferences(
  paths: DataPaths,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): Promise<Prepared<PreferencePair>> {
  const kind: RecordKind<PreferenceContent, PreferencePair> = {
    forms: preferenceForms,
    options: optionNames,
    example(content, record, template, { suspicious, found }) {
      if (content.end !== undefined) count(found, `prompts that end ${content.end}`);
      const same = sameReply(content.chosen, content.rejected);
      if (same) count(suspicious, 'chosen equals rejected');
      if (startsWith(content.chosen, content.prompt)) count(suspicious, 'chosen begins with the prompt');
      const pair = pairOf(content, record, template, settings);
      if (typeof pair === 'string') return pair;
      if (pair.cut) count(suspicious, 'a reply cut by max-length');
      if (!same && sameTokens(pair)) count(suspicious, 'chosen and rejected of the same tokens');
      return { index: record.index, chosen: pair.chosen, rejected: pair.rejected };
    },
  };
  return readPrepared(kind, paths, tokenizer, settings);
}

/** The preference pair of a record of prompt, chosen and rejected by the published preparation; undefined if dropped. */
export function preparePreference(
  record: DataRecord,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): PreferencePair | undefined {
  const { form, fields } = chosenForm(preferenceForms, record, { ...settings, format: 'prompt' }, optionNames);
  const pair = pairOf(form.read(record, fields), record, publishedTemplate(tokenizer), settings);
  return typeof pair === 'string' ? undefined : { index: record.index, chosen: pair.chosen, rejected: pair.rejected };
}

/** Whether two replies that differ as text are one to the model: cut to the same, or apart in white space alone. */
function sameTokens({ chosen, rejected }: Pick<PreferencePair, 'chosen' | 'rejected'>): boolean {
  return chosen.ids.length === rejected.ids.length && chosen.ids.every((id, at) => id === rejected.ids[at]);
}

function pairOf(
  comparison: ComparedReplies,
  { place }: DataRecord,
  template: Template,
  { maximumLength }: PreparationSettings,
): { chosen: Sequence; rejected: Sequence; cut: boolean } | DropReason {
  const { prompt } = comparison;
  const made: Rendered[] = [];
  for (const response of [comparison.chosen, comparison.rejected]) {
    // The three of a comparison are of one kind.
    const rendered = template.sequence({ prompt, response } as Dialogue, 'preferences', maximumLength, place);
    if (typeof rendered === 'string') return rendered;
    if (responseTokens(rendered.sequence) === 0) return 'a reply without a token behind its prompt';
    made.push(rendered);
  }
  const [chosen, rejected] = made;
  return { chosen: chosen.sequence, rejected: rejected.sequence, cut: chosen.cut || rejected.cut };
}
