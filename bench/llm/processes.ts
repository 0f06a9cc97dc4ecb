import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiled } from '../../compile.js';
import { benchFile } from '../peers.js';
import type { StepAnswer, WorkerTask } from './worker.js';

/** A process that takes steps when it is told to. */
export interface Stepper {
  /** What it says of itself: the peer its version and the file of its BLAS. */
  readonly greeting: { readonly version?: string; readonly blas?: string | null };
  readonly step: () => Promise<StepAnswer>;
  readonly evaluate: () => Promise<{ readonly milliseconds: number }>;
  /** The most memory it has taken, and what it took before there was a model. */
  readonly memory: () => Promise<{ readonly residentBytes: number; readonly bytesBefore: number }>;
  readonly end: () => void;
}

/** Starts our worker on a task, whose file is written into the folder. */
export async function startOurs(task: WorkerTask, folder: string): Promise<Stepper> {
  const file = join(folder, 'task.json');
  await writeFile(file, JSON.stringify(task));
  // Compiled: run from TypeScript, the compiler would be in its memory too.
  const worker = join(await compiled(), 'bench/llm/worker.js');
  return stepper(spawn(process.execPath, [worker, file], { stdio: ['pipe', 'pipe', 'inherit'] }));
}

/** Starts the PyTorch peer in a folder with the task, its weights and its sequences. */
export async function startPeer(python: string, folder: string, computed: 'float32' | 'bfloat16'): Promise<Stepper> {
  const file = join(folder, 'task.json');
  const task = JSON.parse(await readFile(file, 'utf8')) as WorkerTask;
  await writeFile(file, JSON.stringify({ ...task, computed }));
  return stepper(spawn(python, [benchFile('llm/peer.py'), folder], { stdio: ['pipe', 'pipe', 'inherit'] }));
}

/** A process that answers a line with a line, once it has written its first. */
async function stepper(child: ChildProcess): Promise<Stepper> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the process has no streams');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.done === true) throw new Error(`${child.spawnargs.join(' ')} ended`);
    return JSON.parse(line.value);
  };
  const greeting = (await answer()) as Stepper['greeting'];
  const ask = (question: string) => (): Promise<never> => {
    stdin.write(`${question}\n`);
    return answer() as Promise<never>;
  };
  return { greeting, step: ask('step'), evaluate: ask('evaluate'), memory: ask('memory'), end: () => stdin.end() };
}
