import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { HalfProductAttributes } from './half-matrix.js';
import { addressOf, kernelsOf, registerWasmKernel, type Work } from './wasm-kernels.js';

/**
 * Replaces the wasm backend's BatchMatMul by assembly/llm/matmul.ts. The stock kernel is fast only for one pair of
 * untransposed matrices, and a naive loop for everything else. Call before the backend is set.
 */
export function registerWasmMatrixProduct(): void {
  registerWasmKernel('BatchMatMul', matrixProduct);
  registerWasmKernel('Linear', ({ rows, weight, bias }: LinearInputs, backend) => {
    const product = { rows: rows.shape[0], columns: weight.shape[0], depth: weight.shape[1] };
    const output = backend.makeOutput([product.rows, product.columns], 'float32');
    multiply({ a: rows, b: weight, output, transposeA: false, transposeB: true, bias }, [1, 1], product, backend);
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
  // Of 32-bit numbers, whatever they are.
  const gather = tf.getKernel('GatherV2', 'wasm').kernelFunc;
  const rows = gather({ inputs: { x: matrix, indices }, backend, attrs: { axis: 0, batchDims: 0 } }) as TensorInfo;
  const output = backend.makeOutput([rows.shape[0], 2 * rows.shape[1]], 'float32');
  const count = tf.util.sizeFromShape(output.shape);
  const work = { items: Math.ceil(count / numbersOfItem), operations: 4 * numbersOfItem };
  kernelsOf(backend).run('unpack', [addressOf(rows, backend), addressOf(output, backend), type, count], work);
  backend.disposeData(rows.dataId);
  return output;
}

/** Rows times a matrix of halves, which is read as it is stored. */
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
  multiply({ a: rows, b: matrix, output, transposeA: false, transposeB, bias, typeB: type }, [1, 1], product, backend);
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
  multiply({ a, b, output, transposeA, transposeB, bias: undefined }, batches, product, backend);
  return output;
}

interface Operands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly output: TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly bias: TensorInfo | undefined;
  /** How the numbers of b are stored; float32 unless given. */
  readonly typeB?: number;
}

/** Writes the product of two operands, of so many matrices each, into the output. */
function multiply(
  operands: Operands,
  batches: readonly [number, number],
  product: Product,
  backend: BackendWasm,
): void {
  const { a, b, output, transposeA, transposeB, bias, typeB = 0 } = operands;
  const { rows, columns, depth } = product;
  const { division, work } = divided(Math.max(...batches), product);
  const [strideA, strideB] = [batches[0] === 1 ? 0 : rows * depth, batches[1] === 1 ? 0 : depth * columns];
  kernelsOf(backend).run(
    'matmul',
    [
      addressOf(a, backend),
      addressOf(b, backend),
      addressOf(output, backend),
      rows,
      columns,
      depth,
      Number(transposeA),
      Number(transposeB),
      strideA,
      strideB,
      rows * columns,
      division,
      bias === undefined ? 0 : addressOf(bias, backend),
      typeB,
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
 * Chunks of rows or columns are large, for each copies all of the other operand.
 */
function divided(batch: number, { rows, columns, depth }: Product): { division: number; work: Work } {
  // A thread multiplies and adds about eight numbers at once.
  const operations = depth / 8;
  if (batch > 1) return { division: 0, work: { items: batch, operations: operations * rows * columns } };
  return rows >= columns
    ? { division: 1, work: { items: rows, operations: operations * columns, unit: 4, leastChunk: 128 } }
    : { division: 2, work: { items: columns, operations: operations * rows, unit: 8, leastChunk: 128 } };
}
