import { plainAddress, toAddress } from './address.js';
import type { State } from './state.js';

/** Characters of an address that every browser and most programs that pass links on can hold. */
const longestLink = 30_000;

/** The address of a state, and why it is no link to share, where it is none. */
export async function keptAddress(state: State): Promise<{ readonly address: string; readonly link: string }> {
  const address = await toAddress(state);
  if (address.length <= longestLink) return { address, link: '' };
  const name = state.file.name;
  await keep(name, state.file.text);
  return {
    address: `${plainAddress(state)}&kept=${encodeURIComponent(name)}`,
    link: `The file is too large for a link (${address.length.toLocaleString('en')} characters): this browser keeps it; share the file itself.`,
  };
}

/** The state with the file that this browser keeps for its address, where it does. */
export async function withKeptFile(state: State, hash: string): Promise<State> {
  const name = new URLSearchParams(hash.replace(/^#/, '')).get('kept');
  if (name === null) return state;
  const text = await kept(name);
  return text === undefined ? state : { ...state, file: { name, text } };
}

async function keep(name: string, text: string): Promise<void> {
  await inStore('readwrite', (store) => store.put(text, name)).catch(() => undefined);
}

async function kept(name: string): Promise<string | undefined> {
  const found: unknown = await inStore('readonly', (store) => store.get(name)).catch(() => undefined);
  return typeof found === 'string' ? found : undefined;
}

/** Does something with the browser's store of problem files; rejects where it has none, in private windows for example. */
function inStore<Found>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<Found>): Promise<Found> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('forgetting', 1);
    const failed = (): void => {
      reject(new Error('the browser keeps no files'));
    };
    opening.onupgradeneeded = () => opening.result.createObjectStore('problem-files');
    opening.onerror = failed;
    opening.onsuccess = () => {
      const request = use(opening.result.transaction('problem-files', mode).objectStore('problem-files'));
      request.onsuccess = () => {
        resolve(request.result);
        opening.result.close();
      };
      request.onerror = failed;
    };
  });
}
