"""Which objective the next step of a post-training works on: schedules of SFT and DPO, after arXiv 2410.15483.

A port of the schedules of `forgetting` (src/schedule) without dependencies. With the same settings, seed and values a run
makes the same choices as `forgetting llm train` and `forgetting schedule`: the coin is the same Mersenne Twister, seeded by
the same key. λ weighs DPO everywhere, and SFT has the weight 1 − λ.

    run = Run(Maxright(lambda_=0.5, dpo_optimum=0.1, sft_optimum=0.9, period=10), steps=1000, seed=0)
    while not run.finished:
        for objective in run.evaluates():
            run.observe(objective, value of its loss on the step's minibatch)
        choice = run.choose()
        step along choice.dpo * g_DPO + choice.sft * g_SFT, computing the gradients of choice.gradients
        for objective in choice.gradients:
            run.observe(objective, value of its loss before the step)
"""

from __future__ import annotations

import hashlib
import math
import random
import struct
from dataclasses import asdict, dataclass
from typing import Any, Callable, ClassVar, Dict, List, Mapping, Optional, Sequence, Tuple, Union

__all__ = [
    "Alright",
    "Annealed",
    "Budget",
    "Choice",
    "Maxright",
    "Mix",
    "Replay",
    "Run",
    "Schedule",
    "Sequential",
    "SmoothTchebycheff",
    "stream",
]

BOTH = ("dpo", "sft")

State = Dict[str, Any]
"""A schedule's own state: numbers and None by name, so that it survives JSON."""


@dataclass(frozen=True)
class Weights:
    """The weights of the two gradients, and the objectives whose gradients are taken."""

    dpo: float
    sft: float
    gradients: Tuple[str, ...]


STEP_ON = {"dpo": Weights(1.0, 0.0, ("dpo",)), "sft": Weights(0.0, 1.0, ("sft",))}

Distribution = Sequence[Tuple[Weights, float]]
"""What a step may work on, with probabilities. A single entry is taken without a draw."""


@dataclass(frozen=True)
class Choice:
    """What a step works on: it goes along dpo * g_DPO + sft * g_SFT."""

    step: int
    dpo: float
    sft: float
    gradients: Tuple[str, ...]
    """The objectives whose gradients are taken, f_DPO first."""
    draws: Tuple[str, ...]
    """The objectives whose next minibatch the step consumes, needed or not."""

    @property
    def name(self) -> str:
        """"dpo", "sft" or "mix", as the tables of `forgetting` call it."""
        return self.gradients[0] if len(self.gradients) == 1 else "mix"


