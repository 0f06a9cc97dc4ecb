import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { fusedGradients } from './fused-kernels.js';
import { halfProductGradient } from './half-matrix.js';
import { sumRows } from './sum-rows.js';
import { targetLogProbabilityGradient } from './target-log-probability.js';

/**
 * Registers the gradients of the tfjs kernels that language models and their losses use, once. tfjs-core keeps its own
 * in modules that plain Node cannot import, and some of those need kernels that the wasm backend lacks.
 */
export function registerGradients(): void {
  const others = [matrixProduct, lookup, targetLogProbabilityGradient, halfProductGradient, ...fusedGradients];
  for (const gradient of [...arithmetic, ...functions, ...reductions, ...rearrangements, ...others]) {
    if ((tf.getGradient(gradient.kernelName) as GradConfig | undefined) === undefined) tf.registerGradient(gradient);
  }
}

type ReducedAxes = number | number[] | null | undefined;

/** Sums a gradient over the axes along which an operand of the given shape was broadcast. */
function unbroadcast(gradient: Tensor, shape: number[]): Tensor {
  const offset = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < offset || (shape[axis - offset] === 1 && size > 1) ? [axis] : [],
  );
  if (axes.length === 0 && offset === 0) return gradient;
  if (axes.length > offset || shape.length === 0) return tf.reshape(tf.sum(gradient, axes), shape);
  return tf.reshape(sumRows(tf.reshape(gradient, [-1, tf.util.sizeFromShape(shape)])), shape);
}

/** Repeats the gradient of a reduction over `axes` along its input's shape. */
function unreduce(gradient: Tensor, shape: number[], axes: ReducedAxes): Tensor {
  const reduced = tf.util.parseAxisParam(axes as number[], shape);
  const kept = shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  return tf.mul(tf.reshape(gradient, kept), tf.ones(shape));
}

/** A kernel of two broadcast operands: the gradients with respect to each, before broadcasting is undone. */
function binary(
  kernelName: string,
  a: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  b: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [left, right]) => ({
      a: () => unbroadcast(a(dy as Tensor, left, right), left.shape),
      b: () => unbroadcast(b(dy as Tensor, left, right), right.shape),
    }),
  };
}

/** An elementwise kernel whose derivative is a function of its input. */
function ofInput(kernelName: string, x: (dy: Tensor, x: Tensor) => Tensor): GradConfig {
  return { kernelName, inputsToSave: ['x'], gradFunc: (dy, [input]) => ({ x: () => x(dy as Tensor, input) }) };
}

/** An elementwise kernel whose derivative is a function of its output. */
function ofOutput(kernelName: string, x: (dy: Tensor, y: Tensor) => Tensor): GradConfig {
  return { kernelName, outputsToSave: [true], gradFunc: (dy, [output]) => ({ x: () => x(dy as Tensor, output) }) };
}

/** The attributes that gradients below read; each kernel has those it has. */
interface Attributes {
  readonly axis: ReducedAxes;
  /** Where a slice begins, as its caller put it: the axes that are not named begin at 0. */
  readonly begin: number | number[];
  readonly reps: number[];
}

/** A kernel whose gradient needs its input's shape and its attributes. */
function ofShape(kernelName: string, x: (dy: Tensor, shape: number[], attributes: Attributes) => Tensor): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [input], attributes) => ({
      x: () => x(dy as Tensor, input.shape, attributes as unknown as Attributes),
    }),
  };
}

const arithmetic: readonly GradConfig[] = [
  binary(
    'Add',
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    'Sub',
    (dy) => dy,
    (dy) => tf.neg(dy),
  ),
  binary(
    'Multiply',
    (dy, _, b) => tf.mul(dy, b),
    (dy, a) => tf.mul(dy, a),
  ),
  binary(
    'RealDiv',
    (dy, _, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ),
  binary(
    'Maximum',
    (dy, a, b) => tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')),
    (dy, a, b) => tf.mul(dy, tf.cast(tf.less(a, b), 'float32')),
  ),
  binary(
    'Minimum',
    (dy, a, b) => tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')),
    (dy, a, b) => tf.mul(dy, tf.cast(tf.greater(a, b), 'float32')),
  ),
];

const functions: readonly GradConfig[] = [
  { kernelName: 'Identity', gradFunc: (dy) => ({ x: () => dy as Tensor }) },
  { kernelName: 'Cast', gradFunc: (dy) => ({ x: () => dy as Tensor }) },
  { kernelName: 'Neg', gradFunc: (dy) => ({ x: () => tf.neg(dy as Tensor) }) },
  ofInput('Abs', (dy, x) => tf.mul(dy, tf.sign(x))),
  ofInput('Square', (dy, x) => tf.mul(dy, tf.mul(x, 2))),
  ofInput('Log', (dy, x) => tf.div(dy, x)),
  ofInput('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  ofInput('Relu', (dy, x) => tf.mul(dy, tf.step(x))),
  ofInput('Erf', (dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)))),
  ofInput('Rsqrt', (dy, x) => tf.mul(dy, tf.mul(tf.div(tf.rsqrt(x), x), -0.5))),
  ofOutput('Sqrt', (dy, y) => tf.div(tf.mul(dy, 0.5), y)),
  ofOutput('Exp', (dy, y) => tf.mul(dy, y)),
  ofOutput('Sigmoid', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  ofOutput('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  {
    kernelName: 'Softmax',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      logits: () => {
        const weighted = tf.mul(dy as Tensor, y);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y));
      },
    }),
  },
  {
    kernelName: 'LogSoftmax',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      logits: () => tf.sub(dy as Tensor, tf.mul(tf.sum(dy as Tensor, -1, true), tf.exp(y))),
    }),
  },
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => ({
      condition: () => tf.cast(tf.zerosLike(condition), 'float32'),
      t: () => tf.mul(dy as Tensor, tf.cast(condition, 'float32')),
      e: () => tf.mul(dy as Tensor, tf.cast(tf.logicalNot(condition), 'float32')),
    }),
  },
];

