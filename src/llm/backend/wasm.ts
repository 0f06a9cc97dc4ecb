// Importing this file registers the wasm backend, with the kernels of ours that replace wrong or slow ones.
import '@tensorflow/tfjs-backend-wasm';
import { registerWasmMatrixProduct } from './wasm-matmul.js';
import { registerWasmOneHot } from './wasm-one-hot.js';

registerWasmMatrixProduct();
registerWasmOneHot();
