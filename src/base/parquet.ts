import { parquetWriteBuffer, type BasicType } from 'hyparquet-writer';
import { writeWhole } from './whole-file.js';

/** The columns of a table and their Parquet types. */
export type Columns = Readonly<Record<string, BasicType>>;

/** Writes rows as a Parquet table, whole or not at all; a value that a row lacks is null. */
export async function writeParquet(
  path: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: Columns,
): Promise<void> {
  const columnData = Object.entries(columns).map(([name, type]) => ({
    name,
    type,
    data: rows.map((row) => row[name] ?? null),
    nullable: true,
  }));
  await writeWhole(path, new Uint8Array(parquetWriteBuffer({ columnData })));
}
