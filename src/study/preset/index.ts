import { llama38b } from './llama3-8b.js';
import type { Preset } from './preset.js';
import { pythia1b } from './pythia-1b.js';
import { stories260k } from './stories260k.js';
import { synthetic } from './synthetic.js';

/** Every preset, by the name that --preset takes. A new one is a file of its own and a line here. */
export const presets: Readonly<Record<string, Preset>> = Object.fromEntries(
  [synthetic, stories260k, pythia1b, llama38b].map((preset) => [preset.name, preset]),
);
