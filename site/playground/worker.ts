import { InputError } from '../../src/base/input-error.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import { ensembles } from './ensembles.js';
import { described, firstLine, loadOwn } from './own-schedule.js';
import type { ModuleAnswer, ModuleFile, ModuleRequest, OwnSchedule } from './module-protocol.js';
import type { WorkerAnswer, Job, Refusal, Request } from './protocol.js';
import { sceneOf, theoryOf } from './scene.js';
import { subjectOf, type PosedProblem } from './subject.js';
import { sweeps } from './sweeps.js';
import { isSolved, tradeOff } from './trade-off.js';

/** What to do next; a newer request replaces one that has not begun. */
let next: Request | undefined;
let working = false;
/** Wakes a rest. */
let wake: (() => void) | undefined;

addEventListener('message', ({ data }: MessageEvent<Request | ModuleRequest>) => {
  if (data.task === 'module') {
    void answerOf(data.module).then((answer) => {
      postMessage(answer);
    });
    return;
  }
  next = data;
  wake?.();
  if (!working) void workOff();
});

async function workOff(): Promise<void> {
  working = true;
  for (let request = taken(); request !== undefined; request = taken()) await work(request);
  working = false;
}

function isOutdated(): boolean {
  return next !== undefined;
}

function taken(): Request | undefined {
  const request = next;
  next = undefined;
  return request;
}

/** Does what is asked until it is done, or has shown something and something newer is asked. */
async function work(request: Request): Promise<void> {
  const { job } = request;
  const { id } = job;
  try {
    const posed = await subjectOf(job);
    if (request.task === 'scene') {
      post({ kind: 'scene', id, scene: sceneOf(posed, job) });
      await rest();
      if (next === undefined) post({ kind: 'theory', id, theory: theoryOf(posed, job) });
    } else if (request.task === 'trade-off') {
      // Solves are many and slow beside the paths of a drag, which the cores are left to until it pauses.
      if (!isSolved(posed, job)) await rest(150);
      if (isOutdated()) return;
      for (const answer of tradeOff(posed, job)) {
        if (answer !== undefined) post(answer);
        await pause();
        if (next !== undefined) return;
      }
    } else {
      let shown = false;
      for (const slices of ensembles(posed, job, request.schedules, await loadedOwn(ownOf(request)))) {
        for (const { key, ensemble } of slices) post({ kind: 'ensemble', id, key, ensemble });
        await (shown ? pause() : rest());
        shown = true;
        if (next !== undefined) return;
      }
    }
    post({ kind: 'done', id });
    if (request.task === 'trade-off' && job.sweeps === true) await sweepAtLeisure(posed, job);
  } catch (error) {
    post({ kind: 'refused', id, refusal: refusalOf(error, request) });
  }
}

/** Why a request could not be done; what is thrown where schedules of the visitor's own run is theirs, bad input or not. */
function refusalOf(error: unknown, request: Request): Refusal {
  const own = ownOf(request).at(0);
  if (error instanceof InputError) {
    return {
      field: own !== undefined && error.field.startsWith('schedule') ? 'schedule' : error.field,
      message: error.message,
    };
  }
  if (own !== undefined) return { field: 'schedule', message: `${own.file}: ${firstLine(error)}` };
  return { field: '', message: `This could not be computed: ${firstLine(error)}` };
}

/** The visitor's own schedules among those that a request runs. */
function ownOf(request: Request): readonly OwnSchedule[] {
  return request.task === 'runs' ? request.job.own.filter(({ key }) => request.schedules.includes(key)) : [];
}

/** The visitor's own schedules by their keys. */
async function loadedOwn(own: readonly OwnSchedule[]): Promise<ReadonlyMap<string, Schedule>> {
  return new Map(await Promise.all(own.map(async (one) => [one.key, await loadOwn(one)] as const)));
}

async function answerOf(module: ModuleFile): Promise<ModuleAnswer> {
  try {
    return { kind: 'module', schedule: await described(module) };
  } catch (error) {
    return { kind: 'no-module', message: firstLine(error) };
  }
}

/** Sweeps the gap over single settings while nothing newer is asked. */
async function sweepAtLeisure(posed: PosedProblem, job: Job): Promise<void> {
  await rest(300);
  if (next !== undefined) return;
  for await (const sweep of sweeps(posed, job)) {
    if (sweep !== undefined) post({ kind: 'sweep', id: job.id, sweep });
    await pause();
    if (isOutdated()) return;
  }
}

function post(answer: WorkerAnswer): void {
  postMessage(answer);
}

/** Leaves the cores to the page, which draws what was shown first: until something newer is asked, but not long. */
async function rest(milliseconds = 50): Promise<void> {
  if (next !== undefined) return;
  await new Promise<void>((resolve) => {
    wake = resolve;
    setTimeout(resolve, milliseconds);
  });
}

const { port1, port2 } = new MessageChannel();
let resume: (() => void) | undefined;
port2.onmessage = () => resume?.();

/** Lets newer requests in; a message goes round faster than a timer. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    resume = resolve;
    port1.postMessage(undefined);
  });
}
