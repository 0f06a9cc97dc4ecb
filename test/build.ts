import { compiled } from '../compile.js';

/** Where the command line compiled for the tests lies. Types are checked where the package is packed. */
export const testBuild = await compiled();
