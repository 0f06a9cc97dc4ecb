"""python3 -m unittest, in this folder: the port against vectors.json, which test/schedule/vectors/write.ts writes."""

import hashlib
import json
import math
import pathlib
import struct
import unittest

from forgetting_schedules import (
    Alright,
    Annealed,
    Budget,
    Maxright,
    Mix,
    Replay,
    Run,
    Sequential,
    SmoothTchebycheff,
    stream,
)

VECTORS = json.loads((pathlib.Path(__file__).parent / "vectors.json").read_text())


def schedule_of(name, settings):
    """A schedule under the settings that the TypeScript side has."""
    lambda_ = settings["lambda"]
    ideal = settings.get("ideal", {"dpo": 0, "sft": 0})
    optima = {"dpo_optimum": ideal["dpo"], "sft_optimum": ideal["sft"]}
    stages = {key: settings[key] for key in ("order", "split") if key in settings}
    if name == "alright":
        return Alright(lambda_)
    if name == "mix":
        return Mix(lambda_)
    if name == "maxright":
        return Maxright(lambda_, **optima, period=settings["period"], weighted_steps=settings["weightedSteps"])
    if name == "sequential":
        return Sequential(**stages)
    if name == "replay":
        return Replay(lambda_, **stages, replay=settings.get("replay"))
    if name == "annealed":
        share = compile(settings["share"], "share", "eval")
        return Annealed(lambda t, T: eval(share, {"t": t, "T": T}))
    if name == "budget":
        return Budget(
            **optima,
            order=settings["order"],
            forget_at_most=settings["forgetAtMost"],
            tolerance=settings["tolerance"],
        )
    return SmoothTchebycheff(lambda_, **optima, smoothing=settings["smoothing"])


def random_case(index, names):
    """The case of an index, drawn as test/schedule/vectors/case.ts does."""
    uniform = stream(index, "schedule-case").random

    def integer(bound):
        return math.floor(uniform() * bound)

    name = names[integer(len(names))]
    lambda_ = [0, 1, uniform(), uniform()][integer(4)]
    steps = 1 + integer(40)
    seed = [integer(10), integer(2**53)][integer(2)]
    order = ["sft-dpo", "dpo-sft"][integer(2)]
    first, splits = integer(steps + 1), integer(2)
    settings = {"lambda": lambda_, "order": order, "ideal": {"dpo": uniform(), "sft": uniform()}}
    settings["period"] = 1 + integer(6)
    settings["weightedSteps"] = integer(2) == 1
    if splits:
        settings["split"] = (first, steps - first)
    replay, replays = uniform(), integer(2)
    if replays:
        settings["replay"] = replay
    settings["forgetAtMost"] = uniform() / 2
    settings["tolerance"] = (uniform() / 8) * integer(2)
    settings["smoothing"] = 0.01 + uniform()
    begin, end = uniform(), uniform()
    settings["share"] = f"{begin!r} + ({end!r} - {begin!r})*t/T"
    return name, settings, steps, seed


def play(run, value, resumed=None):
    """The choices of a run; with `resumed`, each step is made by a new run that goes on from the state of the last."""
    while not run.finished:
        if resumed is not None:
            state = json.loads(json.dumps(run.state_dict()))
            run = resumed()
            run.load_state_dict(state)
        for objective in run.evaluates():
            run.observe(objective, value())
        choice = run.choose()
        yield choice
        if run.schedule.observes:
            for objective in choice.gradients:
                run.observe(objective, value())


def mask(objectives):
    return ("dpo" in objectives) + 2 * ("sft" in objectives)


class VectorsTest(unittest.TestCase):
    def test_makes_the_choices_of_random_settings(self):
        count, block, names = VECTORS["count"], VECTORS["block"], VECTORS["schedules"]
        for b, digest in enumerate(VECTORS["digests"]):
            found = hashlib.sha256()
            for index in range(b * block, (b + 1) * block):
                name, settings, steps, seed = random_case(index, names)
                random = stream(index, "schedule-values").random
                run = Run(schedule_of(name, settings), steps, seed)
                for choice in play(run, lambda: math.floor(random() * 2000) / 1000):
                    masks = mask(choice.gradients) + 4 * mask(choice.draws)
                    found.update(struct.pack("<ddB", choice.dpo, choice.sft, masks))
            self.assertEqual(found.hexdigest()[:16], digest, f"cases {b * block} to {(b + 1) * block - 1}")
        self.assertEqual(len(VECTORS["digests"]) * block, count)

    def test_makes_the_stated_choices_and_goes_on_from_its_state_at_every_step(self):
        for index, case in enumerate(VECTORS["stated"]):
            with self.subTest(index=index):
                settings = case["settings"]

                def new():
                    return Run(schedule_of(case["schedule"], settings), settings["steps"], case["seed"])

                for resumed in (None, new):
                    values = map(float, case["values"].split())
                    choices = play(new(), lambda: next(values), resumed)
                    self.assertEqual(" ".join(choice.name for choice in choices), case["choices"])
                    self.assertEqual(list(values), [])


