"""GPT-NeoX (Pythia) in PyTorch, read from a folder with config.json and model.safetensors. Stands for your own model."""

import json
import math
import pathlib
import struct

import torch
from torch.nn import functional as F


def read_safetensors(path):
    """The float32 tensors of a safetensors file, by name."""
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", f"{name}: {entry['dtype']}"
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(content[begin:end]), dtype=torch.float32).reshape(entry["shape"])
    return tensors


class NeoX(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        folder = pathlib.Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        # ParameterDict wants no dots in names.
        tensors = read_safetensors(folder / "model.safetensors")
        self.weights = torch.nn.ParameterDict({name.replace(".", "/"): torch.nn.Parameter(value) for name, value in tensors.items()})

    def weight(self, name):
        return self.weights[name.replace(".", "/")]

    def linear(self, x, name):
        return F.linear(x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))

    def norm(self, x, name):
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return F.layer_norm(x, weight.shape, weight, bias, self.config["layer_norm_eps"])

    def rotated(self, x):
        """Rotary positions on the first coordinates of each head: x has shape [rows, heads, length, width]."""
        length, width = x.shape[-2:]
        turning = int(width * self.config["rotary_pct"])
        frequencies = self.config["rotary_emb_base"] ** (-torch.arange(0, turning, 2) / turning)
        angles = torch.arange(length)[:, None] * frequencies
        cosine, sine = torch.cos(angles), torch.sin(angles)
        first, second, rest = x[..., : turning // 2], x[..., turning // 2 : turning], x[..., turning:]
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine, rest], -1)

    def attention(self, x, at):
        rows, length, width = x.shape
        heads = self.config["num_attention_heads"]
        fused = self.linear(x, f"{at}.query_key_value").view(rows, length, heads, 3 * width // heads).transpose(1, 2)
        query, key, value = fused.chunk(3, -1)
        scores = self.rotated(query) @ self.rotated(key).transpose(-1, -2) / math.sqrt(width // heads)
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(future, -math.inf).softmax(-1) @ value
        return self.linear(mixed.transpose(1, 2).reshape(rows, length, width), f"{at}.dense")

    def forward(self, ids):
        x = self.weight("gpt_neox.embed_in.weight")[ids]
        for layer in range(self.config["num_hidden_layers"]):
            at = f"gpt_neox.layers.{layer}"
            attended = self.attention(self.norm(x, f"{at}.input_layernorm"), f"{at}.attention")
            middle = self.norm(x if self.config["use_parallel_residual"] else x + attended, f"{at}.post_attention_layernorm")
            expanded = F.gelu(self.linear(middle, f"{at}.mlp.dense_h_to_4h"))
            x = x + attended + self.linear(expanded, f"{at}.mlp.dense_4h_to_h")
        return self.norm(x, "gpt_neox.final_layer_norm") @ self.weight("embed_out.weight").T
