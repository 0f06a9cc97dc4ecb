import type { MathJsInstance } from 'mathjs';
// @ts-expect-error its types are those of mathjs
import bundled from 'mathjs/lib/browser/math.js';

/** mathjs, read from its one bundled file: the modules it is made of are hundreds, and load in four times the time. */
export default bundled as MathJsInstance;
