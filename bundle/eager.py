"""Training steps of a GPT-NeoX model in PyTorch eager mode, in float32 with TF32 off: the peer of `forgetting llm device`.

Reads {"config", "batch", "objective", "full", "rank", "ids", "steps", "seconds"} as JSON from standard input, times
steps of the same model (weights by the same hash, the same tokens, AdamW after clipping), writes one JSON object.
"""

import json
import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
if hasattr(torch, "set_float32_matmul_precision"):
    torch.set_float32_matmul_precision("highest")
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def hashed(salt, shape, deviation=0.02):
    """The numbers of src/llm/profile/hashed-weights.ts."""
    low = 0xFFFFFFFF
    position = torch.arange(math.prod(shape), dtype=torch.int64, device=device)
    h = (((salt * 0x632BE5AB) & low) + position) * 0x9E3779B1 & low
    h = (h ^ (h >> 16)) * 0x85EBCA6B & low
    h = (h ^ (h >> 13)) * 0xC2B2AE35 & low
    h = h ^ (h >> 16)
    uniform = (h.double() / 2**31 - 1).float()
    return (uniform.double() * (math.sqrt(3) * deviation)).reshape(shape)


def shapes(config):
    width, inner, vocabulary = config["width"], config["intermediateWidth"], config["vocabularySize"]
    yield "gpt_neox.embed_in.weight", [vocabulary, width]
    for layer in range(config["layers"]):
        at = f"gpt_neox.layers.{layer}"
        for norm in ("input_layernorm", "post_attention_layernorm"):
            yield f"{at}.{norm}.weight", [width]
            yield f"{at}.{norm}.bias", [width]
        for name, outputs, inputs in (
            ("attention.query_key_value", 3 * width, width),
            ("attention.dense", width, width),
            ("mlp.dense_h_to_4h", inner, width),
            ("mlp.dense_4h_to_h", width, inner),
        ):
            yield f"{at}.{name}.weight", [outputs, inputs]
            yield f"{at}.{name}.bias", [outputs]
    yield "gpt_neox.final_layer_norm.weight", [width]
    yield "gpt_neox.final_layer_norm.bias", [width]
    yield "embed_out.weight", [vocabulary, width]


class Model:
    def __init__(self, config, full, rank):
        self.config = config
        self.weights = {}
        for salt, (name, shape) in enumerate(shapes(config)):
            values = hashed(salt, shape)
            mean = 1 if len(shape) == 1 and name.endswith(".weight") else 0
            self.weights[name] = (values + mean).float().requires_grad_(full)
        self.factors = {}
        if not full:
            for layer in range(config["layers"]):
                module = f"gpt_neox.layers.{layer}.attention.query_key_value"
                outputs, inputs = self.weights[f"{module}.weight"].shape
                bound = 1 / math.sqrt(inputs)
                a = torch.empty(rank, inputs, device=device).uniform_(-bound, bound).requires_grad_()
                self.factors[module] = (a, torch.zeros(outputs, rank, device=device, requires_grad=True))

    def trainable(self):
        return [f for pair in self.factors.values() for f in pair] or list(self.weights.values())

    def linear(self, x, module):
        y = F.linear(x, self.weights[f"{module}.weight"], self.weights[f"{module}.bias"])
        if module in self.factors:
            a, b = self.factors[module]
            y = y + F.linear(F.linear(x, a), b)
        return y

    def norm(self, x, name):
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return F.layer_norm(x, weight.shape, weight, bias, self.config["normEpsilon"])

    def attention(self, x, at, rotation):
        config = self.config
        batch, length, width = x.shape
        fused = self.linear(x, f"{at}.attention.query_key_value").view(batch, length, config["heads"], -1)
        q, k, v = fused.transpose(1, 2).chunk(3, -1)
        q, k = rotated(q, *rotation), rotated(k, *rotation)
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            later = torch.ones(length, length, dtype=torch.bool, device=device).triu(1)
            scores = (q @ k.transpose(-1, -2)) * config["headWidth"] ** -0.5
            mixed = scores.masked_fill(later, float("-inf")).softmax(-1) @ v
        return self.linear(mixed.transpose(1, 2).reshape(batch, length, width), f"{at}.attention.dense")

    def log_probabilities(self, ids):
        """log π of each sequence, its first token given."""
        config = self.config
        rotation = rotary(config, ids.shape[1])
        x = F.embedding(ids, self.weights["gpt_neox.embed_in.weight"])
        for layer in range(config["layers"]):
            at = f"gpt_neox.layers.{layer}"
            attended = self.attention(self.norm(x, f"{at}.input_layernorm"), at, rotation)
            middle = self.norm(x, f"{at}.post_attention_layernorm")
            x = x + attended + self.linear(F.gelu(self.linear(middle, f"{at}.mlp.dense_h_to_4h")), f"{at}.mlp.dense_4h_to_h")
        hidden = self.norm(x, "gpt_neox.final_layer_norm")[:, :-1]
        logits = F.linear(hidden, self.weights["embed_out.weight"])
        losses = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        return -losses.view(ids.shape[0], -1).sum(1)


