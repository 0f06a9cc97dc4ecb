import { fromAddress, plainAddress } from './address.js';
import { element } from './element.js';
import { keptAddress, keptSchedules, withKeptFile } from './kept-file.js';
import type { State } from './state.js';

/** A change of the state. */
type StateChange = (state: State) => State;

/** The page's address, which says its state, and the history of it. */
export interface AddressBar {
  /** Writes the state, not more often than browsers allow; what comes after a while can be gone Back from. */
  write(): void;
  /** Reads the state that the address says. */
  read(): Promise<void>;
  /** Whether an address is being read: the change is then made to what it says. */
  defers(change: StateChange): boolean;
}

/**
 * Keeps the address and the state the same, also by Back and Forward and where a visitor leaves at once.
 * @param current the state that the page shows
 * @param said told what state an address says, and what of it could not be understood
 * @param update makes a change that came while an address was being read
 */
export function addressBar(
  current: () => State,
  said: (state: State, refused: readonly string[]) => void,
  update: (change: StateChange) => void,
): AddressBar {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changedAt = -Infinity;
  /** The changes that came while an address was being read. */
  let early: StateChange[] | undefined;
  /** How often an address has been read: of two at once the newer counts. */
  let readings = 0;

  async function replace(): Promise<void> {
    const written = current();
    const { address, link } = await keptAddress(written);
    // Changed since, or gone Back from: this entry of the history is another's.
    if (written !== current() || early !== undefined) return;
    history.replaceState(null, '', `#${address}`);
    const button = element('#copy-link', HTMLButtonElement);
    button.disabled = link !== '';
    button.title = link;
  }

  async function read(): Promise<void> {
    const { hash } = location;
    const reading = ++readings;
    early ??= [];
    clearTimeout(timer);
    const { state, refused } = await fromAddress(hash, await keptSchedules(hash));
    const whole = await withKeptFile(state, hash);
    if (reading !== readings) return;
    const changes = early;
    early = undefined;
    said(whole, refused);
    changes.forEach(update);
  }

  // A visitor who leaves at once, before the address is written, finds the state again.
  addEventListener('pagehide', () => {
    clearTimeout(timer);
    if (current().kind !== 'file' && early === undefined) history.replaceState(null, '', `#${plainAddress(current())}`);
  });
  // Both come by Back and Forward.
  addEventListener('popstate', () => void read());

  return {
    read,
    write() {
      const anew = performance.now() - changedAt > 2000;
      changedAt = performance.now();
      clearTimeout(timer);
      timer = setTimeout(() => void replace(), 250);
      if (!anew) return;
      // At once, for who leaves before what is written has been compressed and kept.
      history.pushState(null, '', current().kind === 'file' ? location.href : `#${plainAddress(current())}`);
      void replace();
    },
    defers(change) {
      early?.push(change);
      return early !== undefined;
    },
  };
}
