import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { makeFolder } from '../../base/folder.js';
import { InputError } from '../../base/input-error.js';
import { jsonObject } from '../../base/json-object.js';
import { readText, readWhole } from '../../base/read-whole.js';
import { writeTexts, writeWhole } from '../../base/whole-file.js';
import type { Pair } from '../../schedule/schedule.js';
import type { ChoiceName } from '../../schedule/step.js';
import type { Evaluation } from '../evaluate.js';
import type { StepOutcome } from '../train/step.js';
import type { FileMark } from './append-log.js';
import { openLineLog, readRows } from './line-log.js';
import { writeParquet, type Columns } from '../../base/parquet.js';
import { eventsUpTo, openEventLog } from './tensorboard.js';

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

/** The further column of steps, where the trained variables are held near their start. */
const distanceColumns: Columns = { distance: 'DOUBLE' };

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

const timingFile = 'timing.jsonl';

/** Of a line of timing.jsonl what is read again. */
const timingSchema = z.looseObject({
  step: z.int().positive(),
  seconds: z.number().nonnegative(),
  processBytes: z.number().nonnegative(),
  tensorBytes: z.number().nonnegative(),
});
const eventFile = 'tensorboard/events.out.tfevents.0.forgetting';

/** Which model a run hands over that is not the last: that after a step, or an average with the share a of the last. */
export type HandedOver = { readonly step: number } | { readonly average: number };

/** The name of the file that says so. */
export const handedOverFile = 'handed-over.json';

/** The files a run fills while it goes on. */
export interface RunFiles {
  step(step: number, outcome: StepOutcome, weightedGap: Partial<Pair>): void;
  /** @param heldOut the evaluation on held-out data, where there is such data */
  evaluation(step: number, evaluation: Evaluation, ideal: Pair | undefined, heldOut?: Evaluation): void;
  /** Writes handed-over.json: what another model than the last is worth, which the run hands over. */
  handedOver(how: HandedOver, evaluation: Evaluation, ideal: Pair | undefined, heldOut?: Evaluation): Promise<void>;
  /** @param seconds of the step; @param tensorBytes the most that tensors took in it */
  timing(step: number, seconds: number, tensorBytes: number): void;
  /**
   * Brings what was written to the disk, and says how far those files have come that do not depend on the clock: what a
   * checkpoint vouches for.
   */
  marks(): Readonly<Record<string, FileMark>>;
  close(): void;
  /** Writes the Parquet tables of the JSONL files. */
  writeTables(): Promise<void>;
  /** The choice and loss of every step so far. */
  choices(): { choice: ChoiceName; loss: number }[];
}

/**
 * Opens a run's files in its folder, to go on where they end: steps.jsonl and evaluations.jsonl, which two runs of equal settings write alike to
 * the byte, and what depends on the clock apart: timing.jsonl and, if asked for, TensorBoard's event file.
 */
export function openRunFiles(
  folder: string,
  { tensorboard, backend }: { readonly tensorboard: boolean; readonly backend: string },
): RunFiles {
  const at = (name: string): string => join(folder, name);
  const steps = openLineLog(at('steps.jsonl'));
  const evaluations = openLineLog(at('evaluations.jsonl'));
  const timing = openLineLog(at(timingFile));
  if (tensorboard) makeFolder(at('tensorboard'));
  const events = tensorboard ? openEventLog(at(eventFile)) : undefined;
  const curve = (step: number, scalars: Record<string, number | null>): void => {
    const known = Object.entries(scalars).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
    events?.append({ wallTime: Date.now() / 1000, step, scalars: Object.fromEntries(known) });
  };
  // Runs may go on elsewhere: each step says where it was taken.
  const machine = {
    node: process.env.SLURMD_NODENAME ?? hostname(),
    nodeVersion: process.versions.node,
    backend,
  };
  return {
    step(step, { choice, loss, values, gradientNorm, learningRate, distance }, weightedGap) {
      const row = {
        sftLoss: values.sft ?? null,
        dpoLoss: values.dpo ?? null,
        sftWeightedGap: weightedGap.sft ?? null,
        dpoWeightedGap: weightedGap.dpo ?? null,
        gradientNorm,
        learningRate,
        ...(distance !== undefined && { distance }),
      };
      steps.append({ step, choice, loss, ...row });
      curve(step, prefixed('train', { loss, ...row }));
    },
    evaluation(step, evaluation, ideal, heldOut) {
      const row = evaluationRow(evaluation, ideal, heldOut);
      evaluations.append({ step, ...row });
      curve(step, prefixed('evaluation', row));
    },
    handedOver: (how, evaluation, ideal, heldOut) =>
      writeWhole(at(handedOverFile), `${JSON.stringify({ ...how, ...evaluationRow(evaluation, ideal, heldOut) })}\n`),
    timing(step, seconds, tensorBytes) {
      const processBytes = process.resourceUsage().maxRSS * 1024;
      timing.append({ step, seconds, processBytes, tensorBytes, ...machine });
    },
    marks() {
      for (const log of [timing, events]) log?.mark();
      return { 'steps.jsonl': steps.mark(), 'evaluations.jsonl': evaluations.mark() };
    },
    close() {
      for (const log of [steps, evaluations, timing, events]) log?.close();
    },
    async writeTables() {
      const taken = readRows(at('steps.jsonl'));
      const held = taken.some((row) => 'distance' in row);
      await writeParquet(at('steps.parquet'), taken, held ? { ...stepColumns, ...distanceColumns } : stepColumns);
      const evaluated = readRows(at('evaluations.jsonl'));
      const heldOut = evaluated.some((row) => 'heldOutSftLoss' in row);
      const columns = heldOut ? { ...evaluationColumns, ...heldOutColumns } : evaluationColumns;
      await writeParquet(at('evaluations.parquet'), evaluated, columns);
    },
    choices: () =>
      readRows(at('steps.jsonl')).map((row) => ({ choice: row.choice as ChoiceName, loss: row.loss as number })),
  };
}

/**
 * Copies what depends on the clock from one folder of a run to another, up to a step.
 * @throws InputError where the times of a step are missing
 */
export async function copyClockFiles(source: string, own: string, step: number): Promise<void> {
  const timing = join(source, timingFile);
  const lines = readText(timing).split('\n').slice(0, -1);
  if (lines.length < step) throw new InputError(timing, `${lines.length} lines`, `at least ${step}: it is damaged`);
  for (const [i, line] of lines.slice(0, step).entries()) {
    const place = `${timing}:${i + 1}`;
    const row = checked(timingSchema, jsonObject(line, place), { place });
    if (row.step !== i + 1) throw new InputError(`${place}: step`, row.step, `${i + 1}: it is damaged`);
  }
  await writeTexts(
    join(own, timingFile),
    lines.slice(0, step).map((line) => `${line}\n`),
  );
  const events = join(source, eventFile);
  if (existsSync(events)) await writeWhole(join(own, eventFile), eventsUpTo(readWhole(events), step));
}

/** The row of an evaluation. */
function evaluationRow({ sft, dpo }: Evaluation, ideal: Pair | undefined, heldOut: Evaluation | undefined) {
  const gap = ideal && { sft: sft.loss - ideal.sft, dpo: dpo.loss - ideal.dpo };
  return {
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
}

/** The share of pairs whose chosen reply the policy itself, without any reference, finds likelier. */
function preferenceAccuracy({ perExample }: Evaluation): number {
  return perExample.filter(({ chosen, rejected }) => chosen > rejected).length / perExample.length;
}

function prefixed(group: string, scalars: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${group}/${name}`, value]));
}
