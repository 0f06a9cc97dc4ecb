import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openBackend } from '../../src/engine/backend.js';
import { hasKernel } from '../../src/engine/fused-kernels.js';
import { gelu, silu } from '../../src/llm/model/activation.js';
import { layerNorm, rootMeanSquareNorm } from '../../src/llm/model/norm.js';
import { adamwStep, disposeAdamw, initialAdamw } from '../../src/llm/train/adamw.js';
import { stream } from '../../src/base/random-stream.js';
import { hasWebGpu } from '../llm/webgpu.js';

const webGpu = await hasWebGpu();

const [rows, width] = [300, 37];

function random(shape: readonly number[], purpose: string): tf.Tensor {
  const draws = stream(0, purpose);
  const length = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length }, () => 2 * draws.normal()),
    [...shape],
  );
}

function variable(shape: readonly number[], purpose: string): tf.Variable {
  const start = random(shape, purpose);
  const result = tf.variable(start);
  start.dispose();
  return result;
}

/** What kernels of ours compute on a GPU, each with the tensors it is a function of. */
const functions: Record<string, { shapes: number[][]; f: (...x: tf.Tensor[]) => tf.Tensor; kernel: string }> = {
  gelu: { shapes: [[rows, width]], f: (x) => gelu(x), kernel: 'Gelu' },
  silu: { shapes: [[rows, width]], f: (x) => silu(x), kernel: 'Silu' },
  'layer norm': {
    shapes: [[rows, width], [width], [width]],
    f: (x, weight, bias) => layerNorm(x, weight, bias, 1e-5),
    kernel: 'Norm',
  },
  'root mean square norm': {
    shapes: [[rows, width], [width]],
    f: (x, weight) => rootMeanSquareNorm(x, weight, 1e-6),
    kernel: 'Norm',
  },
};

/** The value of f at random variables, and its gradients in a random direction, on the current backend. */
async function evaluated({ shapes, f }: (typeof functions)[string]): Promise<number[][]> {
  const variables = shapes.map((shape, i) => variable(shape, `x${i}`));
  const value = tf.tidy(() => f(...variables));
  const { value: weighted, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(f(...variables), random(value.shape, 'dy'))),
    variables,
  );
  const tensors = [value, ...variables.map(({ name }) => grads[name])];
  const read = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose([weighted, ...tensors, ...variables]);
  return read;
}

/** Parameter and both moments after three AdamW steps with decay. */
async function optimised(): Promise<number[][]> {
  const parameter = variable([rows, width], 'parameter');
  const trainable = new Map([['p', parameter]]);
  const state = initialAdamw(trainable);
  for (let step = 0; step < 3; step++) {
    const gradient = random([rows, width], `gradient ${step}`);
    adamwStep(trainable, new Map([['p', gradient]]), state, 1e-2, { weightDecay: 0.1 });
    gradient.dispose();
  }
  const tensors = [parameter, ...state.firstMoment.values(), ...state.secondMoment.values()];
  const read = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  disposeAdamw(state);
  parameter.dispose();
  return read;
}

function expectClose(found: readonly number[][], expected: readonly number[][]): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  found.forEach((numbers, k) => {
    const scale = Math.max(...expected[k].map(Math.abs));
    const difference = Math.max(...numbers.map((number, i) => Math.abs(number - expected[k][i])));
    expect(difference / scale).toBeLessThan(2e-6);
  });
}

describe.skipIf(!webGpu)('kernels of our own on a GPU equal stock kernels', () => {
  it('in activations, norms and the optimiser, and in their gradients', async () => {
    await openBackend('cpu');
    const stock = new Map<string, number[][]>();
    for (const [name, instance] of Object.entries(functions)) {
      expect(hasKernel(instance.kernel)).toBe(false);
      stock.set(name, await evaluated(instance));
    }
    const stockOptimised = await optimised();
    const backend = await openBackend('webgpu');
    try {
      const before = tf.memory().numTensors;
      for (const [name, instance] of Object.entries(functions)) {
        expect(hasKernel(instance.kernel)).toBe(true);
        expectClose(await evaluated(instance), stock.get(name) ?? []);
      }
      expect(hasKernel('AdamwUpdate')).toBe(true);
      expectClose(await optimised(), stockOptimised);
      expect(tf.memory().numTensors).toBe(before);
    } finally {
      backend.close();
    }
  });
});
