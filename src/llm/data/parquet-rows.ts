/** A row of a table by its columns' names. */
export type ParquetRow = Readonly<Record<string, unknown>>;

/** The rows of a Parquet file, one row group after the other. */
export async function* parquetRowGroups(path: string): AsyncGenerator<ParquetRow[]> {
  // In a browser, whose pages hold the preparation of records, the package has no files.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    yield await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    rowStart = rowEnd;
  }
}