def rotary(config, length):
    half = config["rotaryWidth"] // 2
    frequencies = config["ropeTheta"] ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.outer(torch.arange(length, dtype=torch.float64), frequencies).repeat(1, 2)
    return angles.cos().float().to(device), angles.sin().float().to(device)


def rotated(x, cosines, sines):
    width = cosines.shape[1]
    turned, rest = x[..., :width], x[..., width:]
    a, b = turned.chunk(2, -1)
    return torch.cat([turned * cosines + torch.cat([-b, a], -1) * sines, rest], -1)


def loss_of(model, ids, objective):
    values = model.log_probabilities(ids)
    if objective == "sft":
        return -values.sum() / (ids.shape[0] * (ids.shape[1] - 1))
    chosen, rejected = values.chunk(2)
    return F.softplus(-0.1 * (chosen - rejected)).mean()


def wait():
    if device.type == "cuda":
        torch.cuda.synchronize()


def matmul_limit():
    """The fastest float32 product seen, in TFLOP/s."""
    best = 0.0
    for size in (256, 512, 1024, 2048, 4096, 8192):
        a, b = (hashed(salt, [size, size], 1).float() for salt in (1, 2))
        a @ b
        times = []
        for _ in range(3):
            wait()
            began = time.perf_counter()
            a @ b
            wait()
            times.append(time.perf_counter() - began)
        best = max(best, 2 * size**3 / min(times) / 1e12)
        if min(times) > 0.1:
            break
    return best


def timed(task):
    model = Model(task["config"], task["full"], task["rank"])
    ids = torch.tensor(task["ids"], device=device)
    trainable = model.trainable()
    optimiser = torch.optim.AdamW(trainable, lr=1e-4, betas=(0.9, 0.95), weight_decay=0)
    began, times, first = time.perf_counter(), [], None
    for step in range(2 + task["steps"]):
        if len(times) > 0 and time.perf_counter() - began > task["seconds"]:
            break
        wait()
        start = time.perf_counter()
        loss = loss_of(model, ids, task["objective"])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trainable, 1.0)
        optimiser.step()
        value = loss.item()
        wait()
        first = value if first is None else first
        if step >= 2:
            times.append(time.perf_counter() - start)
    return {
        "milliseconds": 1000 * statistics.median(times),
        "steps": len(times),
        "firstLoss": first,
        "deviceBytes": torch.cuda.max_memory_allocated() if device.type == "cuda" else 0,
    }


def main():
    task = json.load(sys.stdin)
    name = torch.cuda.get_device_name() if device.type == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    result = {"teraflopsPerSecond": matmul_limit()} if task.get("matmul") else timed(task)
    json.dump({"torch": torch.__version__, "device": name, **result}, sys.stdout)


main()
