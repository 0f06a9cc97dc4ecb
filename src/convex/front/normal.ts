import type { Vertex } from './support.js';

/** λ of the normal of a line that falls from one point of objective space to another; undefined where it does not fall. */
export function normal(from: Vertex, to: Vertex): number | undefined {
  const [width, height] = [to[0] - from[0], from[1] - to[1]];
  return width > 0 && height > 0 ? height / (width + height) : undefined;
}
