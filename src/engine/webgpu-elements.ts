import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { numberUniforms } from './webgpu-numbers.js';

/** A WGSL program that works on each number of a tensor by itself. */
export interface ElementProgram {
  /** Programs of one name have one code. */
  readonly name: string;
  /** Tensors by the name under which the code reads them, each flat, as `name[i]`. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** The shape of a new tensor, or a tensor that is written over: in the code, the flat array `result`. */
  readonly output: number[] | TensorInfo;
  /** Numbers by the name under which the code reads them. */
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** Statements in which `i`, the flat index of the number, is known. */
  readonly code: string;
  /** Functions that the code calls. */
  readonly functions?: string;
}

const threads = 256;

/** Runs the program; returns what it has written. */
export function runElements(backend: WebGPUBackend, program: ElementProgram): TensorInfo {
  const { name, inputs, output, integers = {}, floats = {}, code, functions = '' } = program;
  const [shape, existing] = Array.isArray(output) ? [output, undefined] : [output.shape, output];
  const numbers = numberUniforms(integers, floats);
  return backend.runWebGPUProgram(
    {
      variableNames: Object.keys(inputs),
      outputShape: shape,
      shaderKey: name,
      dispatchLayout: { x: shape.map((_, axis) => axis) },
      dispatch: [Math.ceil(util.sizeFromShape(shape) / threads), 1, 1],
      workgroupSize: [threads, 1, 1],
      size: true,
      uniforms: numbers.declarations,
      getUserCode: () => `
        ${functions}
        fn main(i : i32) {
          if (i >= uniforms.size) { return; }
          ${numbers.names}
          ${code}
        }`,
    },
    Object.values(inputs),
    'float32',
    numbers.values,
    existing,
  );
}
