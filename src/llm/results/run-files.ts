import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import type { Pair } from '../../schedule/schedule.js';
import type { ChoiceName } from '../../schedule/step.js';
import type { Evaluation } from '../evaluate.js';
import type { StepOutcome } from '../train/step.js';
import { openLineLog, readRows } from './line-log.js';
import { writeParquet, type Columns } from '../../base/parquet.js';
import { openEventLog } from './tensorboard.js';

/** The columns of steps.parquet, and the fields of steps.jsonl. */
const stepColumns: Columns = {
  step: 'INT32',
  choice: 'STRING',
  loss: 'DOUBLE',
  sftLoss: 'DOUBLE',
  dpoLoss: 'DOUBLE',
  sftWeightedGap: 'DOUBLE',
  dpoWeightedGap: 'DOUBLE',
  gradientNorm: 'DOUBLE',
  learningRate: 'DOUBLE',
};

/** The columns of evaluations.parquet, and the fields of evaluations.jsonl. */
const evaluationColumns: Columns = {
  step: 'INT32',
  sftLoss: 'DOUBLE',
  dpoLoss: 'DOUBLE',
  sftGap: 'DOUBLE',
  dpoGap: 'DOUBLE',
  idealDistance: 'DOUBLE',
  rewardAccuracy: 'DOUBLE',
  rewardMargin: 'DOUBLE',
  chosenReward: 'DOUBLE',
  rejectedReward: 'DOUBLE',
};

/** The further columns of evaluations, where a run is evaluated on held-out data too. */
const heldOutColumns: Columns = {
  heldOutSftLoss: 'DOUBLE',
  heldOutDpoLoss: 'DOUBLE',
  heldOutRewardAccuracy: 'DOUBLE',
  heldOutPreferenceAccuracy: 'DOUBLE',
};

/** The files a run fills while it goes on. */
export interface RunFiles {
  step(step: number, outcome: StepOutcome, weightedGap: Partial<Pair>): void;
  /** @param heldOut the evaluation on held-out data, where there is such data */
  evaluation(step: number, evaluation: Evaluation, ideal: Pair | undefined, heldOut?: Evaluation): void;
  /** @param seconds of the step; @param tensorBytes the most that tensors took in it */
  timing(step: number, seconds: number, tensorBytes: number): void;
  /** Brings what was written to the disk: a checkpoint must not be newer than the logs it goes with. */
  sync(): void;
  close(): void;
  /** Writes the Parquet tables of the JSONL files. */
  writeTables(): Promise<void>;
  /** The choice and loss of every step so far. */
  choices(): { choice: ChoiceName; loss: number }[];
}

/**
 * Opens a run's files in its folder: steps.jsonl and evaluations.jsonl, which two runs of equal settings write alike to
 * the byte, and what depends on the clock apart: timing.jsonl and, if asked for, TensorBoard's event file.
 * @param lastStep the step of the checkpoint gone on from: what was written after it is removed; −1 for none
 */
export function openRunFiles(
  folder: string,
  { lastStep, tensorboard }: { readonly lastStep: number; readonly tensorboard: boolean },
): RunFiles {
  const at = (name: string): string => join(folder, name);
  const steps = openLineLog(at('steps.jsonl'), lastStep);
  const found = readRows(at('steps.jsonl')).length;
  if (found !== Math.max(0, lastStep)) {
    throw new InputError(at('steps.jsonl'), `${found} steps`, `${lastStep}, as many as the checkpoint`);
  }
  const evaluations = openLineLog(at('evaluations.jsonl'), lastStep);
  const timing = openLineLog(at('timing.jsonl'), lastStep);
  if (tensorboard) mkdirSync(at('tensorboard'), { recursive: true });
  const events = tensorboard ? openEventLog(at('tensorboard/events.out.tfevents.0.forgetting'), lastStep) : undefined;
  const curve = (step: number, scalars: Record<string, number | null>): void => {
    const known = Object.entries(scalars).filter((entry): entry is [string, number] => entry[1] !== null);
    events?.append({ wallTime: Date.now() / 1000, step, scalars: Object.fromEntries(known) });
  };
  return {
    step(step, { choice, loss, values, gradientNorm, learningRate }, weightedGap) {
      const row = {
        sftLoss: values.sft ?? null,
        dpoLoss: values.dpo ?? null,
        sftWeightedGap: weightedGap.sft ?? null,
        dpoWeightedGap: weightedGap.dpo ?? null,
        gradientNorm,
        learningRate,
      };
      steps.append({ step, choice, loss, ...row });
      curve(step, prefixed('train', { loss, ...row }));
    },
    evaluation(step, { sft, dpo }, ideal, heldOut) {
      const gap = ideal && { sft: sft.loss - ideal.sft, dpo: dpo.loss - ideal.dpo };
      const row = {
        sftLoss: sft.loss,
        dpoLoss: dpo.loss,
        sftGap: gap?.sft ?? null,
        dpoGap: gap?.dpo ?? null,
        idealDistance: gap ? Math.hypot(gap.sft, gap.dpo) : null,
        rewardAccuracy: dpo.accuracy,
        rewardMargin: dpo.chosenReward - dpo.rejectedReward,
        chosenReward: dpo.chosenReward,
        rejectedReward: dpo.rejectedReward,
        ...(heldOut && {
          heldOutSftLoss: heldOut.sft.loss,
          heldOutDpoLoss: heldOut.dpo.loss,
          heldOutRewardAccuracy: heldOut.dpo.accuracy,
          heldOutPreferenceAccuracy: preferenceAccuracy(heldOut),
        }),
      };
      evaluations.append({ step, ...row });
      curve(step, prefixed('evaluation', row));
    },
    timing(step, seconds, tensorBytes) {
      const processBytes = process.resourceUsage().maxRSS * 1024;
      timing.append({ step, seconds, processBytes, tensorBytes });
    },
    sync() {
      for (const log of [steps, evaluations, timing]) log.sync();
    },
    close() {
      for (const log of [steps, evaluations, timing, events]) log?.close();
    },
    async writeTables() {
      await writeParquet(at('steps.parquet'), readRows(at('steps.jsonl')), stepColumns);
      const evaluated = readRows(at('evaluations.jsonl'));
      const heldOut = evaluated.some((row) => 'heldOutSftLoss' in row);
      const columns = heldOut ? { ...evaluationColumns, ...heldOutColumns } : evaluationColumns;
      await writeParquet(at('evaluations.parquet'), evaluated, columns);
    },
    choices: () =>
      readRows(at('steps.jsonl')).map((row) => ({ choice: row.choice as ChoiceName, loss: row.loss as number })),
  };
}

/** The share of pairs whose chosen reply the policy itself, without any reference, finds likelier. */
function preferenceAccuracy({ perExample }: Evaluation): number {
  return perExample.filter(({ chosen, rejected }) => chosen > rejected).length / perExample.length;
}

function prefixed(group: string, scalars: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${group}/${name}`, value]));
}
