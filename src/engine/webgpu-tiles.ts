import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { HeadLayout } from './fused-kernels.js';
import { packedWidth, tile } from './webgpu-heads.js';
import { numberUniforms } from './webgpu-numbers.js';

/** Tensors that programs over scores read: heads as packHeads makes them, and numbers of every query. */
export interface ScoreTensors {
  readonly queries: TensorInfo;
  readonly keys: TensorInfo;
  readonly values: TensorInfo;
  /** The gradient of the output. */
  readonly dy: TensorInfo;
  /** [batch · heads · length, 2]: the maximum of a row of scores, and 1 / Σ exp(score − maximum). */
  readonly statistics: TensorInfo;
  /** [batch · heads · length]: Σ weight · slope over a row, where slopes are the gradients of weights. */
  readonly along: TensorInfo;
}

/** A WGSL program in which one workgroup goes through the tiles of scores in the rows of one block. */
export interface TileProgram<Read extends keyof ScoreTensors> {
  /** Programs of one name have one code, except for the width of heads. */
  readonly name: string;
  /** Whether the rows of a tile are queries, and its columns keys, or the reverse. */
  readonly rows: 'queries' | 'keys';
  readonly length: number;
  readonly layout: HeadLayout;
  /** The tensors that the code reads beside queries and keys, no others. */
  readonly reads: readonly Read[];
  /** The shape of the new tensor `result`, and how many numbers each of its elements has. */
  readonly output: number[];
  readonly components: 1 | 2 | 4;
  /** Statements before the first tile. */
  readonly begin: string;
  /** By name, what each tile is the product of: something of queries and something of keys. */
  readonly products: Readonly<Record<string, readonly ['queries' | 'dy', 'keys' | 'values']>>;
  /**
   * Statements for each of the thread's rows i of a tile, in columns of four: `name[i]` of every product; `query` and
   * `key`, the positions; `seen`, whether the query sees the key; `queryAt`, the query among those of all heads.
   */
  readonly everyRow: string;
  /** Statements after every row of a tile. */
  readonly everyTile?: string;
  /**
   * Statements after the last tile: `item` and `block` say whose rows the workgroup had, `across` and `down` which the
   * thread. Where `inside` is false, they must not write: such workgroups repeat the last one.
   */
  readonly end: string;
}

/** Threads of a workgroup: each has four rows of a tile, and four columns of each. */
const [threadsDown, threadsAcross] = [8, 8];
const threads = threadsDown * threadsAcross;
/** Vectors from one row of a tile to the next: an odd number, so that rows begin in different banks of the memory. */
const stride = threadsAcross + 1;
/** Where in a tile the thread's row i begins. */
const ownRow = `(down + ${threadsDown} * i) * ${stride}`;

/** Runs the program over the scores of all heads; returns what it has written. */
export function runTiles<Read extends keyof ScoreTensors>(
  backend: WebGPUBackend,
  given: Pick<ScoreTensors, Read | 'queries' | 'keys'>,
  program: TileProgram<Read>,
): TensorInfo {
  const { name, rows, length, layout, output, components } = program;
  const reads = ['queries', 'keys', ...program.reads] as const;
  const { heads, keyValueHeads, headWidth } = layout;
  const { chunks, vectors } = packedWidth(headWidth);
  const [items, packedLength] = given[rows].shape;
  const groups = (items * packedLength) / tile;
  const numbers = numberUniforms({ length, groups, shares: heads / keyValueHeads }, {});
  return backend.runWebGPUProgram(
    {
      variableNames: [...reads],
      variableComponents: reads.map((read) => componentsOf[read]),
      outputShape: output,
      outputComponent: components,
      shaderKey: `${name} ${chunks} × ${vectors}`,
      dispatchLayout: { x: output.map((_, axis) => axis) },
      dispatch: [groups, 1, 1],
      workgroupSize: [threads, 1, 1],
      uniforms: numbers.declarations,
      getUserCode: () => shader(program, chunks, vectors, numbers.names),
    },
    reads.map((read) => given[read]),
    'float32',
    numbers.values,
  );
}

