import { Command, Option } from 'commander';
import { backendNames, type BackendName } from '../../engine/names.js';
import type { ScoredQuestion } from '../../llm/multiple-choice/answer.js';
import { integerOption } from '../arguments.js';
import { announce, announceOtherBase } from '../options/backend.js';
import { hubCacheOption, withLocalInputs } from '../options/hub.js';
import { withModelOptions, type ModelCommandOptions } from '../options/model.js';
import { printJson, printTable } from '../output.js';
import { startProgress } from '../../base/progress.js';
import { shortNumber } from '../../base/text.js';

interface ChooseCommandOptions extends ModelCommandOptions {
  readonly questions: string;
  readonly examples?: string;
  readonly shots: number;
  readonly subject?: string;
  readonly batch: number;
  readonly backend: BackendName;
  readonly json?: boolean;
}

/** `forgetting llm choose`: multiple-choice questions, answered by the likelihood of the answer. */
export function llmChooseCommand(): Command {
  return withModelOptions(new Command('choose'))
    .description('answer multiple-choice questions (MMLU) by the log-likelihood of A, B, C and D')
    .requiredOption('--questions <path>', 'CSV of question,A,B,C,D,answer without header, or a folder of them')
    .option(
      '--examples <path>',
      'CSV, or folder by subject, that shots come from (default: the first questions, not scored)',
    )
    .option('--shots <k>', 'answered questions before each', integerOption('shots', 0), 0)
    .option('--subject <words>', 'what the questions are about (default: from a name like anatomy_test.csv)')
    .option('--batch <n>', 'sequences that go through the model together', integerOption('batch', 1), 8)
    .addOption(new Option('--backend <name>', 'tensor backend').choices(backendNames).default('auto'))
    .addOption(hubCacheOption())
    .option('--json', 'print JSON')
    .action(async (given: ChooseCommandOptions) => {
      const { readExams } = await import('../../llm/multiple-choice/exams.js');
      const exams = await readExams(given);
      const options = await withLocalInputs(given);
      const { openBackend } = await import('../../engine/backend.js');
      const { loadModel } = await import('../../llm/model/load.js');
      const { answer } = await import('../../llm/multiple-choice/answer.js');
      const backend = await openBackend(options.backend);
      try {
        const loaded = await loadModel(options);
        announce(backend);
        await announceOtherBase(options.model, options.adapter);
        const total = exams.reduce((sum, { questions }) => sum + questions.length, 0);
        const bar = startProgress('questions', total);
        let before = 0;
        const results: SubjectResult[] = [];
        for (const { name, file, questions, examples } of exams) {
          const onProgress = (done: number): void => {
            bar.update(before + done);
          };
          const scored = await answer({
            ...loaded,
            questions,
            examples,
            subject: name,
            batchSize: options.batch,
            onProgress,
          });
          before += questions.length;
          results.push({ subject: name, file, scored, dropped: questions.length - scored.length });
        }
        bar.stop();
        await report(results, options);
      } finally {
        backend.close();
      }
    });
}

interface SubjectResult {
  readonly subject: string;
  readonly file: string;
  readonly scored: readonly ScoredQuestion[];
  readonly dropped: number;
}

async function report(results: readonly SubjectResult[], { json, shots }: ChooseCommandOptions): Promise<void> {
  const { letters } = await import('../../llm/multiple-choice/questions.js');
  const { wilsonInterval } = await import('../../base/statistics.js');
  const summary = (scored: readonly ScoredQuestion[], dropped: number) => {
    const correct = scored.filter(({ question, chosen }) => chosen === question.answer).length;
    const asked = scored.length;
    const accuracy = asked === 0 ? null : correct / asked;
    return { questions: asked, dropped, correct, accuracy, ci95: asked === 0 ? null : wilsonInterval(correct, asked) };
  };
  const subjects = results.map(({ subject, file, scored, dropped }) => ({
    subject,
    file,
    ...summary(scored, dropped),
    scored,
  }));
  const total = summary(
    results.flatMap(({ scored }) => scored),
    results.reduce((sum, { dropped }) => sum + dropped, 0),
  );
  if (json === true) {
    const perQuestion = ({ question, chosen, logLikelihoods, shots: shown }: ScoredQuestion) => ({
      index: question.index,
      answer: letters[question.answer],
      chosen: letters[chosen],
      logLikelihoods: Object.fromEntries(letters.map((letter, i) => [letter, logLikelihoods[i]])),
      shots: shown,
    });
    printJson({
      shots,
      ...total,
      subjects: subjects.map(({ scored, ...subject }) => ({ ...subject, perQuestion: scored.map(perQuestion) })),
    });
    return;
  }
  const row = (name: string, { questions, dropped, accuracy, ci95 }: typeof total): string[] => [
    name,
    String(questions),
    String(dropped),
    shortNumber(accuracy),
    ci95 === null ? '–' : `[${ci95.map((end) => end.toFixed(3)).join(', ')}]`,
  ];
  const rows = subjects.map((subject) => row(subject.subject === '' ? subject.file : subject.subject, subject));
  printTable(
    ['subject', 'questions', 'dropped', 'accuracy', '95 % interval'],
    subjects.length === 1 ? rows : [...rows, row('all', total)],
  );
}
