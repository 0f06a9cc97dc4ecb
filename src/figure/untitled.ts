import type { Figure } from './figure.js';

/** A figure without its heading, as for a place that has a caption of its own. */
export function untitled(figure: Figure): Figure {
  const parts = Object.entries(figure.spec).filter(([name]) => name !== 'title');
  return { ...figure, spec: Object.fromEntries(parts) as unknown as Figure['spec'] };
}
