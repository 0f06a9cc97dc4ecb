import { InputError } from '../../base/input-error.js';
import { jsonObject } from '../../base/json-object.js';
import { readText } from '../../base/read-whole.js';

/** A prompt with the reply that was preferred and the one that was not. */
export interface PreferenceRecord {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** A prompt with the reply to be imitated. */
export interface DemonstrationRecord {
  readonly prompt: string;
  readonly reply: string;
}

/**
 * The preferences of a JSON Lines file with keys prompt, chosen and rejected; other keys are ignored.
 * Throws an InputError naming the file, the line and the key.
 */
export function readPreferenceRecords(path: string): PreferenceRecord[] {
  return readRecords(path, (text) => ({
    prompt: text('prompt'),
    chosen: text('chosen'),
    rejected: text('rejected'),
  }));
}

/**
 * The demonstrations of a JSON Lines file with keys instruction, output and, optionally, input; other keys are ignored.
 * The prompt is the instruction, with a new line and the input where that is not empty.
 * Throws an InputError naming the file, the line and the key.
 */
export function readDemonstrations(path: string): DemonstrationRecord[] {
  return readRecords(path, (text) => {
    const [instruction, input] = [text('instruction'), text('input', '')];
    return { prompt: input === '' ? instruction : `${instruction}\n${input}`, reply: text('output') };
  });
}

/** The text under a key of one record; a default stands for an absent key. */
type TextAt = (key: string, absent?: string) => string;

function readRecords<Entry>(path: string, toRecord: (text: TextAt) => Entry): Entry[] {
  const content = readText(path);
  const records: Entry[] = [];
  content.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const place = `${path}:${index + 1}`;
    const record = jsonObject(line, place);
    records.push(
      toRecord((key, absent) => {
        const value = record[key] ?? absent;
        if (typeof value !== 'string') throw new InputError(`${place} ${key}`, value, 'a string');
        return value;
      }),
    );
  });
  return records;
}
