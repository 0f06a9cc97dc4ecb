import { existsSync, readdirSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { neoxConfig } from '../../src/llm/model/architecture/neox.js';
import { writeRandomModel } from '../../src/llm/model/random.js';
import { stream } from '../../src/base/random-stream.js';
import { llm, startLlm } from '../llm/command.js';
import { temporaryFolder } from '../temporary-folder.js';
import { describeOnBackends, webGpu } from './on-backends.js';

const model = temporaryFolder();

function random(shape: number[], purpose: string): tf.Tensor {
  const draws = stream(0, purpose);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => draws.normal()),
    shape,
  );
}

/** Σ a[…, i, k] b[…, k, j] in double precision, the operands' last axes swapped first where asked, batches broadcast. */
async function plainProduct(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): Promise<number[]> {
  const [left, right] = [await a.data(), await b.data()];
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [rows, inner] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  const batches = Math.max(a.size / (aRows * aColumns), b.size / (bRows * bColumns));
  const result: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const aStart = a.size === aRows * aColumns ? 0 : batch * aRows * aColumns;
    const bStart = b.size === bRows * bColumns ? 0 : batch * bRows * bColumns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const x = left[aStart + (transposeA ? k * aColumns + i : i * aColumns + k)];
          sum += x * right[bStart + (transposeB ? j * bColumns + k : k * bColumns + j)];
        }
        result.push(sum);
      }
    }
  }
  return result;
}

