/** A file of results, and what its runs are called by where its rows do not say. */
export interface ResultFile {
  readonly name: string;
  readonly source: string;
  readonly bytes: () => Promise<ArrayBuffer>;
}

/** The tables in a folder of a run or an experiment; a .parquet beside a .jsonl says the same again. */
const tableFile = /\.(jsonl|parquet)$|^trainer_state\.json$/;

/** Tables that speak of the same runs without their folder, too. */
const ofOneRun = ['evaluations', 'steps', 'timing', 'results', 'choices', 'cost', ''];

/** The files that were dropped: those alone as they are, and of folders the result tables in them, or else in theirs. */
export async function droppedFiles(transfer: DataTransfer): Promise<ResultFile[]> {
  // Entries are gone once the event is over: all are taken before any is read.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files].map((file) => ofFile(file, undefined));
  return (await Promise.all(entries.map((entry) => filesOf(entry, undefined)))).flat();
}

async function filesOf(entry: FileSystemEntry, folder: string | undefined): Promise<ResultFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [ofFile(file, folder)];
  }
  const inside = await everyEntry((entry as FileSystemDirectoryEntry).createReader());
  const names = new Set(inside.map(({ name }) => name));
  const tables = inside.filter(
    ({ name, isFile }) =>
      isFile && tableFile.test(name) && !(name.endsWith('.parquet') && names.has(name.replace(/parquet$/, 'jsonl'))),
  );
  // The tables of an experiment hold what the folders of its runs hold.
  const wanted = tables.length > 0 ? tables : inside.filter(({ isDirectory }) => isDirectory);
  return (await Promise.all(wanted.map((each) => filesOf(each, entry.name)))).flat();
}

/** All entries of a folder, which come a hundred at a time. */
async function everyEntry(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** A file by itself, or one of a folder. */
export function resultFile(name: string, folder: string | undefined, bytes: ResultFile['bytes']): ResultFile {
  const stem = name.replace(tableFile, '');
  return { name, source: folder ?? (ofOneRun.includes(stem) ? '' : stem), bytes };
}

function ofFile(file: File, folder: string | undefined): ResultFile {
  return resultFile(file.name, folder, () => file.arrayBuffer());
}
