import { Command } from 'commander';
import type { Sequence } from '../../llm/data/sequence.js';
import type { Evaluation } from '../../llm/evaluate.js';
import { integerOption } from '../arguments.js';
import { announce, announceOtherBase, openCommandBackend } from '../options/backend.js';
import { withLocalInputs } from '../options/hub.js';
import {
  announceData,
  preferenceLossSettings,
  readData,
  referenced,
  withSessionOptions,
  type SessionData,
  type SessionOptions,
} from '../options/session.js';
import { printJson, printTable } from '../output.js';
import { shortNumber } from '../../base/text.js';
import { startProgress } from '../../base/progress.js';

interface EvaluateOptions extends SessionOptions {
  readonly batch: number;
  readonly showTokens?: number;
}

/** An evaluation, and what its files lost in preparation. */
export type EvaluationReport = Omit<Evaluation, 'perExample'> & {
  readonly dropped: { readonly sft?: number; readonly preferences?: number };
  readonly perExample: Evaluation['perExample'];
};

/** `forgetting llm evaluate`: f_SFT and f_DPO of a model on whole files. */
export function llmEvaluateCommand(): Command {
  return withSessionOptions(new Command('evaluate').description('f_SFT and f_DPO of a model on whole files'))
    .option('--batch <n>', 'sequences that go through the model together', integerOption('batch', 1), 8)
    .option(
      '--show-tokens <n>',
      'also give the ids and prompt lengths of the first records',
      integerOption('show-tokens', 1),
    )
    .action(async (given: EvaluateOptions) => {
      const { loadModel } = await import('../../llm/model/load.js');
      const { evaluate } = await import('../../llm/evaluate.js');
      const settings = preferenceLossSettings(given);
      const options = await withLocalInputs(given);
      const backend = await openCommandBackend(options);
      try {
        const loaded = await loadModel(options);
        const data = await readData(options, loaded, options);
        announce(backend);
        announceData(data);
        await announceOtherBase(options.model, options.adapter, options.reference);
        const preferences =
          data.preferences === undefined
            ? []
            : await referenced(data.preferences.examples, loaded.model, backend, options);
        const sft = data.sft?.examples ?? [];
        const bar = startProgress('evaluation', sft.length + 2 * preferences.length);
        const evaluation = await evaluate({
          model: loaded.model,
          sft,
          preferences,
          settings,
          batchSize: options.batch,
          onProgress: (done) => {
            bar.update(done);
          },
        });
        bar.stop();
        const report = reportOf(evaluation, data);
        const shown = options.showTokens === undefined ? {} : { tokens: firstTokens(data, options.showTokens) };
        if (options.json === true) printJson({ ...report, ...shown });
        else printReport(report, shown);
      } finally {
        backend.close();
      }
    });
}

/** The evaluation in the shape that both commands print. */
export function reportOf({ sft, dpo, perExample }: Evaluation, data: SessionData): EvaluationReport {
  return {
    sft,
    dpo,
    dropped: {
      ...(data.sft && { sft: data.sft.dropped }),
      ...(data.preferences && { preferences: data.preferences.dropped }),
    },
    perExample,
  };
}

function firstTokens({ sft, preferences }: SessionData, count: number) {
  const shown = ({ ids, promptLength, replies }: Sequence) => ({ promptLength, ids: Array.from(ids), replies });
  return {
    ...(sft && { sft: sft.examples.slice(0, count).map(({ index, sequence }) => ({ index, ...shown(sequence) })) }),
    ...(preferences && {
      preferences: preferences.examples.slice(0, count).map(({ index, chosen, rejected }) => ({
        index,
        promptLength: chosen.promptLength,
        chosen: Array.from(chosen.ids),
        rejected: Array.from(rejected.ids),
        chosenReplies: chosen.replies,
        rejectedReplies: rejected.replies,
      })),
    }),
  };
}

/** Prints an evaluation for a reader. */
export function printReport({ sft, dpo, dropped }: EvaluationReport, shown: object = {}): void {
  printTable(
    ['objective', 'loss', 'counted', 'dropped'],
    [
      ...(sft.tokens > 0 ? [['f_SFT', shortNumber(sft.loss), `${sft.tokens} tokens`, String(dropped.sft)]] : []),
      ...(dpo.pairs > 0 ? [['f_DPO', shortNumber(dpo.loss), `${dpo.pairs} pairs`, String(dropped.preferences)]] : []),
    ],
  );
  if (dpo.pairs > 0) {
    const [accuracy, chosen, rejected] = [dpo.accuracy, dpo.chosenReward, dpo.rejectedReward].map(shortNumber);
    process.stdout.write(`\nreward accuracy ${accuracy}   chosen ${chosen}   rejected ${rejected}\n`);
  }
  for (const [file, records] of Object.entries(shown)) process.stdout.write(`${file} ${JSON.stringify(records)}\n`);
}