const reductions: readonly GradConfig[] = [
  ofShape('Sum', (dy, shape, { axis }) => unreduce(dy, shape, axis)),
  ofShape('Mean', (dy, shape, { axis }) => {
    const count = tf.util.parseAxisParam(axis as number[], shape).reduce((product, i) => product * shape[i], 1);
    return tf.div(unreduce(dy, shape, axis), count);
  }),
  {
    kernelName: 'Max',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => {
        const axes = (attributes as { reductionIndices: ReducedAxes }).reductionIndices;
        const attained = tf.cast(tf.equal(x, unreduce(y, x.shape, axes)), 'float32');
        return tf.mul(unreduce(dy as Tensor, x.shape, axes), attained);
      },
    }),
  },
];

const rearrangements: readonly GradConfig[] = [
  ofShape('Reshape', (dy, shape) => tf.reshape(dy, shape)),
  {
    ...ofShape('ExpandDims', (dy, shape) => tf.reshape(dy, shape)),
    inputsToSave: ['input'],
    gradFunc: (dy, [input]) => ({ input: () => tf.reshape(dy as Tensor, input.shape) }),
  },
  {
    kernelName: 'Transpose',
    gradFunc: (dy, _, attributes) => {
      const { perm } = attributes as unknown as { perm: number[] };
      const inverse = perm.map((_, axis) => perm.indexOf(axis));
      return { x: () => tf.transpose(dy as Tensor, inverse) };
    },
  },
  ofShape('Slice', (dy, shape, { begin }) => {
    const named = [begin].flat();
    const first = shape.map((_, axis) => (axis < named.length ? named[axis] : 0));
    return tf.pad(
      dy,
      dy.shape.map((size, axis): [number, number] => [first[axis], shape[axis] - first[axis] - size]),
    );
  }),
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _, attributes) => ({
      x: () => tf.concat(dy as Tensor[], (attributes as { axis: number }).axis),
    }),
  },
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, inputs, attributes) => {
      const axis = tf.util.parseAxisParam((attributes as { axis: number }).axis, inputs[0].shape)[0];
      const parts = tf.split(
        dy as Tensor,
        inputs.map((input) => input.shape[axis]),
        axis,
      );
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  ofShape('Tile', (dy, shape, { reps }) => {
    const interleaved = shape.flatMap((size, axis) => [reps[axis], size]);
    return tf.sum(
      tf.reshape(dy, interleaved),
      shape.map((_, axis) => 2 * axis),
    );
  }),
];

/** Every combination of transposed operands: the gradient of a product is a product again. */
const matrixProduct: GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b], attributes) => {
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const gradient = dy as Tensor;
    return {
      a: () =>
        unbroadcast(
          transposeA ? tf.matMul(b, gradient, transposeB, true) : tf.matMul(gradient, b, false, !transposeB),
          a.shape,
        ),
      b: () =>
        unbroadcast(
          transposeB ? tf.matMul(gradient, a, true, transposeA) : tf.matMul(a, gradient, !transposeA, false),
          b.shape,
        ),
    };
  },
};

/** Rows of a table [rows, width] by index: the gradients of equal indices are summed. */
const lookup: GradConfig = {
  kernelName: 'GatherV2',
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, [table, indices], attributes) => ({
    x: () => {
      const { axis, batchDims } = attributes as { axis: number; batchDims: number };
      if (axis !== 0 || batchDims !== 0)
        throw new Error('the gradient of gather is written for axis 0 without batches');
      const rows = tf.reshape(indices, [-1, 1]);
      const updates = tf.reshape(dy as Tensor, [rows.shape[0], ...table.shape.slice(1)]);
      return tf.scatterND(rows, updates, table.shape);
    },
    indices: () => tf.zerosLike(indices),
  }),
};
