import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { HeadLayout } from './fused-kernels.js';
import type { AttentionOperands, AttentionGradientOperands } from './kernel-operands.js';
import { addressOf, floatArgument, kernelsOf, registerWasmKernel } from './wasm-kernels.js';

/** Queries in a block of assembly/llm/attention.ts. */
const blockQueries = 64;

/** Registers causal attention and its gradient, computed by assembly/llm/attention.ts. */
export function registerWasmAttention(): void {
  registerWasmKernel('Attention', (inputs: AttentionOperands, backend, layout: HeadLayout) => {
    const { heads, headWidth } = layout;
    const { rows, length, batch } = sizes(inputs);
    const output = backend.makeOutput([rows, heads * headWidth], 'float32');
    const statistics = backend.makeOutput([rows * heads, 2], 'float32');
    const items = batch * heads;
    const space = backend.makeOutput([items, (2 * headWidth + blockQueries) * length], 'float32');
    const args = [...described(inputs, layout, backend), ...[output, statistics, space].map(addresses(backend))];
    kernelsOf(backend).run('attention', args, { items, operations: length * length * headWidth });
    backend.disposeData(space.dataId);
    return [output, statistics];
  });
  registerWasmKernel('AttentionGradient', (inputs: AttentionGradientOperands, backend, layout: HeadLayout) => {
    const { heads, keyValueHeads, headWidth } = layout;
    const { length, batch } = sizes(inputs);
    const sources = layout.joined === 1 ? [inputs.queries] : [inputs.queries, inputs.keys, inputs.values];
    const gradients = sources.map(({ shape }) => backend.makeOutput(shape, 'float32'));
    const [dQueries, dKeys, dValues] = layout.joined === 1 ? [gradients[0], gradients[0], gradients[0]] : gradients;
    const items = batch * keyValueHeads;
    const space = backend.makeOutput([items, (4 * headWidth + 2 * blockQueries) * length], 'float32');
    const args = [
      ...described(inputs, layout, backend),
      ...[inputs.dy, inputs.statistics, space].map(addresses(backend)),
      ...offsets([dQueries, dKeys, dValues], layout, backend),
    ];
    const operations = (2 * length * length * headWidth * heads) / keyValueHeads;
    kernelsOf(backend).run('attentionGradient', args, { items, operations });
    backend.disposeData(space.dataId);
    return gradients;
  });
}

function sizes({ queries, cosines }: AttentionOperands): { rows: number; length: number; batch: number } {
  const [rows, length] = [queries.shape[0], cosines.shape[0]];
  return { rows, length, batch: rows / length };
}

/** The arguments up to the scale, which both kernels begin with. */
function described(inputs: AttentionOperands, layout: HeadLayout, backend: BackendWasm): number[] {
  const { queries, keys, values, cosines, sines } = inputs;
  const { heads, keyValueHeads, headWidth, pairs, joined } = layout;
  const step = joined === 1 ? 3 * headWidth : headWidth;
  return [
    ...offsets([queries, keys, values], layout, backend),
    queries.shape[1],
    step,
    keys.shape[1],
    step,
    addressOf(cosines, backend),
    addressOf(sines, backend),
    pairs,
    cosines.shape[0],
    heads,
    keyValueHeads,
    headWidth,
    floatArgument(headWidth ** -0.5),
  ];
}

/** Where the first head's queries, keys and values begin: side by side where they are joined in one tensor. */
function offsets(tensors: readonly TensorInfo[], { joined, headWidth }: HeadLayout, backend: BackendWasm): number[] {
  return tensors.map((tensor, part) => addressOf(tensor, backend) + 4 * joined * part * headWidth);
}

function addresses(backend: BackendWasm): (tensor: TensorInfo) => number {
  return (tensor) => addressOf(tensor, backend);
}
