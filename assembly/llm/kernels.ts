// Every kernel has one form: it works on the items from `begin` to before `end` of what the memory at `args` describes,
// with `scratch` of its own, and what it writes for an item does not depend on which other items it is given.
import * as activation from './activation';
import * as heads from './attention';
import * as vocabulary from './cross-entropy';
import * as optimiser from './adamw';
import * as product from './matmul';
import * as rows from './norm';
import * as stored from './numbers';
import * as reduction from './sums';

// The kernels' numbers.
export const matmul: i32 = 0;
export const gelu: i32 = 1;
export const silu: i32 = 2;
export const norm: i32 = 3;
export const normGradient: i32 = 4;
export const normWeightGradient: i32 = 5;
export const adamw: i32 = 6;
export const squareSums: i32 = 7;
export const columnSums: i32 = 8;
export const targetLogProbability: i32 = 9;
export const targetLogProbabilityGradient: i32 = 10;
export const attention: i32 = 11;
export const attentionGradient: i32 = 12;
export const unpack: i32 = 13;

/** Bytes of scratch that each thread must bring. */
export const scratchBytes: i32 = product.matmulScratch;

export function call(kernel: i32, args: usize, begin: i32, end: i32, scratch: usize): void {
  switch (kernel) {
    case matmul:
      return product.matmul(args, begin, end, scratch);
    case gelu:
      return activation.gelu(args, begin, end, scratch);
    case silu:
      return activation.silu(args, begin, end, scratch);
    case norm:
      return rows.norm(args, begin, end, scratch);
    case normGradient:
      return rows.normGradient(args, begin, end, scratch);
    case normWeightGradient:
      return rows.normWeightGradient(args, begin, end, scratch);
    case adamw:
      return optimiser.adamw(args, begin, end, scratch);
    case squareSums:
      return reduction.squareSums(args, begin, end, scratch);
    case columnSums:
      return reduction.columnSums(args, begin, end, scratch);
    case targetLogProbability:
      return vocabulary.targetLogProbability(args, begin, end);
    case targetLogProbabilityGradient:
      return vocabulary.targetLogProbabilityGradient(args, begin, end);
    case attention:
      return heads.attention(args, begin, end, scratch);
    case attentionGradient:
      return heads.attentionGradient(args, begin, end, scratch);
    case unpack:
      return stored.unpack(args, begin, end);
    default:
      unreachable();
  }
}
