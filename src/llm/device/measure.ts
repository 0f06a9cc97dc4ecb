import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../base/input-error.js';
import { packageRoot, version } from '../../base/version.js';
import { vulkanProblem } from '../../engine/vulkan-drivers.js';
import { adapterNames } from '../../engine/webgpu.js';
import type { MeasuredShape } from '../profile/shapes.js';
import { randomTokens } from '../profile/step-task.js';
import type { GradientDifference } from './gradient-check.js';
import { measuredRank, stepKinds, type StepKind, type StepTime } from './step-time.js';
import type { MeasuredAdapter, DeviceTask, TaskResults } from './task.js';

/** What is measured, and for how long. */
export interface DeviceMeasurement {
  readonly models: readonly (MeasuredShape & { readonly name: string })[];
  /** A part of the adapter's name; by default the fastest is taken. */
  readonly adapter?: string;
  /** The most steps that are timed of each kind. */
  readonly steps: number;
  /** No measurement but the gradient check begins after this many seconds, or goes on after it. */
  readonly seconds: number;
  /** The card's published float32 TFLOP/s. */
  readonly peak?: number;
  /** The Python to time PyTorch with; left out, PyTorch is. */
  readonly python?: string;
  /** Called with what is known so far after every measurement. */
  readonly onMeasured?: (report: DeviceReport) => Promise<void>;
}

/** One program's time for one kind of step. */
export interface MeasuredStep {
  readonly model: string;
  readonly parameters: number;
  readonly kind: StepKind;
  /** Sequences by tokens. */
  readonly batch: string;
  readonly program: string;
  readonly time: Pick<
    StepTime,
    'milliseconds' | 'steps' | 'tokensPerSecond' | 'teraflopsPerSecond' | 'deviceBytes' | 'firstLoss'
  > &
    Partial<StepTime>;
  /** Model FLOPs utilisation: of the fastest product that any program here made on the device. */
  readonly ofLimit: number | undefined;
  /** The same of the published peak. */
  readonly ofPeak: number | undefined;
}

