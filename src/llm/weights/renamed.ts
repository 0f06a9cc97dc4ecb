import type { Weights } from './weights.js';

/**
 * The same weights where some have other names in their files.
 * @param stored the name in the files of each name that differs
 */
export function renamed(weights: Weights, stored: ReadonlyMap<string, string>): Weights {
  const other = new Map(Array.from(stored, ([name, inFiles]) => [inFiles, name]));
  return {
    ...weights,
    shapes: new Map(Array.from(weights.shapes, ([inFiles, shape]) => [other.get(inFiles) ?? inFiles, shape])),
    read: (name, rows) => weights.read(stored.get(name) ?? name, rows),
    halfType: (name) => weights.halfType(stored.get(name) ?? name),
    readHalves: (name, rows, into) => {
      weights.readHalves(stored.get(name) ?? name, rows, into);
    },
  };
}
