import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from './src/llm/backend/backend.js';
import { neoxConfig, randomWeights } from './src/llm/model/random.js';
import { createDecoder, weightShapes } from './src/llm/model/decoder.js';
import { initialFactor, loraShapes, peftName } from './src/llm/model/lora.js';
import { sftLoss, dpoLoss } from './src/llm/loss/objective.js';
import { weightedGradient } from './src/llm/train/gradient.js';
import { globalNorm, clipped } from './src/llm/train/clipping.js';
import { adamwStep, initialAdamw } from './src/llm/train/adamw.js';
const [,, which='small', mode='full', loss='sft', threads='2', reps='5', prof='']=process.argv;
const b = await openBackend('wasm',{threads:Number(threads)});
const cfgs:any={small:[{vocabularySize:512,width:64,heads:4,layers:4,contextLength:512},4,128],medium:[{vocabularySize:4096,width:320,heads:8,layers:6,contextLength:512},4,256],pythia:[{vocabularySize:50304,width:128,heads:4,layers:6,contextLength:512},2,256]};
const [sizes,batch,length]=cfgs[which];
const config=neoxConfig(sizes);
const shapes=weightShapes(config);
const values=randomWeights(config,0);
const trainable=new Map<string,tf.Variable>();const weights=new Map<string,tf.Tensor>();
const variable=(v:Float32Array,s:number[])=>{const t=tf.tensor(v,s);const r=tf.variable(t);t.dispose();return r};
let lora:any;
if(mode==='lora'){lora={rank:8,alpha:8,targets:['query_key_value'],seed:0};
 for(const s of loraShapes(shapes,lora.targets)){trainable.set(peftName(s.module,'A'),variable(initialFactor(s,lora),[8,s.inputs]));trainable.set(peftName(s.module,'B'),variable(new Float32Array(s.outputs*8),[s.outputs,8]))}}
for(const [n,s] of shapes){ if(mode==='full'){const v=variable(values.get(n)!,s);trainable.set(n,v);weights.set(n,v)} else weights.set(n,tf.tensor(values.get(n)!,s))}
const model=createDecoder({config,weights,trainable,lora});
const ids=()=>Int32Array.from({length},()=>Math.floor(Math.random()*config.vocabularySize));
const { responseStart } = await import('./src/llm/data/sequence.js');
const seq=()=>({ids:[...ids()], promptTokens:1, promptLength:1, start:1, responseStart:1}) as any;
const examples=Array.from({length:batch},()=>({sequence:seq()})) as any;
const pairs=Array.from({length:batch/2},()=>({pair:{chosen:seq(),rejected:seq()},reference:{chosen:-1,rejected:-1}})) as any;
const optimiser=initialAdamw(trainable);
const f=()=>loss==='sft'?sftLoss(model,examples):dpoLoss(model,pairs,{beta:0.1});
const times:Record<string,{n:number,t:number}>={};let on=false;
if(prof)for(const k of tf.getKernelsForBackend('wasm')){const orig=k.kernelFunc;(k as any).kernelFunc=(a:any)=>{const t=performance.now();const r=orig(a);if(on){const e=times[k.kernelName]??={n:0,t:0};e.n++;e.t+=performance.now()-t}return r}}
const step=async()=>{const phases:number[]=[];let t=performance.now();
 const {values:v,gradients}=weightedGradient(trainable,[{weight:1,loss:f}]);
 phases.push(performance.now()-t);t=performance.now();
 const norm=globalNorm(gradients);await norm.data();await v[0].data();v[0].dispose();
 const sh=clipped(gradients,norm,1);phases.push(performance.now()-t);t=performance.now();adamwStep(trainable,sh,optimiser,1e-4);tf.dispose([...sh.values(),norm]);phases.push(performance.now()-t);return phases};
await step();await step();on=true;
const ts:number[]=[];const cs:number[]=[];let ph:number[]=[];
for(let i=0;i<Number(reps);i++){const c=process.cpuUsage();const t=performance.now();ph=await step();ts.push(performance.now()-t);const d=process.cpuUsage(c);cs.push((d.user+d.system)/1e3)}
ts.sort((a,b)=>a-b);cs.sort((a,b)=>a-b);
console.log(which,mode,loss,'threads',threads,'median',ts[ts.length>>1].toFixed(0),'min',ts[0].toFixed(0),'ms; cpu median',cs[cs.length>>1].toFixed(0),'min',cs[0].toFixed(0),'phases',ph.map(x=>x.toFixed(0)).join(' '),'rss',(process.memoryUsage().rss/1e6).toFixed(0),'MB');
if(prof){let s=0;for(const e of Object.values(times))s+=e.t;for(const [k,e] of Object.entries(times).sort((a,b)=>b[1].t-a[1].t).slice(0,25))console.log(k.padEnd(20),(e.n/Number(reps)).toFixed(0).padStart(6),(e.t/Number(reps)).toFixed(2).padStart(9),(100*e.t/s).toFixed(1)+'%');console.log('kernels',(s/Number(reps)).toFixed(1))}
