import type { Plugin } from 'vite';
import * as key from '../../src/schedule/key.js';

/**
 * What the schedules say of themselves is data when the site is built: pages that name them carry neither the schedules
 * nor the library that their settings are checked by. Workers, which run them, carry both.
 */
export function dataAlone(): Plugin {
  return {
    name: 'data-alone',
    load: {
      filter: { id: /\/src\/schedule\/key\.ts$/ },
      handler: () =>
        Object.entries(key)
          .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
          .join('\n'),
    },
  };
}
