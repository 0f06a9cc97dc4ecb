import { InputError } from '../../base/input-error.js';
import { readSubjects, type Question, type QuestionFile } from './questions.js';

/** The questions of a subject that are asked, and those that stand before each with their answers. */
export interface Exam extends QuestionFile {
  readonly examples: readonly Question[];
}

/** Where questions and examples come from. */
export interface ExamOptions {
  /** A CSV file of questions, or a folder of them. */
  readonly questions: string;
  /** One file of examples for all subjects, or a folder with a file for each; by default the first questions of each. */
  readonly examples?: string;
  /** How many examples stand before each question. */
  readonly shots: number;
  /** What the questions are about, in place of what the file names say. */
  readonly subject?: string;
}

/**
 * The exams in a file or folder. Without a source of examples, the first questions of a file are its examples and are
 * not asked.
 * Throws an InputError where there are too few questions or examples.
 */
export async function readExams({ questions, examples, shots, subject }: ExamOptions): Promise<Exam[]> {
  const subjects = await readSubjects(questions);
  const sources = examples === undefined ? undefined : await readSubjects(examples);
  return subjects.map((asked) => {
    const name = subject ?? asked.name;
    if (sources === undefined) {
      requireMany(asked, shots + 1, shots);
      return { ...asked, name, questions: asked.questions.slice(shots), examples: asked.questions.slice(0, shots) };
    }
    const source = sources.length === 1 ? sources[0] : sources.find((candidate) => candidate.name === asked.name);
    if (source === undefined) {
      throw new InputError('examples', examples, `a file on "${asked.name}", the subject of ${asked.file}`);
    }
    requireMany(source, shots, shots);
    return { ...asked, name, examples: source.questions.slice(0, shots) };
  });
}

function requireMany({ file, questions }: QuestionFile, needed: number, shots: number): void {
  if (questions.length >= needed) return;
  throw new InputError(
    'shots',
    shots,
    `at most ${questions.length - (needed - shots)}, because ${file} has ${questions.length} questions`,
  );
}
