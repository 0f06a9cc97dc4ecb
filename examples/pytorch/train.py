"""SFT and DPO of a tiny model under a schedule, in a PyTorch loop of its own. docs/trainers.md says how to run it."""

import argparse
import itertools
import json
import math
import pathlib

import torch
from forgetting_schedules import Alright, Maxright, Mix, Run, Sequential, stream
from model import NeoX
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Sampler

END_OF_TEXT = 256


def tokens(prompt, response):
    """The ids of a text whose tokens are bytes, and where its response begins: in your trainer, your tokenizer."""
    return torch.tensor([*f"{prompt}{response} ".encode(), END_OF_TEXT]), len(prompt.encode())


def read_sft(path):
    for record in map(json.loads, path.read_text().splitlines()):
        yield tokens(f"User: {record['instruction']}\nAssistant: ", record["output"])


def read_preferences(path):
    for record in map(json.loads, path.read_text().splitlines()):
        yield tokens(record["prompt"], record["chosen"]), tokens(record["prompt"], record["rejected"])


class SeededOrder(Sampler):
    """Pass after pass without end, each shuffled as `forgetting llm train` does; any sampler does where that is not needed."""

    def __init__(self, count, seed, objective):
        self.count, self.seed, self.objective = count, seed, objective

    def __iter__(self):
        for epoch in itertools.count():
            random = stream(self.seed, f"{self.objective}-order-{epoch}")
            order = list(range(self.count))
            for last in range(self.count - 1, 0, -1):
                other = math.floor(random.random() * (last + 1))
                order[last], order[other] = order[other], order[last]
            yield from order


def log_probabilities(model, sequences):
    """log π(response | prompt) of each sequence, summed over its tokens, and the tokens counted."""
    ids = pad_sequence([ids for ids, _ in sequences], batch_first=True)
    positions = torch.arange(1, ids.shape[1])
    starts = torch.tensor([start for _, start in sequences])[:, None]
    lengths = torch.tensor([len(ids) for ids, _ in sequences])[:, None]
    is_response = (positions >= starts) & (positions < lengths)
    each = model(ids)[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
    return (each * is_response).sum(1), is_response.sum()


def sft_loss(model, batch):
    values, count = log_probabilities(model, batch)
    return -values.sum() / count


def dpo_loss(model, batch, beta):
    chosen, rejected, reference = zip(*batch)
    values, _ = log_probabilities(model, [*chosen, *rejected])
    margins = values[: len(batch)] - values[len(batch) :] - torch.tensor(reference)
    return -F.logsigmoid(beta * margins).mean()


def schedule_of(options):
    """The schedule that the options name."""
    optima = {"dpo_optimum": options.dpo_optimum, "sft_optimum": options.sft_optimum}
    return {
        "alright": lambda: Alright(options.lambda_),
        "maxright": lambda: Maxright(options.lambda_, **optima, period=options.period),
        "mix": lambda: Mix(options.lambda_),
        "sequential": lambda: Sequential(),
    }[options.schedule]()


def train(options):
    torch.manual_seed(options.seed)
    model = NeoX(options.model)
    sft = list(read_sft(options.sft))
    preferences = list(read_preferences(options.preferences))
    with torch.no_grad():
        # The reference policy is the model before the first step.
        reference = [float(torch.sub(*log_probabilities(model, pair)[0])) for pair in preferences]
    data = {"sft": sft, "dpo": [(*pair, value) for pair, value in zip(preferences, reference)]}
    loaders = {
        objective: iter(
            DataLoader(
                examples,
                batch_size=options.batch,
                sampler=SeededOrder(len(examples), options.seed, objective),
                collate_fn=list,
            )
        )
        for objective, examples in data.items()
    }
    losses = {"sft": sft_loss, "dpo": lambda model, batch: dpo_loss(model, batch, options.beta)}
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, betas=(0.9, 0.95), weight_decay=0)

    run = Run(schedule_of(options), options.steps, options.seed)
    with options.out.open("w") as log:
        while not run.finished:
            step, batches, seen = run.step, {}, {}

            def batch(objective):
                # A step has one minibatch of each objective, for its value and for its gradient.
                if objective not in batches:
                    batches[objective] = next(loaders[objective])
                return batches[objective]

            for objective in run.evaluates():
                with torch.no_grad():
                    seen[objective] = float(losses[objective](model, batch(objective)))
                run.observe(objective, seen[objective])
            choice = run.choose()
            for objective in choice.draws:
                batch(objective)

            optimizer.zero_grad()
            weights = {"dpo": choice.dpo, "sft": choice.sft}
            for objective in choice.gradients:
                loss = losses[objective](model, batch(objective))
                (weights[objective] * loss).backward()
                seen[objective] = float(loss.detach())
                run.observe(objective, seen[objective])
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()

            row = {"step": step, "choice": choice.name, "sft_loss": seen.get("sft"), "dpo_loss": seen.get("dpo")}
            log.write(json.dumps({"schedule": options.schedule, **row}) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--sft", type=pathlib.Path, required=True)
    parser.add_argument("--preferences", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--schedule", choices=["alright", "maxright", "mix", "sequential"], default="alright")
    parser.add_argument("--lambda", dest="lambda_", type=float, default=0.5)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--period", type=int, default=10)
    parser.add_argument("--dpo-optimum", type=float, default=math.nan)
    parser.add_argument("--sft-optimum", type=float, default=math.nan)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--beta", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
