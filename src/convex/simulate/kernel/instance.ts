import { canShare } from '../../problem/arena.js';
import { wasmModule } from '../../../base/wasm-module.js';
import { binary as plainBinary } from './plain.wasm.js';
import { binary as sharedBinary } from './shared.wasm.js';

/** An address in a kernel's memory, in bytes. */
export type Address = number;

/** What assembly/convex/index.ts exports; every object is named by its address. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  reset(): void;
  allocate(bytes: number): Address;
  useZiggurat(ratios: Address, abscissae: Address): void;
  seededStream(key: Address, length: number): Address;
  uniform(stream: Address): number;
  uniforms(stream: Address, out: Address, count: number): void;
  normal(stream: Address): number;
  sftObjective(dimension: number, rows: Address, count: number, offsets: Address, mostRows: number): Address;
  preferenceObjective(
    dimension: number,
    rows: Address,
    count: number,
    shifts: Address,
    loss: number,
    factor: number,
    setting: number,
  ): Address;
  quadraticObjective(dimension: number, rows: Address, minimizer: Address, noise: number): Address;
  group(
    dpo: Address,
    sft: Address,
    start: Address,
    radius: number,
    farAway: number,
    batch: number,
    seeds: number,
    runsOfSeed: number,
  ): Address;
  addDraws(group: Address, dpo: Address, sft: Address, batch: number): Address;
  setEvaluationSamples(draws: Address, dpo: Address, sft: Address, batch: number): void;
  setCoins(draws: Address, choice: Address): void;
  addRun(group: Address, draws: Address, schedule: number, lambda: number, steps: number, full: boolean): Address;
  setStages(run: Address, ends: Address, startsWithDpo: boolean): void;
  setProbabilities(run: Address, probabilities: Address, stride: number): void;
  setGaps(run: Address, period: number, idealDpo: number, idealSft: number): void;
  setSmoothing(run: Address, smoothing: number): void;
  setThreshold(run: Address, ofDpo: boolean, threshold: number): void;
  setFactors(run: Address, dpo: number, sft: number): void;
  setValueNoise(run: Address, onDpo: boolean, deviation: number, noise: Address): void;
  setStepSizes(run: Address, stepSizes: Address, stride: number): void;
  setRecord(
    run: Address,
    record: Address,
    records: number,
    values: Address,
    averageValues: Address,
    points: Address,
  ): void;
  advance(group: Address, until: number): void;
  finish(group: Address): void;
  goesOn(group: Address): number;
  gradientsOf(run: Address): number;
  evaluationsOf(run: Address): number;
  divergedAtOf(run: Address): number;
  expOf(x: number): number;
  logOnePlusOf(x: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** A kernel on a memory of `newMemoryArena`, for this thread alone. */
export function newKernel(memory: WebAssembly.Memory): Kernel {
  compiled ??= wasmModule(canShare ? sharedBinary : plainBinary);
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory }, math: { exp: Math.exp, log: Math.log } });
  return exports as unknown as Kernel;
}
