import { architectureOf, type ModelConfig } from './index.js';

/** A linear map in a model's blocks, by the name of its module. */
export interface LinearMap {
  readonly module: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** The linear maps in a model's blocks: all that adapters can change. */
export function linearMaps(config: ModelConfig): LinearMap[] {
  const { blocks, linearLayout, ...architecture } = architectureOf(config);
  return [...architecture.shapes(config)].flatMap(([name, shape]) => {
    if (!name.startsWith(`${blocks}.`) || !name.endsWith('.weight') || shape.length !== 2) return [];
    const [outputs, inputs] = linearLayout === 'out-in' ? shape : [shape[1], shape[0]];
    return [{ module: name.slice(0, -'.weight'.length), inputs, outputs }];
  });
}
