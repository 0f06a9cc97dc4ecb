import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '/work/trees/llm-speed/src/llm/backend/backend.js';
await openBackend('wasm');
const r=(s:number[])=>tf.randomUniform(s);
for(const [m,k,n,ta,tb,bt] of [[1024,320,960,0,1],[1024,320,1280,0,1],[1024,1280,320,0,1],[1024,1280,320,0,0],[1280,1024,320,1,0],[1024,320,4096,0,1],[512,64,256,0,1],[256,512,64,1,0],[512,128,50304,0,1],[128,16,128,0,1,16],[256,40,256,0,1,32],[256,256,40,0,0,32],[1024,320,8,0,1],[1,1024,320,0,0],[1,320,4096,0,1]] as number[][]){
 const B=bt?[bt]:[];
 const a=r([...B,...(ta?[k,m]:[m,k])]),b=r([...B,...(tb?[n,k]:[k,n])]);
 const ts:number[]=[];const N=n>5000?8:40;
 for(let i=0;i<N;i++){const t=performance.now();tf.matMul(a,b,!!ta,!!tb).dispose();ts.push(performance.now()-t)}
 ts.sort((x,y)=>x-y);const f=2*m*k*n*(bt??1)/1e6;
 console.log([m,k,n,ta,tb,bt].join(' '),'median',(f/ts[N>>1]).toFixed(1),'best',(f/ts[0]).toFixed(1),'GFLOPS',ts[0].toFixed(2)+'ms');
 tf.dispose([a,b]);
}
