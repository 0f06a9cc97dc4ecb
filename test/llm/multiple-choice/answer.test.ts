import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answer, groupLogProbabilities } from '../../../src/llm/multiple-choice/answer.js';
import { readExams } from '../../../src/llm/multiple-choice/exams.js';
import { fewShotPrompt, readSubjects, type Question } from '../../../src/llm/multiple-choice/questions.js';
import { continued } from '../../../src/llm/data/sequence.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { loadModel, openModel } from '../../../src/llm/model/load.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import type { Tokenizer } from '../../../src/llm/tokenizer/tokenizer.js';
import { wilsonInterval } from '../../../src/base/statistics.js';
import { answered } from '../../cli/in-process.js';
import { dataFile } from '../forgetting-data.js';
import { matrix, Tape, type Matrix } from '../reference/autodiff.js';
import { settingsOf } from '../reference/cases.js';
import { logProbability } from '../reference/language-model.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { randomSequences, toyConfig } from '../toy.js';
import { openedBackend } from '../../engine/opened.js';

const folder = temporaryFolder();
openedBackend('wasm');

const csv = [
  '"Which is ""right"", or so?", one,two,"three, and\nmore", four ,C',
  'Second?,a,b,c,d,A',
  ' Third?,a,b,c,d,D ',
].join('\r\n');
const file = join(folder, 'high_school_biology_test.csv');
writeFileSync(file, csv);

describe('questions in the form of MMLU', () => {
  it('are read with their quoting, and their subject from the name of the file', async () => {
    const [{ name, questions }] = await readSubjects(file);
    expect(name).toBe('high school biology');
    expect(questions).toEqual([
      {
        index: 0,
        question: 'Which is "right", or so?',
        options: [' one', 'two', 'three, and\nmore', ' four '],
        answer: 2,
      },
      { index: 1, question: 'Second?', options: ['a', 'b', 'c', 'd'], answer: 0 },
      { index: 2, question: ' Third?', options: ['a', 'b', 'c', 'd'], answer: 3 },
    ]);
  });

  it.each([
    ['a,b,c,d,A\n', /bad\.csv: record 1: got "5 fields", expected six: question,A,B,C,D,answer/],
    ['q,a,b,c,d,A\nq,a,b,c,d,E\n', /bad\.csv: record 2: answer: got "E", expected A, B, C or D/],
    ['', /bad\.csv: got "no questions"/],
  ])('are refused by file and record: %j', async (text, message) => {
    writeFileSync(join(folder, 'bad.csv'), text);
    await expect(readSubjects(join(folder, 'bad.csv'))).rejects.toThrow(message);
  });

  it('become the prompt of MMLU behind answered ones', async () => {
    const [{ questions }] = await readSubjects(file);
    const opening = 'The following are multiple choice questions (with answers) about';
    expect(fewShotPrompt(questions[2], [questions[1]], 'high school biology')).toBe(
      `${opening} high school biology.\n\n` +
        'Second?\nA. a\nB. b\nC. c\nD. d\nAnswer: A\n\n' +
        'Third?\nA. a\nB. b\nC. c\nD. d\nAnswer:',
    );
    expect(fewShotPrompt(questions[1], [], '')).toBe(
      'The following are multiple choice questions (with answers).\n\nSecond?\nA. a\nB. b\nC. c\nD. d\nAnswer:',
    );
  });

  it('take their examples from a file of their subject, or from their own beginning', async () => {
    const examples = join(folder, 'dev');
    mkdirSync(examples);
    writeFileSync(join(examples, 'high_school_biology_dev.csv'), 'Example?,a,b,c,d,B\n');
    writeFileSync(join(examples, 'anatomy_dev.csv'), 'Other?,a,b,c,d,B\n');
    const [other] = await readExams({ questions: file, examples, shots: 1 });
    expect([other.questions.length, other.examples[0].question]).toEqual([3, 'Example?']);
    const [own] = await readExams({ questions: file, shots: 2, subject: 'cells' });
    expect([own.name, own.questions.map(({ index }) => index), own.examples.length]).toEqual(['cells', [2], 2]);
    await expect(readExams({ questions: file, shots: 3 })).rejects.toThrow(/shots: got 3, expected at most 2/);
    await expect(readExams({ questions: file, examples, shots: 2 })).rejects.toThrow(/got 2, expected at most 1/);
    writeFileSync(join(folder, 'law_test.csv'), csv);
    const unknown = readExams({ questions: join(folder, 'law_test.csv'), examples, shots: 1 });
    await expect(unknown).rejects.toThrow(/a file on "law"/);
  });
});

/** The question with the fewest characters: the reference is slow. */
function shortest(questions: readonly Question[]): Question {
  const length = ({ question, options }: Question): number => [question, ...options].join('').length;
  return questions.reduce((best, next) => (length(next) < length(best) ? next : best));
}

