/** What `--backend` takes: auto is the GPU where there is one, else wasm. */
export const backendNames = ['auto', 'wasm', 'webgpu', 'cpu'] as const;

/** A backend, or auto. */
export type BackendName = (typeof backendNames)[number];
