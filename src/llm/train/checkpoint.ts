import type { Variable } from '@tensorflow/tfjs-core';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import { InputError } from '../../base/input-error.js';
import { downloaded, uploaded } from '../weights/device-memory.js';
import { wholeTensors, type WholeTensor } from '../model/parts.js';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.js';
import type { RowRange } from '../weights/weights.js';

const cursorSchema = z.object({ epoch: z.int().nonnegative(), position: z.int().nonnegative() });

const stateSchema = z.object({
  /** The last step taken. */
  step: z.int().nonnegative(),
  /** The schedule's own state. */
  schedule: z.unknown(),
  /** What that step worked on; null before the first. */
  lastChoice: z.enum(['sft', 'dpo', 'mix']).nullable(),
  cursors: z.object({ sft: cursorSchema, dpo: cursorSchema }),
  /** The state of the stream that schedules draw from. */
  coin: z.array(z.int()),
  /** The updates made since the optimiser's moments were zero. */
  updates: z.int().nonnegative(),
  /** Why the run ended before its last step; null where it did not. */
  stopped: z.string().nullable(),
});

/** Everything beside tensors that a run needs to go on exactly: plain data. */
export type TrainingState = z.infer<typeof stateSchema>;

/** The tensors of a run: the trained variables and the optimiser's moments, by variable name. */
export interface TrainingTensors {
  readonly parameter: ReadonlyMap<string, Variable>;
  readonly firstMoment: ReadonlyMap<string, Variable>;
  readonly secondMoment: ReadonlyMap<string, Variable>;
}

/**
 * Writes a checkpoint, whole or not at all: a safetensors file with the tensors in float32, each named
 * "<group>/<variable>", and the state as JSON in its metadata.
 * Throws an InputError where a tensor is not finite or the file cannot be written; the last checkpoint is left as it was.
 */
export async function writeCheckpoint(path: string, state: TrainingState, tensors: TrainingTensors): Promise<void> {
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
  await writeSafetensors(path, writable, { format: 'forgetting-checkpoint', state: JSON.stringify(state) });
}

/** Whole tensors, so that the file does not depend on the parts in which a device holds them. */
function namedTensors(tensors: TrainingTensors): [string, WholeTensor<Variable>][] {
  return (['parameter', 'firstMoment', 'secondMoment'] as const).flatMap((group) =>
    Array.from(wholeTensors(tensors[group]), ([name, whole]): [string, WholeTensor<Variable>] => [
      `${group}/${name}`,
      whole,
    ]),
  );
}

/** The state held by a checkpoint, or undefined where there is no such file. */
export function readCheckpointState(path: string): TrainingState | undefined {
  if (!existsSync(path)) return undefined;
  const parsed = stateSchema.safeParse(stateOf(path));
  if (!parsed.success) throw new InputError(path, parsed.error.issues[0].message, 'a checkpoint of this version');
  return parsed.data;
}

function stateOf(path: string): unknown {
  const descriptor = openSync(path, 'r');
  try {
    const length = Buffer.alloc(8);
    readSync(descriptor, length, 0, 8, 0);
    const header = Buffer.alloc(Number(length.readBigUInt64LE()));
    readSync(descriptor, header, 0, header.length, 8);
    const { __metadata__: metadata } = JSON.parse(header.toString()) as { __metadata__?: { state?: string } };
    return JSON.parse(metadata?.state ?? 'null');
  } catch {
    throw new InputError(path, 'no checkpoint header', 'a checkpoint of this version');
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
        const read = (rows: RowRange): Float32Array =>
          weights.read(name, { first: first + rows.first, end: first + rows.end });
        const values = await uploaded(read, tensor.shape);
        tensor.assign(values);
        values.dispose();
      }
    }
  } finally {
    weights.close();
  }
}