describeOnBackends(['cpu', 'wasm', 'webgpu'], 'the kernels that models need', (name, backend) => {
  it('say what they run on', () => {
    expect(backend().name).toBe(name);
    expect(backend().description).toMatch(new RegExp(`^${name}: .+`));
  });

  it.each([
    [
      [5, 7],
      [7, 3],
    ],
    [
      [2, 3, 5, 7],
      [2, 3, 7, 3],
    ],
    [
      [4, 5, 7],
      [7, 3],
    ],
    [
      [5, 7],
      [4, 7, 3],
    ],
  ])('multiply matrices of shapes %j and %j, however transposed', async (aShape, bShape) => {
    const swapped = (shape: number[]): number[] => [...shape.slice(0, -2), ...shape.slice(-2).reverse()];
    const before = tf.memory().numTensors;
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = random(transposeA ? swapped(aShape) : aShape, 'a');
        const b = random(transposeB ? swapped(bShape) : bShape, 'b');
        const product = tf.matMul(a, b, transposeA, transposeB);
        const expected = await plainProduct(a, b, transposeA, transposeB);
        const found = await product.data();
        expect(found.length).toBe(expected.length);
        expected.forEach((value, i) => {
          expect(found[i]).toBeCloseTo(value, 4);
        });
        tf.dispose([a, b, product]);
      }
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('make one-hot rows of any type', async () => {
    const indices = tf.tensor1d([2, 0], 'int32');
    for (const type of ['int32', 'float32'] as const) {
      const rows = tf.oneHot(indices, 3, 1, 0, type);
      expect([...(await rows.data())], type).toEqual([0, 0, 1, 1, 0, 0]);
      rows.dispose();
    }
    indices.dispose();
  });

  it.each(Object.entries(differentiated))('differentiate %s', async (_, { shapes, f, positive = false }) => {
    const inputs = shapes.map((shape, i) => (positive ? tf.abs(random(shape, `x${i}`)) : random(shape, `x${i}`)));
    const directions = shapes.map((shape, i) => random(shape, `d${i}`));
    // The derivative along one direction, by differences of differentiated and plain evaluation alike.
    const weighted = (...x: tf.Tensor[]): tf.Tensor => {
      const y = f(...x);
      return tf.sum(tf.mul(y, random(y.shape, 'w')));
    };
    const gradients = tf.grads((...x: tf.Tensor[]) => weighted(...x))(inputs);
    const slope = sum(await Promise.all(gradients.map(async (g, i) => dot(g, directions[i]))));
    const h = 2e-3;
    const at = async (step: number): Promise<number> => {
      const moved = inputs.map((x, i) => tf.add(x, tf.mul(directions[i], step)));
      return (await weighted(...moved).data())[0];
    };
    const difference = ((await at(h)) - (await at(-h))) / (2 * h);
    expect(Math.abs(slope - difference) / Math.max(1, Math.abs(difference))).toBeLessThan(1e-2);
  });
});

interface Differentiated {
  shapes: number[][];
  f: (...x: tf.Tensor[]) => tf.Tensor;
  positive?: boolean;
}

/** Every kernel whose gradient we register, small enough for differences in float32. */
const differentiated: Record<string, Differentiated> = {
  'broadcast sums': { shapes: [[3, 2], [2]], f: (a, b) => tf.sub(tf.add(a, b), tf.mul(b, 2)) },
  'broadcast products': {
    shapes: [
      [3, 1, 2],
      [4, 1],
    ],
    f: (a, b) => tf.mul(a, b),
  },
  quotients: {
    shapes: [
      [3, 2],
      [3, 1],
    ],
    f: (a, b) => tf.div(a, tf.add(b, 1)),
    positive: true,
  },
  'largest and smallest': { shapes: [[4], [4]], f: (a, b) => tf.add(tf.maximum(a, b), tf.mul(tf.minimum(a, b), 3)) },
  'functions of their input': {
    shapes: [[5]],
    f: (x) => tf.concat([tf.abs(x), tf.square(x), tf.softplus(x), tf.relu(x), tf.erf(x), tf.neg(x)]),
  },
  'functions of positive numbers': {
    shapes: [[5]],
    f: (x) => tf.concat([tf.log(tf.add(x, 1)), tf.rsqrt(tf.add(x, 1)), tf.sqrt(tf.add(x, 1))]),
    positive: true,
  },
  'functions of their output': { shapes: [[5]], f: (x) => tf.concat([tf.exp(x), tf.sigmoid(x), tf.tanh(x)]) },
  softmax: { shapes: [[3, 4]], f: (x) => tf.concat([tf.softmax(x), tf.logSoftmax(x)]) },
  choices: { shapes: [[3], [3]], f: (a, b) => tf.where(tf.tensor1d([1, 0, 1], 'bool'), a, b) },
  sums: { shapes: [[2, 3, 4]], f: (x) => tf.add(tf.sum(x, [0, 2]), tf.mean(x, [0, 2])) },
  'largest of rows': { shapes: [[3, 4]], f: (x) => tf.add(tf.max(x, 1), tf.logSumExp(x, 1)) },
  rearrangements: {
    shapes: [[2, 3, 4]],
    f: (x) => tf.slice(tf.expandDims(tf.transpose(tf.reshape(x, [4, 3, 2]), [1, 2, 0]), 1), [1, 0, 0, 1], [2, 1, 2, 2]),
  },
  pieces: {
    shapes: [
      [2, 6],
      [2, 1],
    ],
    f: (x, y) => {
      const [a, b, c] = tf.split(x, [1, 2, 3], 1);
      return tf.concat([c, tf.square(b), y, a, tf.tile(y, [1, 2])], 1);
    },
  },
  lookups: { shapes: [[4, 2]], f: (x) => tf.gather(x, tf.tensor2d([1, 3, 1, 0], [2, 2], 'int32')) },
  'transposed products': {
    shapes: [
      [2, 3, 4],
      [2, 5, 3],
    ],
    f: (a, b) => tf.matMul(a, b, true, true),
  },
  'a product with one matrix': {
    shapes: [
      [2, 3, 4],
      [5, 4],
    ],
    f: (a, b) => tf.matMul(a, b, false, true),
  },
};

async function dot(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  const [x, y] = [await a.data(), await b.data()];
  expect(a.shape).toEqual(b.shape);
  return sum(Array.from(x, (value, i) => value * y[i]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

it.skipIf(!webGpu)('the process ends by itself after using webgpu', async () => {
  await writeRandomModel(model, neoxConfig());
  const { code, signal, stderr } = await llm('generate', '--model', model, '--max-tokens', '1', '--backend', 'webgpu');
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(stderr).toMatch(/^webgpu: /);
});

const systemDrivers = existsSync('/etc/vulkan/icd.d') && readdirSync('/etc/vulkan/icd.d').length > 0;
it.skipIf(systemDrivers)('webgpu without a driver is refused in one line, and auto falls back to wasm', async () => {
  await writeRandomModel(model, neoxConfig());
  const nowhere = {
    VK_ICD_FILENAMES: '',
    VK_DRIVER_FILES: '',
    XDG_CONFIG_DIRS: model,
    XDG_DATA_DIRS: model,
    HOME: model,
  };
  const generate = ['generate', '--model', model, '--max-tokens', '1', '--backend'];
  const refused = await startLlm([...generate, 'webgpu'], nowhere).ended;
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^forgetting: --backend: got "webgpu", expected a WebGPU adapter.*\n$/);
  const fallen = await startLlm([...generate, 'auto'], nowhere).ended;
  expect(fallen.code).toBe(0);
  expect(fallen.stderr).toMatch(/^wasm: [^\n]*\n$/);
});