describe('log-likelihoods', () => {
  it('leave out what the tokenizer makes of prompt and answer alike, and keep all that differs', () => {
    // Merges ": A" into one token, as no tokenizer of bytes would.
    const merging: Tokenizer = {
      opening: [],
      kind: 'huggingface',
      vocabularySize: 200,
      bosId: undefined,
      eosId: 0,
      endIds: [0],
      eosText: undefined,
      encode: (text) => Array.from(text.replace(': A', '!'), (character) => character.charCodeAt(0)),
      decode: () => '',
    };
    const sequences = continued(merging, 'x:', [' A', ' B']);
    expect(sequences.map(({ ids, promptLength }) => [Array.from(ids), promptLength])).toEqual([
      [[120, 33], 1],
      [[120, 58, 32, 66], 1],
    ]);
  });

  it('are the same from one pass for all four answers as from one each', async () => {
    await writeRandomModel(join(folder, 'toy'), toyConfig, { seed: 1, deviation: 0.3 });
    const { model } = await loadModel({ model: join(folder, 'toy') });
    const prompts = randomSequences(
      [
        [9, 9],
        [30, 30],
        [17, 17],
      ],
      toyConfig.vocabularySize,
      5,
    );
    const groups = prompts.map(({ ids }) =>
      [65, 66, 67, 68].map((token) => ({ promptLength: ids.length, ids: Int32Array.of(...ids, token) })),
    );
    const together = await groupLogProbabilities(model, groups, { batchSize: 2 });
    // With two predicted tokens, of which the first is common to all four, they go through the model one by one.
    const longer = groups.map((group) => group.map(({ ids }) => ({ promptLength: ids.length - 2, ids })));
    const each = await groupLogProbabilities(model, longer, { batchSize: 3 });
    together.forEach((values, index) => {
      values.forEach((value, option) => {
        expect(value - values[0]).toBeCloseTo(each[index][option] - each[index][0], 4);
      });
    });
    model.dispose();
  });

  it('are taken behind fewer examples where the context has no room for all', async () => {
    const narrow = join(folder, 'narrow');
    await writeRandomModel(narrow, { ...toyConfig, contextLength: 160 }, { seed: 1, deviation: 0.3 });
    const { model, tokenizer } = await loadModel({ model: narrow });
    const [{ name, questions }] = await readSubjects(file);
    const scored = await answer({ model, tokenizer, questions, examples: questions.slice(1), subject: name });
    model.dispose();
    // The first question is too long even alone.
    expect(scored.map(({ question, shots }) => [question.index, shots])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  const path = dataFile('models/stories260K/stories260K.bin');
  it.skipIf(path === undefined)('are those of an independent model in float64, on stories260K', async () => {
    const [{ name, questions }] = await readSubjects(dataFile('eval/mmlu/val/marketing_val.csv') ?? '');
    const { model, tokenizer } = await loadModel({ model: path ?? '' });
    const asked = shortest(questions);
    const [scored] = await answer({ model, tokenizer, questions: [asked], examples: [], subject: name });
    model.dispose();

    const { config, weights } = openModel(path ?? '');
    const parameters = new Map<string, Matrix>();
    for (const [tensor, shape] of weightShapes(config)) {
      const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
      parameters.set(tensor, matrix(rows, columns, Float64Array.from(weights.read(tensor))));
    }
    weights.close();
    const option = (text: string, i: number): string => `${'ABCD'[i]}. ${text}`;
    const prompt =
      'The following are multiple choice questions (with answers) about marketing.\n\n' +
      `${[asked.question.trim(), ...asked.options.map(option)].join('\n')}\nAnswer:`;
    const alone = [1, ...tokenizer.encode(prompt)];
    for (const [index, letter] of Array.from('ABCD').entries()) {
      const ids = [1, ...tokenizer.encode(`${prompt} ${letter}`)];
      expect(ids.slice(0, alone.length)).toEqual(alone);
      const expected = logProbability(new Tape(), settingsOf(config, undefined), parameters, ids, alone.length).data[0];
      expect(scored.logLikelihoods[index]).toBeCloseTo(expected, 3);
    }
  });
});

describe("Wilson's interval", () => {
  it('has its textbook values, and stays within [0, 1]', () => {
    // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const rounded = (k: number, n: number): number[] => wilsonInterval(k, n).map((end) => Number(end.toFixed(4)));
    expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
    expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
    expect(rounded(0, 20)).toEqual([0, 0.1611]);
    expect(rounded(1, 29)).toEqual([0.0061, 0.1718]);
  });
});

describe('the command line', () => {
  const words = ['--model', join(folder, 'toy'), '--questions', file, '--backend', 'cpu'];

  interface Report {
    correct: number;
    accuracy: number;
    ci95: [number, number];
    questions: number;
    dropped: number;
    subjects: {
      perQuestion: { answer: string; chosen: string; shots: number; logLikelihoods: Record<string, number> }[];
    }[];
  }

  it('prints accuracy and every score, and refuses more shots than there are', async () => {
    // Tokens are bytes: 240 have room for a question and one example, the toy's 96 for no question.
    const wide = join(folder, 'wide');
    await writeRandomModel(wide, { ...toyConfig, contextLength: 240 }, { seed: 1, deviation: 0.3 });
    const asked = ['--model', wide, ...words.slice(2), '--shots', '1'];
    const ended = await answered(['llm', 'choose', ...asked, '--json']);
    expect(ended.code).toBe(0);
    const report = JSON.parse(ended.stdout) as Report;
    const scores = report.subjects.flatMap(({ perQuestion }) => perQuestion);
    expect([report.questions, report.dropped, scores.length]).toEqual([2, 0, 2]);
    expect(scores.map(({ shots }) => shots)).toEqual([1, 1]);
    expect(report.correct).toBe(scores.filter(({ answer: right, chosen }) => right === chosen).length);
    expect(report.ci95).toEqual(wilsonInterval(report.correct, 2));
    for (const { chosen, logLikelihoods } of scores) {
      expect(logLikelihoods[chosen]).toBe(Math.max(...Object.values(logLikelihoods)));
    }
    const none = await answered(['llm', 'choose', ...words, '--json']);
    expect(JSON.parse(none.stdout)).toMatchObject({ questions: 0, dropped: 3, accuracy: null, ci95: null });
    const refused = await answered(['llm', 'choose', ...words, '--shots', '9']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^forgetting: shots: got 9, expected at most 2[^\n]*\n$/);
  });
});
