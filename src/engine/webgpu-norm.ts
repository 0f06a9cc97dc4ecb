import type { NormOperands, NormGradientOperands, Centred } from './kernel-operands.js';
import { runElements } from './webgpu-elements.js';
import { registerWebGpuKernel } from './webgpu-kernels.js';
import { runRows } from './webgpu-rows.js';

/** Registers layer norm and root mean square norm with their gradients, as WGSL programs. */
export function registerWebGpuNorms(): void {
  registerWebGpuKernel('Norm', ({ x, weight, bias }: NormOperands, backend, { epsilon }: { epsilon: number }) => {
    const [rows, width] = x.shape;
    const statistics = runRows(backend, {
      name: bias === undefined ? 'norm statistics' : 'centred norm statistics',
      inputs: { x },
      output: [rows, 2],
      rows,
      integers: { width },
      floats: { epsilon },
      code: `
        ${bias === undefined ? 'let mean = 0.0;' : `${sumOverRow('sum', 'x[row * width + j]')} let mean = sum / f32(width);`}
        ${sumOverRow('squares', '(x[row * width + j] - mean) * (x[row * width + j] - mean)')}
        if (inside && thread == 0) {
          result[2 * row] = mean;
          result[2 * row + 1] = inverseSqrt(squares / f32(width) + epsilon);
        }`,
    });
    const shift = bias === undefined ? '' : ' + bias[column]';
    const y = runElements(backend, {
      name: bias === undefined ? 'norm' : 'centred norm',
      inputs: { x, statistics, weight, ...(bias && { bias }) },
      output: [rows, width],
      code: `
        let row = i / uniforms.outShape.y;
        let column = i % uniforms.outShape.y;
        result[i] = (x[i] - statistics[2 * row]) * statistics[2 * row + 1] * weight[column]${shift};`,
    });
    return [y, statistics];
  });
  registerWebGpuKernel(
    'NormGradient',
    ({ x, dy, weight, statistics }: NormGradientOperands, backend, { centred }: Centred) => {
      const [rows, width] = x.shape;
      // d/dx of x·s(x) is s(I − y yᵀ/n); centring is its own transpose.
      return runRows(backend, {
        name: centred === 0 ? 'norm gradient' : 'centred norm gradient',
        inputs: { x, dy, weight, statistics },
        output: [rows, width],
        rows,
        integers: { width },
        code: `
        let mean = statistics[2 * row];
        let scale = statistics[2 * row + 1];
        ${sumOverRow('along', 'dy[row * width + j] * weight[j] * (x[row * width + j] - mean)')}
        along *= scale / f32(width);
        ${centred === 0 ? 'var level = 0.0;' : sumOverRow('level', 'dy[row * width + j] * weight[j]')}
        level /= f32(width);
        for (var j = thread; inside && j < width; j += threads) {
          let at = row * width + j;
          result[at] = scale * (dy[at] * weight[j] - level - (x[at] - mean) * scale * along);
        }`,
      });
    },
  );
  registerWebGpuKernel('NormWeightGradient', ({ x, dy, statistics }: Omit<NormGradientOperands, 'weight'>, backend) => {
    const [count, width] = x.shape;
    return runRows(backend, {
      name: 'norm weight gradient',
      inputs: { x, dy, statistics },
      output: [width],
      rows: width,
      integers: { count },
      code: `
        var sum = 0.0;
        for (var j = thread; j < count; j += threads) {
          let at = j * rows + row;
          sum += dy[at] * (x[at] - statistics[2 * j]) * statistics[2 * j + 1];
        }
        sum = sumOfGroup(thread, sum);
        if (inside && thread == 0) { result[row] = sum; }`,
    });
  });
}

/** Statements that leave in `name` the sum of a term over the columns j of the row. */
function sumOverRow(name: string, term: string): string {
  return `
        var ${name} = 0.0;
        for (var j = thread; j < width; j += threads) { ${name} += ${term}; }
        ${name} = sumOfGroup(thread, ${name});`;
}