def stream(seed: int, purpose: str) -> random.Random:
    """The random numbers of a seed and a purpose: `random()` gives those of stream(seed, purpose) in TypeScript.

    Python seeds its Mersenne Twister by the 32-bit words of a whole number (init_by_array), and the TypeScript side by the
    words (seed mod 2^32, seed div 2^32, the bytes of the purpose): so the number is the one that has these words.
    """
    _check(_is_integer(seed) and 0 <= seed < 2**53, "seed", seed, "an integer from 0 to 2^53 - 1")
    words = [seed % 2**32, seed // 2**32, *purpose.encode()]
    return random.Random(sum(word << (32 * i) for i, word in enumerate(words)))


class Schedule:
    """What decides each step. Its attributes are its settings, and every method is a function of them and the state."""

    name: ClassVar[str]
    observes: ClassVar[bool] = False
    """Whether it looks at values."""

    def init(self, steps: int) -> State:
        """The state before step 1; raises ValueError on a setting it cannot work with."""
        raise NotImplementedError

    def evaluates(self, state: State, step: int) -> Tuple[str, ...]:
        """The objectives whose values must be observed before the choice of a step."""
        return ()

    def distribution(self, state: State, step: int) -> Distribution:
        """What a step may work on; the probabilities sum to 1."""
        raise NotImplementedError

    def observe(self, state: State, objective: str, value: float) -> State:
        """The state after being told a value."""
        return state

    def draws(self, state: State, step: int, weights: Weights) -> Tuple[str, ...]:
        """The objectives whose next minibatch a step consumes: those evaluated or stepped on."""
        needed = (*self.evaluates(state, step), *weights.gradients)
        return tuple(objective for objective in BOTH if objective in needed)

    def settings(self, steps: int) -> Dict[str, Any]:
        """The settings as plain data, by which a saved state knows its run."""
        return {**asdict(self)}  # type: ignore[call-overload]


@dataclass(frozen=True)
class Alright(Schedule):
    """Each step draws DPO with probability λ and SFT otherwise."""

    lambda_: float = 0.5
    name: ClassVar[str] = "alright"

    def init(self, steps: int) -> State:
        _check_unit("lambda_", self.lambda_)
        return {}

    def distribution(self, state: State, step: int) -> Distribution:
        return [(STEP_ON["dpo"], self.lambda_), (STEP_ON["sft"], 1 - self.lambda_)]


@dataclass(frozen=True)
class Mix(Schedule):
    """Every step follows λ g_DPO + (1 − λ) g_SFT, at the cost of two gradients."""

    lambda_: float = 0.5
    name: ClassVar[str] = "mix"

    def init(self, steps: int) -> State:
        _check_unit("lambda_", self.lambda_)
        return {}

    def distribution(self, state: State, step: int) -> Distribution:
        return [(Weights(self.lambda_, 1 - self.lambda_, BOTH), 1.0)]


@dataclass(frozen=True)
class Maxright(Schedule):
    """Steps on the objective with the larger recorded weighted gap w_i (f_i − f_i*), ties to SFT.

    Both values are evaluated at steps 1, 1 + period, …; in between the record of the objective stepped on is refreshed.
    With weighted_steps the step goes along w_i g_i.
    """

    lambda_: float = 0.5
    dpo_optimum: float = math.nan
    sft_optimum: float = math.nan
    period: int = 10
    weighted_steps: bool = False
    name: ClassVar[str] = "maxright"
    observes: ClassVar[bool] = True

    def init(self, steps: int) -> State:
        _check_unit("lambda_", self.lambda_)
        _check_count("period", self.period)
        _check_optima(self.dpo_optimum, self.sft_optimum)
        return {"dpo": 0.0, "sft": 0.0}

    def evaluates(self, state: State, step: int) -> Tuple[str, ...]:
        return BOTH if (step - 1) % self.period == 0 else ()

    def distribution(self, state: State, step: int) -> Distribution:
        larger = "dpo" if state["dpo"] > state["sft"] else "sft"
        return [(_along(self.lambda_, larger) if self.weighted_steps else STEP_ON[larger], 1.0)]

    def observe(self, state: State, objective: str, value: float) -> State:
        return _with_gap(self, state, objective, value)

    def draws(self, state: State, step: int, weights: Weights) -> Tuple[str, ...]:
        return BOTH


@dataclass(frozen=True)
class Sequential(Schedule):
    """The first objective of the order for the first stage, then the second. The split defaults to halves."""

    order: str = "sft-dpo"
    split: Optional[Tuple[int, int]] = None
    name: ClassVar[str] = "sequential"

    def init(self, steps: int) -> State:
        _stages(self.order)
        return {"switch_after": _switch_after(self.split, steps)}

    def distribution(self, state: State, step: int) -> Distribution:
        first, second = _stages(self.order)
        return [(STEP_ON[first if step <= state["switch_after"] else second], 1.0)]


@dataclass(frozen=True)
class Replay(Schedule):
    """Sequential, whose stage two steps on the first objective with probability `replay` (default: its weight).

    Every step draws one coin, those of stage one too, where it decides nothing.
    """

    lambda_: float = 0.5
    order: str = "sft-dpo"
    split: Optional[Tuple[int, int]] = None
    replay: Optional[float] = None
    name: ClassVar[str] = "replay"

    def init(self, steps: int) -> State:
        _check_unit("lambda_", self.lambda_)
        first, _ = _stages(self.order)
        share = self.replay
        if share is None:
            share = self.lambda_ if first == "dpo" else 1 - self.lambda_
        _check_unit("replay", share)
        return {"switch_after": _switch_after(self.split, steps), "replay": share}

    def distribution(self, state: State, step: int) -> Distribution:
        first, _ = _stages(self.order)
        of_first = 1.0 if step <= state["switch_after"] else state["replay"]
        probability = of_first if first == "dpo" else 1 - of_first
        return [(STEP_ON["dpo"], probability), (STEP_ON["sft"], 1 - probability)]


@dataclass(frozen=True)
class Annealed(Schedule):
    """Step t draws DPO with probability share(t, T), otherwise SFT.

    The share is a function, or the probabilities of all steps: `dpoProbabilities` of what
    `forgetting schedule --export FILE` writes.
    """

    share: Union[Callable[[int, int], float], Sequence[float]]
    name: ClassVar[str] = "annealed"

    def init(self, steps: int) -> State:
        for step, probability in enumerate(self._probabilities(steps), 1):
            _check_unit(f"share at step {step}", probability)
        return {"steps": steps}

    def distribution(self, state: State, step: int) -> Distribution:
        share = self.share
        probability = float(share(step, state["steps"]) if callable(share) else share[step - 1])
        return [(STEP_ON["dpo"], probability), (STEP_ON["sft"], 1 - probability)]

    def settings(self, steps: int) -> Dict[str, Any]:
        probabilities = self._probabilities(steps)
        return {"share": hashlib.sha256(struct.pack(f"<{steps}d", *probabilities)).hexdigest()}

    def _probabilities(self, steps: int) -> List[float]:
        share = self.share
        if callable(share):
            return [float(share(step, steps)) for step in range(1, steps + 1)]
        _check(len(share) == steps, "share", f"{len(share)} probabilities", f"one for each of the {steps} steps")
        return [float(probability) for probability in share]


@dataclass(frozen=True)
class Budget(Schedule):
    """Steps on the first objective where its value lies above its optimum by more than forget_at_most + tolerance, and on
    the second elsewhere. The value is evaluated at every step."""

    dpo_optimum: float = math.nan
    sft_optimum: float = math.nan
    order: str = "sft-dpo"
    forget_at_most: float = 0.0
    tolerance: float = 0.0
    name: ClassVar[str] = "budget"
    observes: ClassVar[bool] = True

    def init(self, steps: int) -> State:
        first, _ = _stages(self.order)
        _check_optima(self.dpo_optimum, self.sft_optimum)
        for field in ("forget_at_most", "tolerance"):
            value = getattr(self, field)
            _check(math.isfinite(value) and value >= 0, field, value, "a number ≥ 0")
        optimum = self.dpo_optimum if first == "dpo" else self.sft_optimum
        return {"threshold": optimum + self.forget_at_most + self.tolerance, "value": None}

    def evaluates(self, state: State, step: int) -> Tuple[str, ...]:
        return _stages(self.order)[:1]

    def distribution(self, state: State, step: int) -> Distribution:
        first, second = _stages(self.order)
        return [(STEP_ON[first if state["value"] > state["threshold"] else second], 1.0)]

    def observe(self, state: State, objective: str, value: float) -> State:
        return {**state, "value": value} if objective == _stages(self.order)[0] else state


@dataclass(frozen=True)
class SmoothTchebycheff(Schedule):
    """Draws objective i with probability ∝ exp(w_i (f_i − f_i*)/μ), μ = smoothing, and steps along w_i g_i.

    Both values are evaluated at every step.
    """

    lambda_: float = 0.5
    dpo_optimum: float = math.nan
    sft_optimum: float = math.nan
    smoothing: float = 0.1
    name: ClassVar[str] = "smooth-tchebycheff"
    observes: ClassVar[bool] = True

    def init(self, steps: int) -> State:
        _check_unit("lambda_", self.lambda_)
        _check_optima(self.dpo_optimum, self.sft_optimum)
        _check(math.isfinite(self.smoothing) and self.smoothing > 0, "smoothing", self.smoothing, "a number > 0")
        return {"dpo": 0.0, "sft": 0.0}

    def evaluates(self, state: State, step: int) -> Tuple[str, ...]:
        return BOTH

    def distribution(self, state: State, step: int) -> Distribution:
        try:
            probability = 1 / (1 + math.exp((state["sft"] - state["dpo"]) / self.smoothing))
        except OverflowError:
            probability = 0.0
        return [(_along(self.lambda_, "dpo"), probability), (_along(self.lambda_, "sft"), 1 - probability)]

    def observe(self, state: State, objective: str, value: float) -> State:
        return _with_gap(self, state, objective, value)

    def draws(self, state: State, step: int, weights: Weights) -> Tuple[str, ...]:
        return BOTH


class Run:
    """A schedule over a run's steps: says what values it needs, is told them, chooses, is told what was observed.

    Refuses values that are missing, not asked for, or not finite. With several processes every one has a Run of its own with
    the same seed and tells it the same values, those reduced over the processes: then all choose the same.
    """

    def __init__(self, schedule: Schedule, steps: int, seed: int = 0) -> None:
        _check_count("steps", steps)
        self.schedule = schedule
        self.steps = steps
        self.seed = seed
        self.step = 1
        """The step under way, from 1."""
        self._state = schedule.init(steps)
        self._coin = stream(seed, f"{schedule.name}-coin")
        self._drawn = 0
        self._begin()

    @property
    def finished(self) -> bool:
        """Whether the last step is over."""
        return self.step > self.steps

    def evaluates(self) -> Tuple[str, ...]:
        """The objectives whose values must be observed before this step's choice."""
        self._require(not self._chosen, f"step {self.step}: observe {_names(self._pending)}, which it stepped on, first")
        return () if self.finished else self.schedule.evaluates(self._state, self.step)

    def observe(self, objective: str, value: float) -> None:
        """Tells the value of an objective: one that `evaluates()` names, or one of the choice's gradients.

        A schedule that looks at no values passes it over.
        """
        value = float(value)
        _check(math.isfinite(value), f"step {self.step}: {objective}", value, "a finite number")
        if not self.schedule.observes:
            return
        self._require(objective in self._pending, f"step {self.step}: no value of {objective} is asked for here")
        self._state = self.schedule.observe(self._state, objective, value)
        self._pending.remove(objective)
        self._told = True
        if self._chosen and not self._pending:
            self._end()

    def choose(self) -> Choice:
        """What this step works on."""
        self._require(not self.finished, f"all {self.steps} steps have been taken")
        self._require(not self._chosen, f"step {self.step}: observe {_names(self._pending)}, which it stepped on, first")
        self._require(not self._pending, f"step {self.step}: observe {_names(self._pending)} first")
        weights = self._drawn_weights()
        draws = self.schedule.draws(self._state, self.step, weights)
        choice = Choice(self.step, weights.dpo, weights.sft, weights.gradients, draws)
        if self.schedule.observes:
            self._chosen = True
            self._pending = list(weights.gradients)
        else:
            self._end()
        return choice

    def state_dict(self) -> Dict[str, Any]:
        """The run between two steps as plain data: json.dumps takes it."""
        self._require(not self._told and not self._chosen, f"step {self.step} is under way: save between steps")
        return {**self._identity(), "step": self.step, "drawn": self._drawn, "state": dict(self._state)}

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Goes on from what state_dict() gave; raises ValueError where that was a run of other settings."""
        for field, own in self._identity().items():
            _check(saved.get(field) == own, field, saved.get(field), f"{own!r}, as this run has it")
        self.step = saved["step"]
        self._state = dict(saved["state"])
        self._coin = stream(self.seed, f"{self.schedule.name}-coin")
        self._drawn = saved["drawn"]
        for _ in range(self._drawn):
            self._coin.random()
        self._begin()

    def _identity(self) -> Dict[str, Any]:
        settings = {key: list(value) if isinstance(value, tuple) else value for key, value in self._settings().items()}
        return {"schedule": self.schedule.name, "settings": settings, "steps": self.steps, "seed": self.seed}

    def _settings(self) -> Dict[str, Any]:
        return self.schedule.settings(self.steps)

    def _begin(self) -> None:
        self._chosen = False
        self._told = False
        self._pending = [] if self.finished else list(self.schedule.evaluates(self._state, self.step))

    def _end(self) -> None:
        self.step += 1
        self._begin()

    def _drawn_weights(self) -> Weights:
        outcomes = self.schedule.distribution(self._state, self.step)
        if len(outcomes) == 1:
            return outcomes[0][0]
        uniform = self._coin.random()
        self._drawn += 1
        cumulative = 0.0
        for weights, probability in outcomes:
            cumulative += probability
            if uniform < cumulative:
                return weights
        # Probabilities that sum to 1 but for rounding.
        return [weights for weights, probability in outcomes if probability > 0][-1]

    @staticmethod
    def _require(condition: bool, message: str) -> None:
        if not condition:
            raise RuntimeError(message)


def _along(lambda_: float, objective: str) -> Weights:
    return Weights(lambda_, 0.0, ("dpo",)) if objective == "dpo" else Weights(0.0, 1 - lambda_, ("sft",))


def _with_gap(schedule: Union[Maxright, SmoothTchebycheff], state: State, objective: str, value: float) -> State:
    if objective == "dpo":
        return {**state, "dpo": schedule.lambda_ * (value - schedule.dpo_optimum)}
    return {**state, "sft": (1 - schedule.lambda_) * (value - schedule.sft_optimum)}


def _stages(order: str) -> Tuple[str, ...]:
    _check(order in ("sft-dpo", "dpo-sft"), "order", order, '"sft-dpo" or "dpo-sft"')
    return tuple(order.split("-"))


def _switch_after(split: Optional[Tuple[int, int]], steps: int) -> int:
    if split is None:
        return (steps + 1) // 2
    whole = len(split) == 2 and all(_is_integer(stage) and stage >= 0 for stage in split)
    _check(whole and sum(split) == steps, "split", split, f"two whole numbers that sum to the {steps} steps")
    return split[0]


def _check_optima(dpo: float, sft: float) -> None:
    for field, value in (("dpo_optimum", dpo), ("sft_optimum", sft)):
        _check(math.isfinite(value), field, value, "a finite number")


def _check_unit(field: str, value: float) -> None:
    _check(0 <= value <= 1, field, value, "a number in [0, 1]")


def _check_count(field: str, value: int) -> None:
    _check(_is_integer(value) and value >= 1, field, value, "an integer ≥ 1")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check(condition: bool, field: str, value: object, expected: str) -> None:
    if not condition:
        raise ValueError(f"{field}: got {value!r}, expected {expected}")


def _names(objectives: Sequence[str]) -> str:
    return " and ".join(objectives)
