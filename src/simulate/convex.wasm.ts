// Compiled from assembly/convex/index.ts by "npm run build:kernels"; not to be edited.
/** The WebAssembly binary, in base64. */
export const binary =
  'AGFzbQEAAAABCAFgA39/fwF8AwIBAAUDAQAABxACA2RvdAAABm1lbW9yeQIACqEBAZ4BAwN/AnsBfANAIANBBGoiBCACTARAIAYgA0EDdCIFIABqIgP9AAQAIAEgBWoiBf0ABAD98gH98AEhBiAHIAP9AAQQIAX9AAQQ/fIB/fABIQcgBCEDDAELCyAGIAf98AEiBv0hACAG/SEBoCEIA0AgAiADSgRAIAggA0EDdCIEIABqKwMAIAEgBGorAwCioCEIIANBAWohAwwBCwsgCAs=';
