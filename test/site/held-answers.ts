import type { Page } from 'playwright-core';

/** Which answers of the playground's workers are held back. */
interface Which {
  readonly kinds: readonly string[];
  /** Of ensembles, those of so many seeds. */
  readonly seeds?: number;
}

/** The parts of answers by which they are chosen. */
interface Answer {
  readonly kind?: string;
  readonly ensemble?: { readonly seeds: number };
}

/** Answers that reach the page when a test lets them, and not when a machine happens to. */
export interface HeldAnswers {
  /** Holds what comes from now on. */
  hold(): Promise<void>;
  /** Waits until so many are held. */
  wait(count: number): Promise<void>;
  /** Lets through what is held, the oldest first, and what comes from now on; or only so many of it. */
  release(count?: number): Promise<void>;
}

/** Holds back answers of workers from the next document on that the page opens. */
export async function heldAnswers(page: Page, which: Which, fromTheStart: boolean): Promise<HeldAnswers> {
  await page.addInitScript(
    ({ kinds, seeds, holds }) => {
      const held = { holds, waiting: [] as (() => void)[] };
      Object.assign(globalThis, { held });
      Worker.prototype.addEventListener = function (this: Worker, type: string, hear: (event: Event) => void) {
        EventTarget.prototype.addEventListener.call(this, type, (event: Event) => {
          const { kind = '', ensemble } = (event as MessageEvent<Answer | undefined>).data ?? {};
          if (held.holds && kinds.includes(kind) && (seeds === undefined || ensemble?.seeds === seeds))
            held.waiting.push(() => {
              hear(event);
            });
          else hear(event);
        });
      } as Worker['addEventListener'];
    },
    { ...which, holds: fromTheStart },
  );
  return {
    async hold() {
      await page.evaluate('held.holds = true');
    },
    async wait(count) {
      await page.waitForFunction((least) => {
        const { held } = globalThis as unknown as { held: { waiting: unknown[] } };
        return held.waiting.length >= least;
      }, count);
    },
    async release(count) {
      await page.evaluate(
        `${count === undefined ? 'held.holds = false;' : ''} for (const hear of held.waiting.splice(0, ${count ?? Infinity})) hear()`,
      );
    },
  };
}