/** All that was measured. */
export interface DeviceReport {
  /** UTC. */
  readonly date: string;
  readonly version: string;
  readonly adapter: MeasuredAdapter & { readonly names: readonly string[] };
  /** What the driver says of the card, where nvidia-smi is there. */
  readonly card: string | undefined;
  readonly gradients: {
    readonly differences: readonly GradientDifference[];
    readonly largest: number;
    readonly allowed: number;
    readonly ok: boolean;
  };
  /** The fastest float32 product of large square matrices, in TFLOP/s, by program. */
  readonly matmul: Readonly<Record<string, number | undefined>>;
  readonly peak: number | undefined;
  readonly steps: readonly MeasuredStep[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** A tensor's gradient on a GPU may differ by this from the cpu's: float32 sums in another order differ by less. */
const allowedError = 1e-4;

/** The gradient check is always made, and may take this long. */
const secondsOfCheck = 600;

const kinds = Object.keys(stepKinds) as StepKind[];

/** The number of measurements in the whole of it. */
export function plannedMeasurements(models: number, pytorch: boolean): number {
  const programs = pytorch ? 2 : 1;
  return 1 + programs * (1 + models * kinds.length);
}

/**
 * Measures a GPU: its gradients against the cpu backend's, its fastest matrix product, then for each model the time of
 * training steps, with PyTorch's beside it on the same card where it is there. Each is a process of its own, and one
 * that fails (out of memory, say) becomes a note.
 * Rejects with an InputError where there is no adapter.
 */
export async function measureDevice(measurement: DeviceMeasurement): Promise<DeviceReport> {
  const { adapter, seconds, peak, models, onMeasured } = measurement;
  const began = performance.now();
  const left = (): number => seconds - (performance.now() - began) / 1000;
  const base = adapter === undefined ? {} : { adapter };
  const names = await adapterNames();
  if (names.length === 0) {
    throw new InputError('adapter', adapter, `a WebGPU adapter, and none was found: ${vulkanProblem()}`);
  }
  if (adapter !== undefined && !names.some((name) => name.includes(adapter))) {
    throw new InputError('adapter', adapter, `a part of ${names.join(', ')}`);
  }
  const described = (await measured({ ...base, what: 'adapter' }, secondsOfCheck)) as TaskResults['adapter'];
  const differences = (await measured({ ...base, what: 'gradients' }, secondsOfCheck)) as TaskResults['gradients'];
  const largest = Math.max(...differences.map(({ gradient }) => gradient));
  const notes: string[] = [];
  const matmul: Record<string, number | undefined> = {};
  const steps: Omit<MeasuredStep, 'ofLimit' | 'ofPeak'>[] = [];
  const report = async (): Promise<DeviceReport> => {
    const fastest = Math.max(...Object.values(matmul).map((limit) => limit ?? 0));
    const card = await nvidiaCard();
    return {
      date: new Date().toISOString().slice(0, 16),
      version,
      adapter: { ...described, names },
      card,
      gradients: { differences, largest, allowed: allowedError, ok: largest <= allowedError },
      matmul,
      peak,
      steps: steps.map((step) => ({
        ...step,
        ofLimit: fastest > 0 ? step.time.teraflopsPerSecond / fastest : undefined,
        ofPeak: peak === undefined ? undefined : step.time.teraflopsPerSecond / peak,
      })),
      notes,
    };
  };
  /** One measurement, unless time is up; where it fails a note says so. */
  const attempt = async (title: string, measure: (seconds: number) => Promise<void>): Promise<void> => {
    if (left() <= 0) notes.push(`${title}: left out, the time limit of ${seconds} s is reached`);
    else {
      await measure(left()).catch((error: unknown) => {
        notes.push(`${title}: ${(error as Error).message}`);
      });
    }
    await onMeasured?.(await report());
  };

  await onMeasured?.(await report());
  await attempt('matmul', async (time) => {
    const limit = (await measured({ ...base, what: 'matmul' }, time)) as TaskResults['matmul'];
    matmul[program] = limit.gigaflopsPerSecond / 1000;
  });
  const peer = await pytorch(measurement.python, notes);
  if (peer !== undefined) {
    await attempt('matmul in PyTorch', async (time) => {
      const { torch, device, teraflopsPerSecond } = await peer({ matmul: true }, time);
      matmul[`PyTorch ${torch} (${device})`] = teraflopsPerSecond;
    });
  }
  for (const { name, config, batch, length } of models) {
    for (const kind of kinds) {
      const title = `${name}, ${kind}`;
      const share = (time: number): number => time / 4;
      const { objective, fullFineTuning } = stepKinds[kind];
      const sequences = objective === 'dpo' ? 2 * batch : batch;
      let own: StepTime | undefined;
      const record = (timedProgram: string, time: MeasuredStep['time']): void => {
        const parameters = own?.parameters ?? 0;
        steps.push({ model: name, parameters, kind, batch: `${sequences} × ${length}`, program: timedProgram, time });
      };
      await attempt(title, async (time) => {
        const task = { ...base, what: 'steps', config, kind, batch, length, steps: measurement.steps } as const;
        own = (await measured({ ...task, seconds: share(time) }, time)) as StepTime;
        record(program, own);
      });
      if (peer === undefined || own === undefined) continue;
      const { tokensPerSecond, teraflopsPerSecond, milliseconds } = own;
      await attempt(`${title} in PyTorch`, async (time) => {
        const ids = randomTokens(config.vocabularySize, sequences, length, 0).map((sequence) =>
          Array.from(sequence.ids),
        );
        const task = {
          config,
          batch,
          objective,
          full: fullFineTuning,
          rank: measuredRank,
          ids,
          steps: measurement.steps,
        };
        const timed = await peer({ ...task, seconds: share(time) }, time);
        // The same work in another time.
        const ratio = milliseconds / timed.milliseconds;
        record('PyTorch eager', {
          ...timed,
          tokensPerSecond: tokensPerSecond * ratio,
          teraflopsPerSecond: teraflopsPerSecond * ratio,
        });
      });
    }
  }
  return report();
}

/** What this project's own rows are called. */
const program = 'forgetting';

/** Runs one task in a process of its own and returns what it found; rejects with its last complaint. */
async function measured(task: DeviceTask, seconds: number): Promise<TaskResults[DeviceTask['what']]> {
  const words = [...process.execArgv, process.argv[1], 'llm', 'device', '--task', JSON.stringify(task)];
  return JSON.parse(await answer(process.execPath, words, '', seconds)) as TaskResults[DeviceTask['what']];
}

/** What the PyTorch script prints. */
interface PyTorchAnswer {
  readonly torch: string;
  readonly device: string;
  readonly teraflopsPerSecond: number;
  readonly milliseconds: number;
  readonly steps: number;
  readonly firstLoss: number;
  readonly deviceBytes: number;
}

/** Asks PyTorch, or undefined where it is left out or not there, which a note says. */
async function pytorch(
  python: string | undefined,
  notes: string[],
): Promise<((task: object, seconds: number) => Promise<PyTorchAnswer>) | undefined> {
  if (python === undefined) return undefined;
  const script = ['eager.py', 'bundle/eager.py']
    .map((path) => join(packageRoot, path))
    .find((path) => existsSync(path));
  const works = await promisify(execFile)(python, ['-c', 'import torch']).then(
    () => true,
    () => false,
  );
  if (script === undefined || !works) {
    const reason = script === undefined ? 'its script eager.py is not here' : `${python} cannot import torch`;
    notes.push(`PyTorch: left out, ${reason} (pip install torch; --python names another Python)`);
    return undefined;
  }
  return async (task, seconds) =>
    JSON.parse(await answer(python, [script], JSON.stringify(task), seconds)) as PyTorchAnswer;
}

/** The standard output of a process that was given an input; rejects with the last line of its complaints. */
async function answer(command: string, words: readonly string[], input: string, seconds: number): Promise<string> {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'], timeout: Math.ceil(1000 * seconds) });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  // A process that fails before it has read its input says why on stderr.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...end) => {
      resolve(end);
    });
  });
  if (code === 0) return stdout;
  if (signal === null) throw new Error(complaint(stderr));
  throw new Error(child.killed ? `stopped after ${Math.round(seconds)} s` : `ended by ${signal}`);
}

/** The line of a stack trace that says what went wrong. */
function complaint(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[lines.length - 1];
}

async function nvidiaCard(): Promise<string | undefined> {
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  return promisify(execFile)('nvidia-smi', query).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
