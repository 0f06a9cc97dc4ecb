"""The training step of bench/llm/worker.ts in PyTorch: a GPT-NeoX model, SFT or DPO, AdamW; same weights, same batch.

A line of text in, a line of JSON out, as the worker does.
"""

import json
import math
import os
import resource
import struct
import sys
import time

import numpy
import torch
import torch.nn.functional as F


def read_safetensors(path, kind=torch.float32):
    """Tensor by tensor, so that no more than the tensors and one of them as it is stored is held."""
    stored = {"F32": numpy.float32, "F16": numpy.float16}
    tensors = {}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            values = numpy.frombuffer(file.read(end - begin), dtype=stored[entry["dtype"]])
            tensors[name] = torch.from_numpy(values.astype(numpy.float32).reshape(entry["shape"])).to(kind)
    return tensors


def linear_algebra():
    """The file of the BLAS that is loaded, which decides the speed of products; None where it is PyTorch's own."""
    with open("/proc/self/maps") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps if "blas" in line}
    return next(iter(sorted(files, key=lambda name: "openblas" not in name)), None)


class NeoX:
    def __init__(self, task, weights, adapter):
        self.config = task["config"]
        self.weights = weights
        self.adapter = adapter
        config = self.config
        half = config["rotaryWidth"] // 2
        frequencies = config["ropeTheta"] ** (-torch.arange(half) / half)
        angles = torch.arange(task["length"])[:, None] * frequencies[None]
        kind = next(iter(weights.values())).dtype
        self.cosines = torch.cat([angles.cos(), angles.cos()], -1).to(kind)
        self.sines = torch.cat([angles.sin(), angles.sin()], -1).to(kind)
        self.mask = torch.full((task["length"], task["length"]), -1e9).triu(1).to(kind)

    def linear(self, x, module):
        mapped = F.linear(x, self.weights[module + ".weight"], self.weights[module + ".bias"])
        a = self.adapter.get(f"base_model.model.{module}.lora_A.weight")
        if a is None:
            return mapped
        # The adapter's alpha is its rank: it is scaled by 1.
        return mapped + F.linear(F.linear(x, a), self.adapter[f"base_model.model.{module}.lora_B.weight"])

    def norm(self, x, name):
        weight, bias = self.weights[name + ".weight"], self.weights[name + ".bias"]
        return F.layer_norm(x, (x.shape[-1],), weight, bias, self.config["normEpsilon"])

    def rotate(self, x):
        width = self.config["rotaryWidth"]
        turned, rest = x[..., :width], x[..., width:]
        first, second = turned[..., : width // 2], turned[..., width // 2 :]
        turned = turned * self.cosines + torch.cat([-second, first], -1) * self.sines
        return torch.cat([turned, rest], -1)

    def attention(self, x, at):
        batch, length, width = x.shape
        heads = self.config["heads"]
        fused = self.linear(x, at + ".query_key_value").view(batch, length, heads, 3 * (width // heads))
        q, k, v = fused.permute(0, 2, 1, 3).chunk(3, -1)
        scores = self.rotate(q) @ self.rotate(k).transpose(-1, -2) / math.sqrt(width // heads)
        mixed = torch.softmax(scores + self.mask, -1) @ v
        return self.linear(mixed.transpose(1, 2).reshape(batch, length, width), at + ".dense")

    def hidden(self, ids):
        x = F.embedding(ids, self.weights["gpt_neox.embed_in.weight"])
        for layer in range(self.config["layers"]):
            at = f"gpt_neox.layers.{layer}"
            attended = self.attention(self.norm(x, at + ".input_layernorm"), at + ".attention")
            middle = self.norm(x, at + ".post_attention_layernorm")
            expanded = F.gelu(self.linear(middle, at + ".mlp.dense_h_to_4h"))
            x = x + attended + self.linear(expanded, at + ".mlp.dense_4h_to_h")
        return self.norm(x, "gpt_neox.final_layer_norm")

    def token_losses(self, ids):
        """The cross-entropy of every token but the first, [sequences, tokens − 1]."""
        hidden = self.hidden(ids)[:, :-1]
        logits = F.linear(hidden, self.weights["embed_out.weight"])
        losses = F.cross_entropy(logits.reshape(-1, logits.shape[-1]).float(), ids[:, 1:].reshape(-1), reduction="none")
        return losses.view(ids.shape[0], -1)


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "task.json")) as file:
        task = json.load(file)
    with open(os.path.join(folder, "sequences.json")) as file:
        sequences = torch.tensor(json.load(file))
    torch.set_num_threads(task["threads"])
    kind = torch.bfloat16 if task.get("computed") == "bfloat16" else torch.float32
    weights = read_safetensors(os.path.join(folder, "model.safetensors"), kind)
    adapter = {}
    if task["loraRank"] is not None:
        adapter = read_safetensors(os.path.join(folder, "adapter.safetensors"), kind)
    trained = list((adapter or weights).values())
    for tensor in trained:
        tensor.requires_grad_(True)
    model = NeoX(task, weights, adapter)
    optimiser = torch.optim.AdamW(trained, lr=1e-4, betas=(0.9, 0.95), eps=1e-8, weight_decay=0)
    batch = task["batch"]

    def objective():
        if task["schedule"] == "sft":
            return model.token_losses(sequences[:batch]).mean()
        log_probabilities = -model.token_losses(sequences).sum(-1)
        return F.softplus(-0.1 * (log_probabilities[:batch] - log_probabilities[batch:])).mean()

    def step():
        began = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss = objective()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        value = loss.item()
        return {"milliseconds": 1000 * (time.perf_counter() - began), "loss": value}

    def memory():
        return {"residentBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}

    print(json.dumps({"version": torch.__version__, "blas": linear_algebra()}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"step": step, "memory": memory}[line.strip()]()), flush=True)


main()
