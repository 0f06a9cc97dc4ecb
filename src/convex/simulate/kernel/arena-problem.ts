import type {
  LogLinearDpoData,
  LogLinearData,
  LogLinearSftData,
  QuadraticData,
  ProblemData,
} from '../../problem/data.js';
import { exampleCount, rowCount, rowProduct } from '../../problem/feature-rows.js';
import { canShare, memoryOf, newMemoryArena, arenaIn, type MemoryArena } from '../../problem/arena.js';
import type { PreferenceLossSettings } from '../../../preference-loss/preference-loss.js';
import type { ObjectiveName } from '../../../schedule/schedule.js';
import { farFrom } from '../trajectory.js';
import type { Address } from './instance.js';

/** A problem's arrays where kernels read them; plain data and a memory, so that other threads can be given it. */
export interface ArenaProblem {
  /** Unlike that of any other problem, also of those that other threads placed: drawn at random. */
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly dimension: number;
  readonly radius: number;
  readonly start: Address;
  /** The norm beyond which an unconstrained run counts as diverged. */
  readonly farAway: number;
  readonly dpo: ArenaDpo | ArenaQuadratic;
  readonly sft: ArenaSft | ArenaQuadratic;
  readonly ratios: Address;
  readonly abscissae: Address;
}

/** f_SFT: blocks of rows, an example each. */
export interface ArenaSft {
  readonly kind: 'sft';
  readonly rows: Address;
  readonly count: number;
  readonly offsets: Address;
  readonly mostRows: number;
}

/** f_DPO: a row an example, and the preference loss. */
export interface ArenaDpo {
  readonly kind: 'dpo';
  readonly rows: Address;
  readonly count: number;
  readonly shifts: Address;
  readonly loss: PreferenceLossSettings;
}

/** A quadratic: the rows of its Hessian, one after the other. */
export interface ArenaQuadratic {
  readonly kind: 'quadratic';
  readonly rows: Address;
  readonly minimizer: Address;
  readonly noise: number;
  readonly valueNoise: number;
}

/** The kinds of problems that kernels know. */
export type KernelData = LogLinearData | QuadraticData;

const placed = new WeakMap<ProblemData, ArenaProblem>();

/** The problem's arrays in the memory that kernels read: where they lie there already, nothing is copied. */
export function inArena(data: KernelData): ArenaProblem {
  const known = placed.get(data);
  if (known !== undefined) return known;
  const found = data.kind === 'log-linear' ? placeLogLinear(data) : placeQuadratic(data);
  placed.set(data, found);
  return found;
}

/** Gives the address of an array: its own where it lies in the kernels' memory, that of a copy elsewhere. */
type Placing = (array: Float64Array | Int32Array) => Address;

/** Places arrays in the memory that one of them lies in, or in a new one. */
function placingBeside(array: Float64Array): { readonly arena: MemoryArena; readonly place: Placing } {
  const memory = canShare ? memoryOf(array) : undefined;
  const arena = memory === undefined ? newMemoryArena() : arenaIn(memory);
  const place: Placing = (array) => {
    if (memory !== undefined && memoryOf(array) === memory) return array.byteOffset;
    return (array instanceof Int32Array ? arena.integers(array) : arena.numbers(array)).byteOffset;
  };
  return { arena, place };
}

function placeLogLinear(data: LogLinearData): ArenaProblem {
  const { sft, dpo, reference } = data;
  const { arena, place } = placingBeside(sft.rows.numbers);
  return finish(data, arena, place, placeDpo(place, dpo, reference), placeSft(place, sft));
}

function placeSft(place: Placing, { rows }: LogLinearSftData): ArenaSft {
  const count = exampleCount(rows);
  let mostRows = 0;
  for (let n = 0; n < count; n++) mostRows = Math.max(mostRows, rowCount(rows, n));
  return { kind: 'sft', rows: place(rows.numbers), count, offsets: place(rows.offsets), mostRows };
}

function placeDpo(place: Placing, { rows, loss }: LogLinearDpoData, reference: Float64Array): ArenaDpo {
  const count = exampleCount(rows);
  const shifts = Float64Array.from({ length: count }, (_, n) => rowProduct(rows, n, 0, reference));
  return { kind: 'dpo', rows: place(rows.numbers), count, shifts: place(shifts), loss };
}

function placeQuadratic(data: QuadraticData): ArenaProblem {
  const { arena, place } = placingBeside(data.objectives.dpo.hessian);
  const objective = (name: ObjectiveName): ArenaQuadratic => {
    const { hessian, minimizer, noise, valueNoise } = data.objectives[name];
    return { kind: 'quadratic', rows: place(hessian), minimizer: place(minimizer), noise, valueNoise };
  };
  return finish(data, arena, place, objective('dpo'), objective('sft'));
}

function finish(
  { dimension, radius, start }: KernelData,
  { memory }: MemoryArena,
  place: Placing,
  dpo: ArenaProblem['dpo'],
  sft: ArenaProblem['sft'],
): ArenaProblem {
  const abscissae = zigguratAbscissae();
  return {
    id: Math.random(),
    memory,
    dimension,
    radius,
    start: place(start),
    farAway: farFrom(start),
    dpo,
    sft,
    abscissae: place(abscissae),
    ratios: place(abscissae.slice(1).map((abscissa, i) => abscissa / abscissae[i])),
  };
}

/**
 * The right ends of the 128 blocks of equal area under exp(−x²/2) (J. A. Doornik, "An improved ziggurat method to
 * generate normal random samples", 2005), the first that of a block as wide as its area asks, the last 0.
 */
function zigguratAbscissae(): Float64Array {
  const [blocks, tail, area] = [128, 3.442619855899, 9.91256303526217e-3];
  const abscissae = new Float64Array(blocks + 1);
  let height = Math.exp(-0.5 * tail * tail);
  abscissae[0] = area / height;
  abscissae[1] = tail;
  for (let i = 2; i < blocks; i++) {
    abscissae[i] = Math.sqrt(-2 * Math.log(area / abscissae[i - 1] + height));
    height = Math.exp(-0.5 * abscissae[i] * abscissae[i]);
  }
  return abscissae;
}
