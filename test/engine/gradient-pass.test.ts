import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gradientPass } from '../../src/engine/gradient-pass.js';
import { openedBackend } from './opened.js';

openedBackend('wasm');

const variable = (values: number[], shape: number[]): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor(values, shape)));

/** Shared and unused inputs, two outputs of which one is dropped, a chain that depends on no variable. */
function example(): { f: () => tf.Scalar; variables: tf.Variable[]; all: tf.Tensor[] } {
  const a = variable([1, -2, 3, 0.5, 2, -1], [2, 3]);
  const b = variable([0.3, 0.1, -0.7], [3]);
  const unused = variable([4], [1]);
  const constant = tf.tensor([1, 2, 3]);
  const f = (): tf.Scalar => {
    const sum = tf.add(tf.mul(a, b), tf.exp(constant));
    const [first] = tf.split(tf.mul(sum, a), [1, 2], 1);
    return tf.add(tf.sum(tf.square(tf.add(sum, sum))), tf.sum(first));
  };
  return { f, variables: [a, unused, b], all: [a, b, unused, constant] };
}

it("gives the gradients of tfjs's own pass", async () => {
  const { f, variables, all } = example();
  const { value, gradients } = gradientPass(f, variables);
  const expected = tf.engine().gradients(f, variables, undefined, true);
  expect(await value.data()).toEqual(await expected.value.data());
  expect(gradients[1]).toBeUndefined();
  for (const i of [0, 2]) {
    expect(gradients[i]?.shape).toEqual(variables[i].shape);
    expect(await gradients[i]?.data()).toEqual(await expected.grads[i].data());
  }
  tf.dispose([value, expected.value, ...all]);
  tf.dispose(gradients.flatMap((gradient) => gradient ?? []));
  tf.dispose([expected.grads[0], expected.grads[2]]);
});

it('leaves nothing behind but the value and the gradients, also when the function fails', () => {
  const { f, variables, all } = example();
  const before = tf.memory().numTensors;
  const { value, gradients } = gradientPass(f, variables);
  expect(tf.memory().numTensors).toBe(before + 3);
  tf.dispose([value, ...gradients.flatMap((gradient) => gradient ?? [])]);
  const failing = (): tf.Scalar => {
    f();
    throw new Error('no');
  };
  expect(() => gradientPass(failing, variables)).toThrow('no');
  expect(tf.memory().numTensors).toBe(before);
  expect(gradientPass(() => tf.scalar(1), variables).gradients).toEqual([undefined, undefined, undefined]);
  tf.dispose(all);
});

it('frees on the way back what it has used', () => {
  const x = variable([1, 2, 3], [3]);
  const live: number[] = [];
  const step = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as tf.Tensor]);
    return {
      value: tf.mul(input as tf.Tensor, 2),
      gradFunc: (dy) => {
        live.push(tf.memory().numTensors);
        return tf.mul(dy, 2);
      },
    };
  });
  const { value, gradients } = gradientPass(() => {
    let y: tf.Tensor = x;
    for (let i = 0; i < 10; i++) y = step(y);
    return tf.sum(y);
  }, [x]);
  // Every step back frees what its own step forward saved.
  expect(live).toHaveLength(10);
  for (let i = 1; i < 10; i++) expect(live[i]).toBeLessThan(live[i - 1]);
  expect(gradients[0]?.dataSync()).toEqual(Float32Array.of(1024, 1024, 1024));
  tf.dispose([x, value, ...gradients.flatMap((gradient) => gradient ?? [])]);
});
