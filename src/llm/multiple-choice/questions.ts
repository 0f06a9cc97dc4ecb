import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { csvParseRows } from 'd3-dsv';
import { InputError } from '../../base/input-error.js';
import { readText } from '../../base/read-whole.js';

/** The names of a question's options. */
export const letters = ['A', 'B', 'C', 'D'] as const;

/** A multiple-choice question. */
export interface Question {
  /** Its number among the file's records, from 0. */
  readonly index: number;
  readonly question: string;
  /** The texts of the options A to D. */
  readonly options: readonly string[];
  /** The position of the right option. */
  readonly answer: number;
}

/** The questions of one file. */
export interface QuestionFile {
  /** What they are about, from a file name like high_school_biology_test.csv; empty where it does not tell. */
  readonly name: string;
  readonly file: string;
  readonly questions: readonly Question[];
}

/**
 * The questions of a CSV file in the form of MMLU (question, A, B, C, D, answer; no header), or of every CSV file in a
 * folder, by name.
 * Throws an InputError naming file and record where one has another form.
 */
export async function readSubjects(path: string): Promise<QuestionFile[]> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = isFolder ? (await readdir(path)).filter((name) => name.endsWith('.csv')).sort() : [''];
  if (files.length === 0) throw new InputError(path, 'no .csv file', 'a folder of CSV files');
  return files.map((name) => readSubject(join(path, name)));
}

function readSubject(file: string): QuestionFile {
  const questions = csvParseRows(readText(file, 'a readable CSV file')).map((fields, index) =>
    parsed(fields, file, index),
  );
  if (questions.length === 0)
    throw new InputError(file, 'no questions', 'one question per record: question,A,B,C,D,answer');
  const words = /^(.*)_(?:dev|val|test)\.csv$/.exec(basename(file))?.[1] ?? '';
  return { name: words.replaceAll('_', ' '), file, questions };
}

function parsed(fields: readonly string[], file: string, index: number): Question {
  const place = `${file}: record ${index + 1}`;
  if (fields.length !== letters.length + 2) {
    throw new InputError(place, `${fields.length} fields`, 'six: question,A,B,C,D,answer');
  }
  const answer = letters.findIndex((letter) => letter === fields[5].trim());
  if (answer < 0) throw new InputError(`${place}: answer`, fields[5], 'A, B, C or D');
  return { index, question: fields[0], options: fields.slice(1, 5), answer };
}

/**
 * The prompt of a question behind some answered ones, in the format of MMLU (Hendrycks et al., arXiv 2009.03300), to be
 * continued by a space and a letter.
 */
export function fewShotPrompt(question: Question, examples: readonly Question[], subject: string): string {
  const about = subject === '' ? '' : ` about ${subject}`;
  const shots = examples.map((example) => `${asked(example)} ${letters[example.answer]}\n\n`).join('');
  return `The following are multiple choice questions (with answers)${about}.\n\n${shots}${asked(question)}`;
}

function asked({ question, options }: Question): string {
  const lines = options.map((option, i) => `${letters[i]}. ${option}`);
  return [question.trim(), ...lines, 'Answer:'].join('\n');
}
