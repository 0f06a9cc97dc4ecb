import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** Whether the current backend has a kernel by that name; what has none is composed of tfjs's own operations. */
export function hasKernel(name: string): boolean {
  return (tf.getKernel(name, tf.getBackend()) as unknown) !== undefined;
}

/** The tensors that a kernel of ours makes of others. */
function run(kernelName: string, inputs: NamedTensorMap, attributes: Record<string, number> = {}): Tensor[] {
  const outputs = tf.engine().runKernel<Tensor | Tensor[]>(kernelName, inputs, attributes);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** An activation and its derivative, of the shape of x: kernel "Gelu" or "Silu". */
export function activation(kernelName: 'Gelu' | 'Silu', x: Tensor): Tensor {
  return run(kernelName, { x })[0];
}

function activationGradient(kernelName: 'Gelu' | 'Silu'): GradConfig {
  return {
    kernelName,
    outputsToSave: [false, true],
    gradFunc: (dys, [slope]) => ({ x: () => tf.mul((dys as Tensor[])[0], slope) }),
  };
}

/**
 * Rows [rows, width] normalised, scaled and, where there is a bias, centred and shifted: kernel "Norm". Its second
 * output [rows, 2] is each row's mean and inverse deviation.
 */
export function normalised(x: Tensor, weight: Tensor, bias: Tensor | undefined, epsilon: number): Tensor {
  const centred = Number(bias !== undefined);
  return run('Norm', bias === undefined ? { x, weight } : { x, weight, bias }, { epsilon, centred })[0];
}

const normGradient: GradConfig = {
  kernelName: 'Norm',
  inputsToSave: ['x', 'weight'],
  outputsToSave: [false, true],
  gradFunc: (dys, [x, weight, statistics], attributes) => {
    const dy = (dys as Tensor[])[0];
    const { centred } = attributes as unknown as { centred: number };
    return {
      x: () => run('NormGradient', { x, dy, weight, statistics }, { centred })[0],
      weight: () => run('NormWeightGradient', { x, dy, statistics })[0],
      bias: () => run('ColumnSums', { x: dy })[0],
    };
  },
};

/** Rows [rows, in] times a transposed matrix [out, in], plus a bias [out] where there is one: kernel "Linear". */
export function linear(rows: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  return run('Linear', bias === undefined ? { rows, weight } : { rows, weight, bias })[0];
}

const linearGradient: GradConfig = {
  kernelName: 'Linear',
  inputsToSave: ['rows', 'weight'],
  gradFunc: (gradient, [rows, weight]) => {
    const dy = gradient as Tensor;
    return {
      rows: () => tf.matMul(dy, weight),
      weight: () => tf.matMul(dy, rows, true, false),
      bias: () => run('ColumnSums', { x: dy })[0],
    };
  },
};

/** How the rows of queries, keys and values hold their heads. */
export interface HeadLayout {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** Coordinates i and i + pairs of a head are rotated together, i < pairs. */
  readonly pairs: number;
  /** 1 where one tensor holds the queries, keys and values of a head side by side, else 0. */
  readonly joined: 0 | 1;
}

/** Rows [batch · length, …] of heads, as the layout says, and the tables [length, headWidth] that rotate them. */
export interface AttentionInputs {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly cosines: Tensor;
  readonly sines: Tensor;
}

/**
 * Rotates queries and keys and attends causally: kernel "Attention".
 * @returns rows [batch · length, heads · headWidth], and each row of scores' maximum and inverse sum
 */
export function rotatedAttention(inputs: AttentionInputs, layout: HeadLayout): [output: Tensor, statistics: Tensor] {
  const [output, statistics] = run('Attention', { ...inputs }, { ...layout });
  return [output, statistics];
}

/** The gradients of queries, keys and values, or of the one tensor that holds them: kernel "AttentionGradient". */
export function rotatedAttentionGradient(
  inputs: AttentionInputs & { readonly dy: Tensor; readonly statistics: Tensor },
  layout: HeadLayout,
): Tensor[] {
  return run('AttentionGradient', { ...inputs }, { ...layout });
}

/** The numbers of an AdamW update. */
export interface AdamwUpdate {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Learning rate / (1 − beta1^t). */
  readonly rate: number;
  /** 1 − beta2^t. */
  readonly correction2: number;
  /** 1 − learning rate · weight decay. */
  readonly shrinkage: number;
}

/** Updates a parameter and its moments in place, with whatever else refers to their values: kernel "AdamwUpdate". */
export function updateInPlace(
  tensors: { parameter: Tensor; gradient: Tensor; firstMoment: Tensor; secondMoment: Tensor },
  update: AdamwUpdate,
): void {
  run('AdamwUpdate', tensors, { ...update });
}

/** Σ x², a scalar: kernel "SquareSum". */
export function squareSum(x: Tensor): Tensor {
  return run('SquareSum', { x })[0];
}

/** The gradients of the kernels above. */
export const fusedGradients: readonly GradConfig[] = [
  activationGradient('Gelu'),
  activationGradient('Silu'),
  normGradient,
  linearGradient,
];
