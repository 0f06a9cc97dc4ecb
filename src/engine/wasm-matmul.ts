import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { HalfProductAttributes } from './half-matrix.js';
import { addressOf, kernelsOf, registerWasmKernel, type DividedWork } from './wasm-kernels.js';
import { inPanels, outsideRows, outsideValues } from './wasm-outside.js';

/**
 * Replaces the wasm backend's BatchMatMul by assembly/llm/matmul.ts. The stock kernel is fast only for one pair of
 * untransposed matrices, and a naive loop for everything else. Call before the backend is set.
 */
export function registerWasmMatrixProduct(): void {
  registerWasmKernel('BatchMatMul', matrixProduct);
  registerWasmKernel('Linear', ({ rows, weight, bias }: LinearInputs, backend) => {
    const product = { rows: rows.shape[0], columns: weight.shape[0], depth: weight.shape[1] };
    const output = backend.makeOutput([product.rows, product.columns], 'float32');
    const operands = {
      ...addressesOf({ a: rows, b: weight, output, bias }, backend),
      transposeA: false,
      transposeB: true,
    };
    multiply(operands, [1, 1], product, backend);
    return output;
  });
  registerWasmKernel('HalfProduct', halfProduct);
  registerWasmKernel('HalfRows', halfRows);
}

/** Numbers in an item of `unpack` in assembly/llm/numbers.ts. */
const numbersOfItem = 4096;

/** Rows of a matrix of halves by their indices, in float32. */
function halfRows(
  { matrix, indices }: { matrix: TensorInfo; indices: TensorInfo },
  backend: BackendWasm,
  { type }: { type: number },
): TensorInfo {
  const rows = rowsOf(matrix, indices, backend);
  const output = backend.makeOutput([rows.shape[0], 2 * rows.shape[1]], 'float32');
  const count = tf.util.sizeFromShape(output.shape);
  const work = { items: Math.ceil(count / numbersOfItem), operations: 4 * numbersOfItem };
  kernelsOf(backend).run('unpack', [addressOf(rows, backend), addressOf(output, backend), type, count], work);
  backend.disposeData(rows.dataId);
  return output;
}

/** Rows of a matrix of 32-bit numbers, whatever they are. */
function rowsOf(matrix: TensorInfo, indices: TensorInfo, backend: BackendWasm): TensorInfo {
  const outside = outsideValues(matrix, backend);
  if (outside !== undefined) return outsideRows(outside, matrix, indices, backend);
  const gather = tf.getKernel('GatherV2', 'wasm').kernelFunc;
  return gather({ inputs: { x: matrix, indices }, backend, attrs: { axis: 0, batchDims: 0 } }) as TensorInfo;
}

/** Rows times a matrix of halves, which is read as it is stored: in the module, or outside of it and brought in by panels. */
function halfProduct(
  { rows, matrix, bias }: { rows: TensorInfo; matrix: TensorInfo; bias?: TensorInfo },
  backend: BackendWasm,
  { type, transposed }: HalfProductAttributes,
): TensorInfo {
  const [stored, packed] = matrix.shape;
  const transposeB = transposed === 1;
  const [depth, columns] = transposeB ? [2 * packed, stored] : [stored, 2 * packed];
  const product = { rows: rows.shape[0], columns, depth };
  const output = backend.makeOutput([product.rows, columns], 'float32');
  const how = { transposeA: false, transposeB, typeB: type, lda: depth, ldc: columns };
  const outside = outsideValues(matrix, backend);
  if (outside === undefined) {
    multiply({ ...addressesOf({ a: rows, b: matrix, output, bias }, backend), ...how }, [1, 1], product, backend);
    return output;
  }
  const { a, c, bias: added } = addressesOf({ a: rows, b: rows, output, bias }, backend);
  inPanels(outside, matrix, backend, (b, first, count) => {
    const [operands, part] = transposeB
      ? [
          { a, b, c: c + 4 * first, bias: added && added + 4 * first },
          { ...product, columns: count },
        ]
      : [
          { a: a + 4 * first, b, c, bias: added, onto: first > 0, unfinished: first + count < stored },
          { ...product, depth: count },
        ];
    multiply({ ...operands, ...how }, [1, 1], part, backend);
  });
  return output;
}

