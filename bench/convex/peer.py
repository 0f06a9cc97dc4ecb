"""The peers in Python: stochastic steps of ALRIGHT and MAXRIGHT on a log-linear pair, minibatch of one, projected and
averaged, written as one writes them with NumPy and with PyTorch. Samples and coins are drawn beforehand.

    peer.py numpy|torch THREADS PROBLEM alright|maxright STEPS LAMBDA

PROBLEM is the binary file described in peer.c. Prints the seconds that the steps took, the median of three times.
"""

import math
import sys
import time

import numpy as np

library, threads, path, schedule, steps, lam = sys.argv[1:]
steps, lam = int(steps), float(lam)

data = np.fromfile(path)
d, sft_count, rows, dpo_count = (int(entry) for entry in data[:4])
beta, radius, alpha, period, best_dpo, best_sft = data[4:10].tolist()
sft_end = 10 + sft_count * rows * d
sft = data[10:sft_end].reshape(sft_count, rows, d)
dpo = data[sft_end : sft_end + dpo_count * d].reshape(dpo_count, d)
reference, start = data[sft_end + dpo_count * d :].reshape(2, d)
shift = dpo @ reference

random = np.random.RandomState(0)
dpo_samples = random.randint(dpo_count, size=steps).tolist()
sft_samples = random.randint(sft_count, size=steps).tolist()
coins = random.uniform(size=steps).tolist()


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def logistic(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def with_numpy():
    theta, total = start.copy(), np.zeros(d)

    def sft_loss(n):
        logits = sft[n] @ theta
        largest = max(0.0, float(logits.max()))
        powers = np.exp(logits - largest)
        normaliser = math.exp(-largest) + float(powers.sum())
        return largest + math.log(normaliser), powers / normaliser

    def dpo_margin(n):
        return beta * (float(dpo[n] @ theta) - float(shift[n]))

    def project():
        norm = math.sqrt(float(theta @ theta))
        if norm > radius:
            theta.__imul__(radius / norm)

    def step_on_sft(n, probabilities):
        np.add(total, theta, out=total)
        np.subtract(theta, alpha * (probabilities @ sft[n]), out=theta)
        project()

    def step_on_dpo(n, margin):
        np.add(total, theta, out=total)
        np.add(theta, alpha * beta * logistic(-margin) * dpo[n], out=theta)
        project()

    return sft_loss, dpo_margin, step_on_sft, step_on_dpo


def with_torch():
    import torch

    torch.set_num_threads(int(threads))
    torch.set_grad_enabled(False)
    theta, total = torch.tensor(start), torch.zeros(d, dtype=torch.float64)
    features, pairs = torch.tensor(sft), torch.tensor(dpo)

    def sft_loss(n):
        logits = torch.cat((torch.mv(features[n], theta), torch.zeros(1, dtype=torch.float64)))
        log_probabilities = torch.log_softmax(logits, 0)
        return -float(log_probabilities[-1]), log_probabilities[:-1].exp()

    def dpo_margin(n):
        return beta * (float(torch.dot(pairs[n], theta)) - float(shift[n]))

    def project():
        norm = float(theta.norm())
        if norm > radius:
            theta.mul_(radius / norm)

    def step_on_sft(n, probabilities):
        total.add_(theta)
        theta.sub_(torch.mv(features[n].t(), probabilities), alpha=alpha)
        project()

    def step_on_dpo(n, margin):
        total.add_(theta)
        theta.add_(pairs[n], alpha=alpha * beta * logistic(-margin))
        project()

    return sft_loss, dpo_margin, step_on_sft, step_on_dpo


def run(steps, sft_loss, dpo_margin, step_on_sft, step_on_dpo):
    gap_dpo = gap_sft = 0.0
    for t in range(steps):
        n_dpo, n_sft = dpo_samples[t], sft_samples[t]
        margin = probabilities = None
        if schedule == "maxright":
            if t % period == 0:
                margin = dpo_margin(n_dpo)
                gap_dpo = lam * (softplus(-margin) - best_dpo)
                loss, probabilities = sft_loss(n_sft)
                gap_sft = (1 - lam) * (loss - best_sft)
            on_dpo = gap_dpo > gap_sft
        else:
            on_dpo = coins[t] < lam
        if on_dpo:
            if margin is None:
                margin = dpo_margin(n_dpo)
                if schedule == "maxright":
                    gap_dpo = lam * (softplus(-margin) - best_dpo)
            step_on_dpo(n_dpo, margin)
        else:
            if probabilities is None:
                loss, probabilities = sft_loss(n_sft)
                gap_sft = (1 - lam) * (loss - best_sft)
            step_on_sft(n_sft, probabilities)


functions = with_numpy() if library == "numpy" else with_torch()
run(steps // 10, *functions)
times = []
for _ in range(3):
    started = time.perf_counter()
    run(steps, *functions)
    times.append(time.perf_counter() - started)
print(sorted(times)[1])
