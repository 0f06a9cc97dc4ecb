import type { Preset } from './preset.js';
import { stories260k } from './stories260k.js';
import { synthetic } from './synthetic.js';

export type { Preset };

/** Every preset, by the name that --preset takes. A new one is a file of its own and a line here. */
export const presets: Readonly<Record<string, Preset>> = {
  [synthetic.name]: synthetic,
  [stories260k.name]: stories260k,
};