interface LinearInputs {
  /** [rows, in] */
  rows: TensorInfo;
  /** [out, in] */
  weight: TensorInfo;
  /** [out] */
  bias?: TensorInfo;
}

function matrixProduct(
  { a, b }: { a: TensorInfo; b: TensorInfo },
  backend: BackendWasm,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') throw new Error('matMul: expected float32 operands');
  const [aShape, bShape] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [aBatch, bBatch] = [tf.util.sizeFromShape(aShape), tf.util.sizeFromShape(bShape)];
  if (aBatch !== bBatch && aBatch !== 1 && bBatch !== 1) {
    throw new Error(
      `matMul: expected equal batches, or one matrix on a side, got shapes [${a.shape.join()}] and [${b.shape.join()}]`,
    );
  }
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(aShape, bShape);
  const output = backend.makeOutput([...batchShape, rows, columns], 'float32');
  // One matrix on the right: all batches of rows make one tall product.
  const tall = bBatch === 1 && !transposeA;
  const product = { rows: tall ? aBatch * rows : rows, columns, depth };
  const batches: [number, number] = tall ? [1, 1] : [aBatch, bBatch];
  multiply({ ...addressesOf({ a, b, output }, backend), transposeA, transposeB }, batches, product, backend);
  return output;
}

/** The operands of a product by their addresses, and its bias, 0 where there is none. */
interface Addresses {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly bias: number;
}

function addressesOf(
  { a, b, output, bias }: { a: TensorInfo; b: TensorInfo; output: TensorInfo; bias?: TensorInfo | undefined },
  backend: BackendWasm,
): Addresses {
  return {
    a: addressOf(a, backend),
    b: addressOf(b, backend),
    c: addressOf(output, backend),
    bias: bias === undefined ? 0 : addressOf(bias, backend),
  };
}

interface Operands extends Addresses {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** How the numbers of b are stored; float32 unless given. */
  readonly typeB?: number;
  /** Numbers from one stored row of a, and from one row of the output, to the next: those of a row unless given. */
  readonly lda?: number;
  readonly ldc?: number;
  /** Where b is some rows of a matrix: whether the output holds the sums of those before, and whether more follow. */
  readonly onto?: boolean;
  readonly unfinished?: boolean;
}

/** Writes the product of two operands, of so many matrices each, into the output. */
function multiply(
  operands: Operands,
  batches: readonly [number, number],
  product: Product,
  backend: BackendWasm,
): void {
  const { rows, columns, depth } = product;
  const { a, b, c, bias, transposeA, transposeB, typeB = 0, onto = false, unfinished = false } = operands;
  const { lda = transposeA ? rows : depth, ldc = columns } = operands;
  const { division, work } = divided(Math.max(...batches), product);
  const [strideA, strideB] = [batches[0] === 1 ? 0 : rows * depth, batches[1] === 1 ? 0 : depth * columns];
  kernelsOf(backend).run(
    'matmul',
    [
      ...[a, b, c, rows, columns, depth, Number(transposeA), Number(transposeB)],
      ...[strideA, strideB, rows * columns, division, bias, typeB],
      ...[lda, ldc, Number(onto), Number(unfinished)],
    ],
    work,
  );
}

interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/**
 * What the work is divided by, as assembly/llm/matmul.ts counts it: pairs of a batch (0), rows (1) or columns (2).
 * Chunks of rows or columns are large, because each copies all of the other operand.
 */
function divided(batch: number, { rows, columns, depth }: Product): { division: number; work: DividedWork } {
  // A thread multiplies and adds about eight numbers at once.
  const operations = depth / 8;
  if (batch > 1) return { division: 0, work: { items: batch, operations: operations * rows * columns } };
  return rows >= columns
    ? { division: 1, work: { items: rows, operations: operations * columns, unit: 4, leastChunk: 128 } }
    : { division: 2, work: { items: columns, operations: operations * rows, unit: 8, leastChunk: 128 } };
}
