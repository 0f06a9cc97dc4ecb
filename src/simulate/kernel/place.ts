import type {
  LogLinearDpoData,
  LogLinearData,
  LogLinearSftData,
  QuadraticData,
  ProblemData,
} from '../../problem/data.js';
import { newMemory, type Address } from './instance.js';

/** A problem's arrays where kernels read them; plain data and a memory, so that other threads can be given it. */
export interface PlacedProblem {
  /** Unlike that of any other problem, also of those that other threads placed: drawn at random. */
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly dimension: number;
  readonly radius: number;
  readonly start: Address;
  /** The norm beyond which an unconstrained run counts as diverged. */
  readonly farAway: number;
  readonly dpo: PlacedDpo | PlacedQuadratic;
  readonly sft: PlacedSft | PlacedQuadratic;
  readonly ratios: Address;
  readonly abscissae: Address;
}

/** f_SFT: blocks of rows, an example each. */
export interface PlacedSft {
  readonly kind: 'sft';
  readonly rows: Address;
  readonly count: number;
  readonly offsets: Address;
  readonly mostRows: number;
}

/** f_DPO: a row an example. */
export interface PlacedDpo {
  readonly kind: 'dpo';
  readonly rows: Address;
  readonly count: number;
  readonly shifts: Address;
  readonly beta: number;
}

/** A quadratic: its Hessian in blocks of eight rows. */
export interface PlacedQuadratic {
  readonly kind: 'quadratic';
  readonly rows: Address;
  readonly minimizer: Address;
  readonly noise: number;
  readonly valueNoise: number;
}

/** The kinds of problems that kernels know. */
export type PlaceableData = LogLinearData | QuadraticData;

const placed = new WeakMap<ProblemData, PlacedProblem>();

/** The problem's arrays in a memory of their own, copied there once. */
export function placeProblem(data: PlaceableData): PlacedProblem {
  const known = placed.get(data);
  if (known !== undefined) return known;
  const found = data.kind === 'log-linear' ? placeLogLinear(data) : placeQuadratic(data);
  placed.set(data, found);
  return found;
}

/** Fills a memory from its start; the first 4,096 bytes are left to the compiler. */
interface Writer {
  readonly memory: WebAssembly.Memory;
  readonly numbers: (content: ArrayLike<number>) => Address;
  readonly integers: (content: ArrayLike<number>) => Address;
  /** A vector, padded to an even length. */
  readonly vector: (content: Float64Array) => Address;
  /** Blocks of rows, interleaved by pairs of coordinates as assembly/convex/rows.ts reads them. */
  readonly blocks: (rows: Float64Array, dimension: number, ends: ArrayLike<number>) => Address;
}

function writer(bytes: number): Writer {
  const memory = newMemory(bytes);
  let next = 4096;
  const place = (size: number): Address => {
    const at = next;
    next = 16 * Math.ceil((next + size) / 16);
    return at;
  };
  const numbers: Writer['numbers'] = (content) => {
    const at = place(8 * content.length);
    new Float64Array(memory.buffer, at, content.length).set(content);
    return at;
  };
  return {
    memory,
    numbers,
    integers: (content) => {
      const at = place(4 * content.length);
      new Int32Array(memory.buffer, at, content.length).set(content);
      return at;
    },
    vector: (content) => {
      const at = numbers(content);
      place(8 * (content.length % 2));
      return at;
    },
    blocks: (rows, dimension, ends) => {
      const count = rows.length / dimension;
      const padded = dimension + (dimension % 2);
      const at = place(8 * count * padded);
      interleave(rows, dimension, ends, new Float64Array(memory.buffer, at, count * padded));
      return at;
    },
  };
}

/** Writes rows block by block; a block ends before the row of each of the ascending `ends`. */
function interleave(rows: Float64Array, dimension: number, ends: ArrayLike<number>, out: Float64Array): void {
  const padded = dimension + (dimension % 2);
  for (let block = 0, first = 0; block < ends.length; block++) {
    const size = ends[block] - first;
    for (let k = 0; k < size; k++) {
      const from = (first + k) * dimension;
      const to = first * padded + 2 * k;
      for (let i = 0; i < dimension; i++) out[to + 2 * size * (i >> 1) + (i & 1)] = rows[from + i];
    }
    first = ends[block];
  }
}

/** Room for the tables, the start, alignment and the bytes left to the compiler. */
const overhead = 8192;

function placeLogLinear(data: LogLinearData): PlacedProblem {
  const { dimension, sft, dpo, reference } = data;
  const padded = dimension + (dimension % 2);
  const rows = (sft.differences.length + dpo.differences.length) / dimension;
  const examples = dpo.differences.length / dimension;
  const into = writer(overhead + 8 * ((rows + 1) * padded + examples) + 4 * sft.offsets.length);
  return finish(data, into, placeDpo(into, dpo, reference, dimension), placeSft(into, sft, dimension));
}

function placeSft(into: Writer, { differences, offsets }: LogLinearSftData, dimension: number): PlacedSft {
  let mostRows = 0;
  for (let n = 0; n + 1 < offsets.length; n++) mostRows = Math.max(mostRows, offsets[n + 1] - offsets[n]);
  return {
    kind: 'sft',
    rows: into.blocks(differences, dimension, offsets.subarray(1)),
    count: offsets.length - 1,
    offsets: into.integers(offsets),
    mostRows,
  };
}

function placeDpo(
  into: Writer,
  { differences, beta }: LogLinearDpoData,
  reference: Float64Array,
  dimension: number,
): PlacedDpo {
  const examples = differences.length / dimension;
  const shifts = new Float64Array(examples);
  for (let n = 0, at = 0; n < examples; n++) {
    for (let i = 0; i < dimension; i++) shifts[n] += reference[i] * differences[at++];
  }
  const ends = Int32Array.from({ length: examples }, (_, n) => n + 1);
  return {
    kind: 'dpo',
    rows: into.blocks(differences, dimension, ends),
    count: examples,
    shifts: into.numbers(shifts),
    beta,
  };
}

function placeQuadratic(data: QuadraticData): PlacedProblem {
  const { dimension, objectives } = data;
  const padded = dimension + (dimension % 2);
  const into = writer(overhead + 16 * (dimension + 2) * padded);
  const ends = Int32Array.from({ length: Math.ceil(dimension / 8) }, (_, block) => Math.min(dimension, 8 * block + 8));
  const objective = ({
    hessian,
    minimizer,
    noise,
    valueNoise,
  }: QuadraticData['objectives']['dpo']): PlacedQuadratic => ({
    kind: 'quadratic',
    rows: into.blocks(hessian, dimension, ends),
    minimizer: into.vector(minimizer),
    noise,
    valueNoise,
  });
  return finish(data, into, objective(objectives.dpo), objective(objectives.sft));
}

function finish(
  { dimension, radius, start }: PlaceableData,
  into: Writer,
  dpo: PlacedProblem['dpo'],
  sft: PlacedProblem['sft'],
): PlacedProblem {
  const abscissae = zigguratAbscissae();
  return {
    id: Math.random(),
    memory: into.memory,
    dimension,
    radius,
    start: into.vector(start),
    farAway: 1e12 * Math.max(1, Math.hypot(...start)),
    dpo,
    sft,
    abscissae: into.numbers(abscissae),
    ratios: into.numbers(abscissae.slice(1).map((abscissa, i) => abscissa / abscissae[i])),
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
