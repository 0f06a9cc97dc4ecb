import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { HalfProductAttributes } from './half-matrix.js';
import { runElements } from './webgpu-elements.js';
import { registerWebGpuKernel } from './webgpu-kernels.js';

/**
 * A half's float32 number by integer arithmetic and one exact product: unpack2x16float may take halves below the normal
 * ones for 0.
 */
const widened = `
  fn widened(half : u32, isBfloat16 : bool) -> f32 {
    if (isBfloat16) { return bitcast<f32>(half << 16u); }
    let fraction = half & 0x3ffu;
    let exponent = (half >> 10u) & 31u;
    let size = select(
      bitcast<f32>(((exponent + 112u) << 23u) | (fraction << 13u)),
      f32(fraction) * 5.9604644775390625e-8f,
      exponent == 0u);
    return select(size, -size, (half & 0x8000u) != 0u);
  }`;

/**
 * Registers products with matrices of halves: the stock product's own program, which sums in the stock order, with halves made
 * float32 where it reads its right operand. There is never a float32 copy of the matrix.
 */
export function registerWebGpuHalfMatrix(): void {
  registerWebGpuKernel('HalfRows', halfRows);
  registerWebGpuKernel(
    'HalfProduct',
    (
      { rows, matrix }: { rows: TensorInfo; matrix: TensorInfo },
      backend,
      { type, transposed }: HalfProductAttributes,
    ) => {
      const { kernelFunc } = getKernel('BatchMatMul', 'webgpu');
      // By its shape a float32 matrix; what its buffer holds, the backend knows by its values' identity.
      const b: TensorInfo = { dataId: matrix.dataId, dtype: 'float32', shape: wholeShape(matrix) };
      const attrs = { transposeA: false, transposeB: transposed === 1 };
      return kernelFunc({ inputs: { a: rows, b }, backend: readingHalves(backend, type), attrs });
    },
  );
}

function wholeShape({ shape }: TensorInfo): number[] {
  return [...shape.slice(0, -1), 2 * (shape.at(-1) ?? 0)];
}

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/** The backend, but that programs with an operand B read it as halves. */
function readingHalves(backend: WebGPUBackend, type: number): WebGPUBackend {
  const run: WebGPUBackend['runWebGPUProgram'] = (program, ...rest) =>
    backend.runWebGPUProgram(program.variableNames[1] === 'B' ? withHalves(program, type) : program, ...rest);
  return new Proxy(backend, {
    get: (target, key) => {
      const value: unknown = key === 'runWebGPUProgram' ? run : Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A stock product's program whose `getB` takes one number, or four neighbours, out of halves two by two in integers. */
function withHalves(program: Program, type: number): Program {
  const vectors = program.outputComponent === 4;
  const read = vectors
    ? `
      let words = B[at / 8];
      let pairs = select(words.xy, words.zw, at % 8 == 4);
      let four = bitcast<vec2<u32>>(pairs);
      return vec4<f32>(
        widened(four.x & 0xffffu, ${type === 1}), widened(four.x >> 16u, ${type === 1}),
        widened(four.y & 0xffffu, ${type === 1}), widened(four.y >> 16u, ${type === 1}));`
    : `
      let pair = bitcast<u32>(B[at / 2]);
      return widened(select(pair & 0xffffu, pair >> 16u, at % 2 == 1), ${type === 1});`;
  const halves = `
    ${widened}
    fn halfB(batch : i32, row : i32, column : i32) -> ${vectors ? 'vec4<f32>' : 'f32'} {
      let at = getIndexFromCoords3D(vec3<i32>(batch, row, column), uniforms.bShape);
      ${read}
    }`;
  return Object.assign(Object.create(program) as Program, {
    shaderKey: `halves${type}_${program.shaderKey}`,
    getUserCode: () => `${halves}\n${program.getUserCode().replaceAll('getB(', 'halfB(')}`,
  });
}

/** By a program of its own: the stock one takes integers through float32. */
function halfRows(
  { matrix, indices }: { matrix: TensorInfo; indices: TensorInfo },
  backend: WebGPUBackend,
  { type }: { type: number },
): TensorInfo {
  const columns = 2 * (matrix.shape.at(-1) ?? 0);
  return runElements(backend, {
    name: 'HalfRows',
    inputs: { matrix, indices },
    output: [...indices.shape, columns],
    integers: { columns, bfloat16: Number(type === 1) },
    functions: widened,
    code: `
      let place = indices[i / columns] * columns + i % columns;
      let pair = bitcast<u32>(matrix[place / 2]);
      result[i] = widened(select(pair & 0xffffu, pair >> 16u, place % 2 == 1), bfloat16 == 1);`,
  });
}