class RunTest(unittest.TestCase):
    def test_annealed_takes_the_probabilities_that_the_service_exports(self):
        def share(t, T):
            return t / T

        by_function = list(play(Run(Annealed(share), 50, 3), None))
        self.assertEqual(by_function, list(play(Run(Annealed([t / 50 for t in range(1, 51)]), 50, 3), None)))

    def test_refuses_settings_by_name(self):
        for schedule, message in [
            (Alright(1.5), "lambda_: got 1.5"),
            (Maxright(0.5, sft_optimum=1), "dpo_optimum: got nan"),
            (Maxright(0.5, 0, 0, period=0), "period: got 0"),
            (Sequential(order="sft"), "order: got 'sft'"),
            (Sequential(split=(3, 3)), "split: got \\(3, 3\\)"),
            (Replay(replay=-1), "replay: got -1"),
            (Annealed(lambda t, T: t), "share at step 2: got 2.0"),
            (Annealed([0.5]), "share: got '1 probabilities'"),
            (Budget(0, 0, forget_at_most=-1), "forget_at_most: got -1"),
            (SmoothTchebycheff(0.5, 0, 0, smoothing=0), "smoothing: got 0"),
        ]:
            with self.subTest(schedule=schedule), self.assertRaisesRegex(ValueError, message):
                Run(schedule, 5)
        for steps, seed in [(0, 0), (2.0, 0), (1, -1), (1, 2**53), (1, True)]:
            with self.subTest(steps=steps, seed=seed), self.assertRaises(ValueError):
                Run(Alright(), steps, seed)

    def test_refuses_values_that_are_missing_or_not_asked_for(self):
        run = Run(Maxright(0.5, 0, 0, period=2), 3)
        with self.assertRaisesRegex(RuntimeError, "step 1: observe dpo and sft first"):
            run.choose()
        with self.assertRaisesRegex(ValueError, "step 1: dpo: got nan"):
            run.observe("dpo", math.nan)
        run.observe("dpo", 2)
        with self.assertRaisesRegex(RuntimeError, "step 1: no value of dpo is asked for here"):
            run.observe("dpo", 2)
        with self.assertRaisesRegex(RuntimeError, "step 1 is under way"):
            run.state_dict()
        run.observe("sft", 1)
        self.assertEqual(run.choose().name, "dpo")
        for too_early in (run.choose, run.evaluates):
            with self.assertRaisesRegex(RuntimeError, "step 1: observe dpo, which it stepped on, first"):
                too_early()
        run.observe("dpo", 0.5)
        # Between evaluations the record of what is not stepped on is stale: 1 against 0.5.
        self.assertEqual((run.evaluates(), run.choose().name), ((), "sft"))

    def test_refuses_a_state_of_another_run(self):
        state = Run(Maxright(0.5, 0, 0), 3, 1).state_dict()
        for other in (Run(Maxright(0.4, 0, 0), 3, 1), Run(Maxright(0.5, 0, 0), 4, 1), Run(Maxright(0.5, 0, 0), 3, 2)):
            with self.assertRaisesRegex(ValueError, "as this run has it"):
                other.load_state_dict(state)
        other_share = Run(Annealed([0.5, 0.5]), 2)
        with self.assertRaisesRegex(ValueError, "settings: got"):
            other_share.load_state_dict(Run(Annealed([0.5, 0.4]), 2).state_dict())

    def test_ends_after_the_last_step(self):
        run = Run(Alright(), 1)
        run.choose()
        self.assertTrue(run.finished)
        self.assertEqual(run.evaluates(), ())
        with self.assertRaisesRegex(RuntimeError, "all 1 steps have been taken"):
            run.choose()

    def test_smooth_tchebycheff_of_gaps_far_apart_steps_on_the_larger(self):
        for dpo, sft, name in [(1e6, 0, "dpo"), (0, 1e6, "sft")]:
            run = Run(SmoothTchebycheff(0.5, 0, 0, smoothing=1e-3), 1)
            run.observe("dpo", dpo)
            run.observe("sft", sft)
            self.assertEqual(run.choose().name, name)


if __name__ == "__main__":
    unittest.main()
