import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { numberUniforms } from './webgpu-numbers.js';

/** A WGSL program in which one workgroup works on each row of something. */
export interface RowProgram {
  /** Programs of one name have one code. */
  readonly name: string;
  /** Tensors by the name under which the code reads them, each flat, as `name[i]`. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** The shape of a new tensor, or a tensor that is written over: in the code, the flat array `result`. */
  readonly output: number[] | TensorInfo;
  readonly rows: number;
  /** Numbers by the name under which the code reads them. */
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /**
   * Statements in which `row`, `thread` (0 to `threads` − 1) and `threads` are known, `sumOfGroup(thread, x)` and
   * `largestOfGroup(thread, x)` combine a value of every thread, and `inside` is false in workgroups beyond the last
   * row, which repeat that row so that barriers stay uniform, and must not write.
   */
  readonly code: string;
}

const threads = 256;

/** Runs the program; returns what it has written. */
export function runRows(backend: WebGPUBackend, program: RowProgram): TensorInfo {
  const { name, inputs, output, rows, integers = {}, floats = {}, code } = program;
  const [names, tensors] = [Object.keys(inputs), Object.values(inputs)];
  const [shape, existing] = Array.isArray(output) ? [output, undefined] : [output.shape, output];
  const numbers = numberUniforms({ rows, ...integers }, floats);
  return backend.runWebGPUProgram(
    {
      variableNames: names,
      outputShape: shape,
      shaderKey: name,
      dispatchLayout: { x: shape.map((_, axis) => axis) },
      dispatch: [rows, 1, 1],
      workgroupSize: [threads, 1, 1],
      uniforms: numbers.declarations,
      getUserCode: () => shader(code, numbers.names),
    },
    tensors,
    'float32',
    numbers.values,
    existing,
  );
}

function shader(code: string, fields: string): string {
  return `
    const threads = ${threads};
    var<workgroup> group : array<f32, ${threads}>;
    ${reduction('sumOfGroup', 'a + b')}
    ${reduction('largestOfGroup', 'max(a, b)')}
    fn main(index : i32) {
      ${fields}
      let inside = index / threads < rows;
      let row = min(index / threads, rows - 1);
      let thread = i32(localIndex);
      ${code}
    }`;
}

/** A WGSL function that combines a value of every thread of the workgroup, and gives all of them the result. */
function reduction(name: string, combined: string): string {
  return `
    fn ${name}(thread : i32, value : f32) -> f32 {
      workgroupBarrier();
      group[thread] = value;
      workgroupBarrier();
      for (var half = threads / 2; half > 0; half /= 2) {
        if (thread < half) {
          let a = group[thread];
          let b = group[thread + half];
          group[thread] = ${combined};
        }
        workgroupBarrier();
      }
      return group[0];
    }`;
}
