// Importing this file registers the wasm backend, with the kernels of ours that replace wrong or slow ones.
import '@tensorflow/tfjs-backend-wasm';
import { registerWasmTargetLogProbability } from './wasm-target-log-probability.js';
import { registerWasmMatrixProduct } from './wasm-matmul.js';
import { registerWasmIdentity } from './wasm-identity.js';
import { registerWasmOneHot } from './wasm-one-hot.js';

registerWasmMatrixProduct();
registerWasmIdentity();
registerWasmOneHot();
registerWasmTargetLogProbability();
