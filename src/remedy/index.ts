import { alright } from './alright.js';
import { alternating } from './alternating.js';
import { annealed } from './annealed.js';
import { average } from './average.js';
import { bestCheckpointRemedy } from './best-checkpoint.js';
import { budget } from './budget.js';
import { cagrad } from './cagrad.js';
import { chosenNll } from './chosen-nll.js';
import { ewcAnchor } from './ewc-anchor.js';
import { fisherAverage } from './fisher-average.js';
import { klAnchor } from './kl-anchor.js';
import { l2Anchor } from './l2-anchor.js';
import { laplaceAnchor } from './laplace-anchor.js';
import { maxright } from './maxright.js';
import { mgda } from './mgda.js';
import { mix } from './mix.js';
import { ownReplay } from './own-replay.js';
import { pcgrad } from './pcgrad.js';
import type { Remedy } from './remedy.js';
import { replay } from './replay.js';
import { sequential } from './sequential.js';
import { smoothTchebycheff } from './smooth-tchebycheff.js';
import { subspace } from './subspace.js';

/** Every remedy, by its name. A new one is a file of its own and a name here. */
export const remedies: Readonly<Record<string, Remedy>> = named([
  sequential,
  bestCheckpointRemedy,
  replay,
  ownReplay,
  l2Anchor,
  ewcAnchor,
  laplaceAnchor,
  klAnchor,
  chosenNll,
  average,
  fisherAverage,
  subspace,
  mix,
  alright,
  maxright,
  annealed,
  alternating,
  smoothTchebycheff,
  budget,
  mgda,
  pcgrad,
  cagrad,
]);

function named(all: readonly Remedy[]): Readonly<Record<string, Remedy>> {
  return Object.fromEntries(all.map((remedy) => [remedy.name, remedy]));
}
