import { fileURLToPath } from 'node:url';
import { vulkanEnvironment } from './find-vulkan.js';

// The lines that the start script reads: shell assignments, quoted.
for (const [name, value] of Object.entries(vulkanEnvironment(fileURLToPath(new URL('..', import.meta.url))))) {
  process.stdout.write(`export ${name}='${String(value).replaceAll("'", `'\\''`)}'\n`);
}