const componentsOf: Readonly<Record<keyof ScoreTensors, number>> = {
  queries: 4,
  keys: 4,
  values: 4,
  dy: 4,
  statistics: 2,
  along: 1,
};

function shader(program: Omit<TileProgram<never>, 'reads'>, chunks: number, vectors: number, numbers: string): string {
  const { rows, begin, products, everyRow, everyTile = '', end } = program;
  const queriesAreRows = rows === 'queries';
  return `
    const vectors = ${vectors};
    const chunks = ${chunks};
    const width = chunks * vectors;
    // The score of a key that is not seen: far below any other, and finite, as GPUs may assume of their numbers.
    const never = -1e9f;
    var<workgroup> rowTile : array<vec4<f32>, ${tile * stride}>;
    var<workgroup> columnTile : array<vec4<f32>, ${tile * stride}>;
    var<workgroup> groupOfAll : i32;
    fn main(index : i32) {
      ${numbers}
      let inside = index / ${threads} < groups;
      if (localIndex == 0) { groupOfAll = min(index / ${threads}, groups - 1); }
      // Barriers are allowed only where it is certain that all threads take the same way.
      let group = workgroupUniformLoad(&groupOfAll);
      let blocks = (length + ${tile - 1}) / ${tile};
      let item = group / blocks;
      let block = group % blocks;
      let thread = i32(localIndex);
      let down = thread / ${threadsAcross};
      let across = thread % ${threadsAcross};
      ${begin}
      for (var share = 0; share < ${queriesAreRows ? '1' : 'shares'}; share++) {
        let queryItem = ${queriesAreRows ? 'item' : 'item * shares + share'};
        let columnItem = ${queriesAreRows ? 'item / shares' : 'queryItem'};
        for (var other = ${queriesAreRows ? '0' : 'block'}; other < ${queriesAreRows ? 'block + 1' : 'blocks'}; other++) {
          let rowsAt = (item * blocks + block) * ${tile} * width;
          let columnsAt = (columnItem * blocks + other) * ${tile} * width;
          ${Object.entries(products)
            .map(([name, [ofQuery, ofKey]]) =>
              queriesAreRows ? product(name, ofQuery, ofKey) : product(name, ofKey, ofQuery),
            )
            .join('\n')}
          // Every thread has read its rows: the place of their tile may be written over.
          workgroupBarrier();
          for (var i = 0; i < 4; i++) {
            let row = vec4(${tile} * block + down + ${threadsDown} * i);
            let column = ${tile} * other + 4 * across + vec4(0, 1, 2, 3);
            let query = ${queriesAreRows ? 'row' : 'column'};
            let key = ${queriesAreRows ? 'column' : 'row'};
            let seen = (key <= query) & (query < vec4(length));
            let queryAt = queryItem * length + min(query, vec4(length - 1));
            ${everyRow}
          }
          ${everyTile}
        }
      }
      ${end}
    }`;
}

/** Statements that leave in `name[i]` the products of the thread's rows with its columns. */
function product(name: string, ofRow: string, ofColumn: string): string {
  return `
          // Set to zeros in so many words: declared alone, it kept the sums of the tile before on SwiftShader.
          var ${name} = array<vec4<f32>, 4>();
          for (var chunk = 0; chunk < chunks; chunk++) {
            workgroupBarrier();
            ${load('rowTile', 'row', `${ofRow}[rowsAt + place]`)}
            // Columns 4 i + j lie at 8 j + i: neighbours are read together, from different banks.
            ${load('columnTile', `row % 4 * ${threadsAcross} + row / 4`, `${ofColumn}[columnsAt + place]`)}
            workgroupBarrier();
            for (var k = 0; k < vectors; k++) {
              let a = columnTile[across * ${stride} + k];
              let b = columnTile[(${threadsAcross} + across) * ${stride} + k];
              let c = columnTile[(${2 * threadsAcross} + across) * ${stride} + k];
              let d = columnTile[(${3 * threadsAcross} + across) * ${stride} + k];
              for (var i = 0; i < 4; i++) {
                let row = rowTile[${ownRow} + k];
                ${name}[i] += vec4(dot(row, a), dot(row, b), dot(row, c), dot(row, d));
              }
            }
          }`;
}

