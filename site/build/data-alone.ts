import type { Plugin } from 'vite';
import * as remedies from '../playground/remedy-list.js';
import * as key from '../../src/schedule/key.js';

const modules: readonly (readonly [RegExp, Readonly<Record<string, unknown>>])[] = [
  [/\/src\/schedule\/key\.ts$/, key],
  [/\/playground\/remedy-list\.ts$/, remedies],
];

/**
 * What schedules and remedies say of themselves is data when the site is built: pages that name them carry neither the
 * schedules nor the library that their settings are checked by. Workers, which run them, carry both.
 */
export function dataAlone(): Plugin {
  return {
    name: 'data-alone',
    load: {
      filter: { id: modules.map(([id]) => id) },
      handler(id) {
        const [, exported] = modules.find(([known]) => known.test(id)) ?? [];
        return Object.entries(exported ?? {})
          .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
          .join('\n');
      },
    },
  };
}
