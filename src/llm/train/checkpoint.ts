import type { Variable } from '@tensorflow/tfjs-core';
import { closeSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { isStreamState } from '../../base/random-stream.js';
import { downloaded, uploaded } from '../weights/device-memory.js';
import { fileMarkSchema, type FileMark } from '../results/append-log.js';
import { wholeTensors, type WholeTensor } from '../model/parts.js';
import { digestField } from '../weights/digest.js';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.js';
import type { OptimiserTensors } from './optimiser.js';
import type { Kept } from './stage-two/kept.js';
import { choiceNames } from '../../schedule/step.js';

const cursorSchema = z.object({ epoch: z.int().nonnegative(), position: z.int().nonnegative() });

const stateSchema = z.object({
  /** The last step taken. */
  step: z.int().nonnegative(),
  /** The schedule's own state. */
  schedule: z.unknown(),
  /** What that step worked on; null before the first. */
  lastChoice: z.enum(choiceNames).nullable(),
  cursors: z.object({ sft: cursorSchema, dpo: cursorSchema }),
  /** The state of the stream that schedules draw from. */
  coin: z.array(z.int()).refine(isStreamState, 'the state of a random stream'),
  /** The updates made since the optimiser's moments were zero. */
  updates: z.int().nonnegative(),
  /** Σ ‖g_s‖² of the steps taken, where step sizes depend on it. */
  squares: z.number().nonnegative().optional(),
  /** Why the run ended before its last step; null where it did not. */
  stopped: z.string().nullable(),
  /** The best evaluation since stage one, where that is handed over: its step and F_λ. */
  best: z.object({ step: z.int().nonnegative(), value: z.number() }).optional(),
});

/** Everything beside tensors that a run needs to go on exactly: plain data. */
export type TrainingState = z.infer<typeof stateSchema>;

/** A run as its checkpoint holds it, its tensors aside. */
export interface Checkpoint {
  readonly state: TrainingState;
  /** How far the files beside it had come. */
  readonly files: Readonly<Record<string, FileMark>>;
}

/** The tensors of a run: the trained variables, the optimiser's moments, and what is kept, by variable name. */
export interface TrainingTensors extends Readonly<Kept>, OptimiserTensors {
  readonly parameter: ReadonlyMap<string, Variable>;
}

/**
 * Writes a checkpoint, whole or not at all: a safetensors file with the tensors in float32, each named
 * "<group>/<variable>", and in its metadata the state and the marks of the files beside it as JSON, and its digest.
 * Throws an InputError where a tensor is not finite or the file cannot be written; the last checkpoint is left as it was.
 */
export async function writeCheckpoint(
  path: string,
  { state, files }: Checkpoint,
  tensors: TrainingTensors,
): Promise<void> {
  const writable = namedTensors(tensors).map(([name, { shape, parts }]) => ({
    name,
    shape,
    values: async function* () {
      for (const { tensor } of parts) {
        const values = await downloaded(tensor);
        if (!values.every(Number.isFinite)) throw new InputError(name, 'a value that is not finite', 'finite weights');
        yield values;
      }
    },
  }));
  const metadata = { format: 'forgetting-checkpoint', state: JSON.stringify(state), files: JSON.stringify(files) };
  await writeSafetensors(path, writable, { ...digestField, ...metadata });
}

/** Whole tensors, so that the file does not depend on the parts in which a device holds them. */
function namedTensors(tensors: TrainingTensors): [string, WholeTensor<Variable>][] {
  return (['parameter', 'firstMoment', 'secondMoment', 'stageOne', 'fisher', 'best'] as const).flatMap((group) =>
    Array.from(
      wholeTensors(tensors[group] ?? new Map<string, Variable>()),
      ([name, whole]): [string, WholeTensor<Variable>] => [`${group}/${name}`, whole],
    ),
  );
}

const checkpointSchema = z.object({
  state: stateSchema.refine(({ step, updates }) => updates <= step, 'no more updates than steps'),
  files: z.strictObject({ 'steps.jsonl': fileMarkSchema, 'evaluations.jsonl': fileMarkSchema }),
});

/**
 * What a checkpoint holds beside its tensors; throws an InputError where it is none of this version.
 * @param shown the path that a refusal names
 */
export function readCheckpoint(path: string, shown = path): Checkpoint {
  return checked(checkpointSchema, metadataOf(path, shown), { place: shown });
}

const longestHeader = 100e6;

function metadataOf(path: string, shown: string): { state: unknown; files: unknown } {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw fileRefusal(shown, error, 'a checkpoint of this version');
  }
  try {
    const length = Buffer.alloc(8);
    readSync(descriptor, length, 0, 8, 0);
    const header = Buffer.alloc(Math.min(longestHeader, Number(length.readBigUInt64LE())));
    readSync(descriptor, header, 0, header.length, 8);
    const { __metadata__: metadata } = JSON.parse(header.toString()) as { __metadata__?: Record<string, string> };
    return { state: JSON.parse(metadata?.state ?? 'null'), files: JSON.parse(metadata?.files ?? 'null') };
  } catch {
    throw new InputError(shown, 'no checkpoint header', 'a checkpoint of this version');
  } finally {
    closeSync(descriptor);
  }
}

/** Puts a checkpoint's values into the given variables; rejects with an InputError where names or shapes differ. */
export async function restoreTensors(path: string, tensors: TrainingTensors): Promise<void> {
  const weights = openSafetensors(path);
  try {
    for (const [name, { shape, parts }] of namedTensors(tensors)) {
      const found = weights.shapes.get(name);
      if (found?.join() !== shape.join()) {
        throw new InputError(`${path}: ${name}`, found ?? 'missing', `the shape [${shape.join()}]`);
      }
      for (const { tensor, first } of parts) {
        const values = await uploaded((rows, into) => {
          into.set(weights.read(name, { first: first + rows.first, end: first + rows.end }));
        }, tensor.shape);
        tensor.assign(values);
        values.dispose();
      }
    }
  } finally {
    weights.close();
  }
}
