/** Compiles a WebAssembly binary in base64, as `npm run build:kernels` leaves it; in Node and in a browser's worker. */
export function wasmModule(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
