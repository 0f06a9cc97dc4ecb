import { plainAddress, toAddress } from './address.js';
import type { OwnSchedule } from './module-protocol.js';
import type { State } from './state.js';

/** Characters of an address that every browser and most programs that pass links on can hold. */
const longestLink = 30_000;

/** The address of a state, and why it is no link to share, where it is none. */
export async function keptAddress(state: State): Promise<{ readonly address: string; readonly link: string }> {
  await Promise.all(state.own.map((schedule) => keep('schedules', schedule.key, schedule)));
  const address = await toAddress(state);
  if (address.length <= longestLink) return { address, link: ownSchedules(state) };
  const name = state.file.name;
  await keep('problem-files', name, state.file.text);
  return {
    address: `${plainAddress(state)}&kept=${encodeURIComponent(name)}`,
    link: `The file is too large for a link (${address.length.toLocaleString('en')} characters): this browser keeps it; share the file itself.`,
  };
}

/** Why the address is no link to share where it names schedules of the visitor's own: code comes by file, never by a link. */
function ownSchedules({ own }: State): string {
  if (own.length === 0) return '';
  const files = own.map(({ file }) => file).join(', ');
  return `A link carries no code, and this page runs ${files}, which this browser keeps: share the file itself.`;
}

/** The schedules of the visitor's own that an address names, those of them that this browser keeps. */
export async function keptSchedules(hash: string): Promise<OwnSchedule[]> {
  const names = new URLSearchParams(hash.replace(/^#/, '')).get('own')?.split(',') ?? [];
  const found = await Promise.all(names.map((name) => kept('schedules', name)));
  return found.filter(isOwnSchedule);
}

function isOwnSchedule(value: unknown): value is OwnSchedule {
  const texts = ['key', 'label', 'description', 'file', 'text'];
  return (
    typeof value === 'object' &&
    value !== null &&
    texts.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string')
  );
}

/** The state with the file that this browser keeps for its address, where it does. */
export async function withKeptFile(state: State, hash: string): Promise<State> {
  const name = new URLSearchParams(hash.replace(/^#/, '')).get('kept');
  if (name === null) return state;
  const text = await kept('problem-files', name);
  return typeof text !== 'string' ? state : { ...state, file: { name, text } };
}

/** What this browser keeps: the texts of problem files by name, and the visitor's own schedules by key. */
const stores = ['problem-files', 'schedules'] as const;
type Store = (typeof stores)[number];

async function keep(store: Store, name: string, value: unknown): Promise<void> {
  await inStore(store, 'readwrite', (opened) => opened.put(value, name)).catch(() => undefined);
}

async function kept(store: Store, name: string): Promise<unknown> {
  return inStore<unknown>(store, 'readonly', (opened) => opened.get(name)).catch(() => undefined);
}

/** Does something with one of the browser's stores; rejects where it has none, in private windows for example. */
function inStore<Found>(
  name: Store,
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<Found>,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('forgetting', 2);
    const failed = (): void => {
      reject(new Error('the browser keeps no files'));
    };
    opening.onupgradeneeded = () => {
      for (const store of stores) {
        if (!opening.result.objectStoreNames.contains(store)) opening.result.createObjectStore(store);
      }
    };
    opening.onerror = failed;
    opening.onsuccess = () => {
      const request = use(opening.result.transaction(name, mode).objectStore(name));
      request.onsuccess = () => {
        resolve(request.result);
        opening.result.close();
      };
      request.onerror = failed;
    };
  });
}
