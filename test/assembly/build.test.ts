import { expect, it } from 'vitest';
import { isCurrent, kernels } from '../../assembly/build.js';

it.each(kernels)('$output was compiled from $entry as it is', async (kernel) => {
  expect(await isCurrent(kernel)).toBe(true);
});
