import type { Section } from '../section.js';
import { budget } from './budget.js';
import { earlyStop } from './early-stop.js';
import { joint } from './joint.js';
import { limit } from './limit.js';
import { oneObjective } from './one-objective.js';
import { remediesSection } from './remedies.js';
import { stageTwo } from './stage-two.js';
import { twoObjectives } from './two-objectives.js';

/** The sections of the story in their order. A new one is a file here, a line, and its words in index.html. */
export const sections: readonly Section[] = [
  oneObjective,
  twoObjectives,
  stageTwo,
  limit,
  earlyStop,
  joint,
  remediesSection,
  budget,
];
