import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiled } from './compile.js';

// The command line from a checkout, compiled beforehand: its threads then start without a compiler of their own.
await import(pathToFileURL(join(await compiled(), 'src/cli.js')).href);
