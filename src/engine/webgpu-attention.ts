import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { HeadLayout } from './fused-kernels.js';
import type { AttentionOperands, AttentionGradientOperands } from './kernel-operands.js';
import { packHeads, unpackHeads, type HeadRows, type HeadRotation } from './webgpu-heads.js';
import { registerWebGpuKernel } from './webgpu-kernels.js';
import {
  keyGradient,
  mixedValues,
  queryGradient,
  scoreStatistics,
  valueGradient,
  weightedSlopes,
} from './webgpu-scores.js';

/** Registers causal attention and its gradient, as WGSL programs that keep no scores. */
export function registerWebGpuAttention(): void {
  registerWebGpuKernel('Attention', (inputs: AttentionOperands, backend, layout: HeadLayout) => {
    const length = inputs.cosines.shape[0];
    const packed = packInputs(backend, inputs, layout);
    const shape = { length, layout };
    const statistics = scoreStatistics(backend, packed, shape);
    const mixed = mixedValues(backend, { ...packed, statistics }, shape);
    const rotation = rotationOf(inputs, layout);
    const output = unpackHeads(backend, [{ packed: mixed, rotated: false }], { length, ...layout }, rotation);
    dispose(backend, [mixed, ...Object.values(packed)]);
    return [output, statistics];
  });
  registerWebGpuKernel('AttentionGradient', (inputs: AttentionGradientOperands, backend, layout: HeadLayout) => {
    const { heads, keyValueHeads, headWidth, joined } = layout;
    const length = inputs.cosines.shape[0];
    const rows = { length, heads, headWidth, step: headWidth, offset: 0 };
    const packed = { ...packInputs(backend, inputs, layout), dy: packHeads(backend, inputs.dy, rows) };
    const shape = { length, layout };
    const known = { ...packed, statistics: inputs.statistics };
    const along = weightedSlopes(backend, known, shape);
    const gradients = [
      { packed: queryGradient(backend, { ...known, along }, shape), rotated: true, heads },
      { packed: keyGradient(backend, { ...known, along }, shape), rotated: true, heads: keyValueHeads },
      { packed: valueGradient(backend, known, shape), rotated: false, heads: keyValueHeads },
    ];
    const rotation = rotationOf(inputs, layout);
    const outputs = (joined === 1 ? [gradients] : gradients.map((gradient) => [gradient])).map((parts) =>
      unpackHeads(backend, parts, { length, heads: parts[0].heads, headWidth }, rotation),
    );
    dispose(backend, [along, ...gradients.map((gradient) => gradient.packed), ...Object.values(packed)]);
    return outputs;
  });
}

function rotationOf({ cosines, sines }: AttentionOperands, { pairs }: HeadLayout): HeadRotation {
  return { cosines, sines, pairs };
}

/** Queries and keys, rotated, and values. */
function packInputs(
  backend: WebGPUBackend,
  inputs: AttentionOperands,
  layout: HeadLayout,
): { queries: TensorInfo; keys: TensorInfo; values: TensorInfo } {
  const { heads, keyValueHeads, headWidth, joined } = layout;
  // Side by side where they are joined in one tensor.
  const rows = (part: number, count: number): HeadRows => ({
    length: inputs.cosines.shape[0],
    heads: count,
    headWidth,
    step: joined === 1 ? 3 * headWidth : headWidth,
    offset: joined * part * headWidth,
  });
  const rotation = rotationOf(inputs, layout);
  return {
    queries: packHeads(backend, inputs.queries, rows(0, heads), rotation),
    keys: packHeads(backend, inputs.keys, rows(1, keyValueHeads), rotation),
    values: packHeads(backend, inputs.values, rows(2, keyValueHeads)),
  };
}

function dispose(backend: WebGPUBackend, tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