/** Statements that put a chunk's vectors, each read at its `place` in a block, into a tile, each row at `slot`. */
function load(target: string, slot: string, vector: string): string {
  return `
            for (var at = thread; at < ${tile} * vectors; at += ${threads}) {
              let row = at / vectors;
              let place = row * width + chunk * vectors + at % vectors;
              ${target}[(${slot}) * ${stride} + at % vectors] = ${vector};
            }`;
}

/** What makes a number of each row out of what its threads have of it. */
export interface AcrossThreads {
  /** What the thread has of its row i, a vector. */
  readonly given: string;
  /** Statements that add another thread's `one` to `all`. */
  readonly combine: string;
  /** The row's element of `result`, of `all`. */
  readonly result: string;
}

/** Last statements of a program whose result has an element for every query. */
export function acrossThreads({ given, combine, result }: AcrossThreads): string {
  return `
      workgroupBarrier();
      for (var i = 0; i < 4; i++) { rowTile[${ownRow} + across] = ${given}; }
      workgroupBarrier();
      let position = ${tile} * block + thread;
      if (inside && thread < ${tile} && position < length) {
        var all = rowTile[thread * ${stride}];
        for (var j = 1; j < ${threadsAcross}; j++) {
          let one = rowTile[thread * ${stride} + j];
          ${combine}
        }
        result[item * length + position] = ${result};
      }`;
}

/** The parts of a program whose result is packed: Σ factor · of over the columns of each row. */
export interface TileMix {
  /** What columns are multiplied with, a vector of four for a row of the thread. */
  readonly factor: string;
  /** What columns hold. */
  readonly of: 'queries' | 'keys' | 'values' | 'dy';
  readonly headWidth: number;
}

/** Statements of a program that mixes columns, by where they go; `keep` is the last of every row. */
export interface MixStatements {
  readonly begin: string;
  readonly keep: string;
  readonly everyTile: string;
  readonly end: string;
}

/** The statements of such a program: each chunk of the result has a variable of its own, which registers can hold. */
export function mix({ factor, of, headWidth }: TileMix): MixStatements {
  const each = (statements: (chunk: number) => string): string =>
    Array.from({ length: packedWidth(headWidth).chunks }, (_, chunk) => statements(chunk)).join('\n');
  return {
    begin: each((chunk) => `var mixed${chunk} : array<vec4<f32>, 4>;`),
    keep: `rowTile[${ownRow} + across] = ${factor};`,
    everyTile: each(
      (chunk) => `
          workgroupBarrier();
          {
            const chunk = ${chunk};
            ${load('columnTile', 'row', `${of}[columnsAt + place]`)}
          }
          workgroupBarrier();
          for (var k = 0; k < ${tile / 4}; k++) {
            let a = columnTile[(4 * k) * ${stride} + across];
            let b = columnTile[(4 * k + 1) * ${stride} + across];
            let c = columnTile[(4 * k + 2) * ${stride} + across];
            let d = columnTile[(4 * k + 3) * ${stride} + across];
            for (var i = 0; i < 4; i++) {
              let f = rowTile[${ownRow} + k];
              mixed${chunk}[i] += f.x * a + f.y * b + f.z * c + f.w * d;
            }
          }`,
    ),
    end: each(
      (chunk) => `
      if (inside && across < vectors) {
        for (var i = 0; i < 4; i++) {
          let row = (item * blocks + block) * ${tile} + down + ${threadsDown} * i;
          result[row * width + ${chunk} * vectors + across] = mixed${chunk}[i];
        }
      }`,
    ),
  };
}
