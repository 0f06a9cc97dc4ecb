import { parentPort, workerData } from 'node:worker_threads';
import { parquetRowGroups } from './parquet-rows.js';

const { path } = workerData as { path: string };
for await (const rows of parquetRowGroups(path)) parentPort?.postMessage(rows);
parentPort?.close();
