import type { Plugin } from 'vite';

/** What the engine imports on its way only where it runs in Node: files, threads, another WebGPU. */
const modules =
  /^(node:.*|webgpu|.*\/(vulkan-drivers|wasm-team|base\/folder|json-file|parquet|safetensors|config)\.js)$/;

/** Leaves out of the site what is only imported, dynamically, in Node. */
export function nodeOnly(): Plugin {
  const absent = '\0node-only';
  return {
    name: 'node-only',
    enforce: 'pre',
    resolveId: {
      filter: { id: modules },
      handler: (_id, _importer, { kind }) => (kind === 'dynamic-import' ? absent : undefined),
    },
    load: (id) => (id === absent ? 'export {};' : undefined),
  };
}
