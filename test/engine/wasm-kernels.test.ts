import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { binary as alone } from '../../src/engine/alone.wasm.js';
import { activation, normalised, squareSum } from '../../src/engine/fused-kernels.js';
import { binary as team } from '../../src/engine/team.wasm.js';
import { stream } from '../../src/base/random-stream.js';
import { openedBackend } from './opened.js';

openedBackend('wasm');

const dataSection = 11;

/** The numbers of a WebAssembly binary's sections. */
function sections(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  const numbers: number[] = [];
  for (let at = 8; at < bytes.length;) {
    numbers.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return numbers;
}

it.each([
  ['one thread', alone],
  ['a team', team],
])('the kernels for %s bring no data, which would lie over that of the backend', (_, binary) => {
  expect(sections(binary)).toContain(10);
  expect(sections(binary)).not.toContain(dataSection);
});

/** Φ(x) in double precision: ½ + ∫₀ˣ φ by Simpson's rule. */
function normalDistribution(x: number): number {
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const pieces = 2000;
  let sum = density(0) + density(x);
  for (let i = 1; i < pieces; i++) sum += (i % 2 === 1 ? 4 : 2) * density((x * i) / pieces);
  return 0.5 + (sum * x) / (3 * pieces);
}

// More numbers than one block, and an end that fills no vector.
const inputs = Float32Array.from({ length: 1027 }, (_, i) => (i - 513) / 64);

describe.each([
  ['Gelu', (x: number) => x * normalDistribution(x)],
  ['Silu', (x: number) => x / (1 + Math.exp(-x))],
] as const)('%s', (name, plain) => {
  it('and its derivative are those of double precision', async () => {
    const x = tf.tensor1d(inputs);
    const [value, slope] = [activation(name, x), tf.grad((t) => tf.sum(activation(name, t)))(x)];
    const [values, slopes] = [await value.data(), await slope.data()];
    for (const [i, at] of inputs.entries()) {
      const derivative = (plain(at + 1e-4) - plain(at - 1e-4)) / 2e-4;
      expect(Math.abs(values[i] - plain(at))).toBeLessThan(2e-7 * Math.max(1, Math.abs(at)));
      expect(Math.abs(slopes[i] - derivative)).toBeLessThan(1e-6);
    }
    tf.dispose([x, value, slope]);
  });
});

it.each([true, false])('a norm, centred %j, and its gradients are those of its formula', async (centred) => {
  const [rows, width, epsilon] = [5, 23, 1e-5];
  const random = stream(1, 'norm');
  const draw = (...shape: number[]): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
      shape,
    );
  const [x, weight, bias, direction] = [draw(rows, width), draw(width), draw(width), draw(rows, width)];
  const composed = (t: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => {
    const deviation = centred ? tf.sub(t, tf.mean(t, -1, true)) : t;
    const scaled = tf.mul(deviation, tf.rsqrt(tf.add(tf.mean(tf.square(deviation), -1, true), epsilon)));
    return centred ? tf.add(tf.mul(scaled, w), b) : tf.mul(scaled, w);
  };
  const fused = (t: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    normalised(t, w, centred ? b : undefined, epsilon);
  const given = centred ? [x, weight, bias] : [x, weight];
  const [found, expected] = [fused, composed].map((f) => [
    f(x, weight, bias),
    ...tf.grads((t, w, b) => tf.sum(tf.mul(f(t, w, b), direction)))(given),
  ]);
  for (const [i, tensor] of found.entries()) {
    const [a, b] = [[...(await tensor.data())], [...(await expected[i].data())]];
    expect(a.length).toBe(b.length);
    a.forEach((value, at) => {
      expect(value).toBeCloseTo(b[at], 5);
    });
  }
});

it('a sum of squares is that of double precision', async () => {
  const random = stream(2, 'squares');
  const values = Float32Array.from({ length: 9001 }, () => random.normal());
  const sum = values.reduce((total, value) => total + value * value, 0);
  const [found] = await tf.tidy(() => squareSum(tf.tensor1d(values))).data();
  expect(Math.abs(found - sum) / sum).toBeLessThan(2 ** -23);
});
