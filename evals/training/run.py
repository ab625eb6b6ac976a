"""A training run that can be stopped: steps of an optimizer whose state is kept, so that the same command goes on where
it was.

The learning rate rises over `warm_up` steps and falls to nothing at the last one. The module's fastest copy computes
(`transformer.ComputingCopies`), the module itself learns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic

import torch
from torch import Tensor

from evals.training.transformer_body import ComputingCopies, Trained

LEAST = 0.02  # of the learning rate, that the last steps keep
LONGEST = 1.0  # gradients are cut to this length: one odd batch must not undo what was learned


class Run(Generic[Trained]):
    """The steps of one training; `begin` is how many were done before."""

    def __init__(
        self,
        module: Trained,
        rates: list[dict[str, Any]],
        saved: Path,
        *,
        steps: int,
        warm_up: int,
        every: int,
        threads: int = 1,
    ) -> None:
        """`rates` are groups of parameters with their rates, as torch's optimizers take them; every so many steps the
        loss is printed and the state kept in `saved`. `threads` is how many parts of a step `learn_parts` may take at
        once."""
        self._module, self._saved, self._steps, self._every = module, saved, steps, every
        self._optimizer = torch.optim.AdamW(rates, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda n: min((n + 1) / warm_up, max(LEAST, 1 - n / steps))
        )
        self.begin = 0
        if saved.exists():
            state = torch.load(saved)
            module.load_state_dict(state["module"])
            self._optimizer.load_state_dict(state["optimizer"])
            self._schedule.load_state_dict(state["schedule"])
            self.begin = state["step"]
        self._fast = ComputingCopies(module, threads)
        self._pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
        self._done, self._started = self.begin, time.monotonic()
        self._losses: list[float] = []

    def learn_parts(self, parts: Sequence[Callable[[Trained], Tensor]]) -> None:
        """Take one step against the sum of what the parts give, each computed in a thread of its own.

        Two threads that share every operation wait for each other thousands of times a step; two that have
        half of the batch each do so once.
        """

        def backward(part: Callable[[Trained], Tensor], module: Trained) -> float:
            loss = part(module)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss.item()

        self._step(sum(self._pool.map(backward, parts, self._fast.modules)))

    def learn_together(
        self, parts: Sequence[Callable[[Trained], Tensor]], loss: Callable[[Sequence[Tensor]], Tensor]
    ) -> None:
        """Take one step against a loss of what all parts give together, each computed, forward and back, in a thread of
        its own."""

        def backward(part: tuple[Tensor, Tensor]) -> None:
            part[0].backward(part[1].grad)  # type: ignore[no-untyped-call]

        given = list(self._pool.map(lambda part, module: part(module), parts, self._fast.modules))
        leaves = [vectors.detach().requires_grad_() for vectors in given]
        whole = loss(leaves)
        whole.backward()  # type: ignore[no-untyped-call]
        list(self._pool.map(backward, zip(given, leaves, strict=True)))
        self._step(whole.item())

    def _step(self, loss: float) -> None:
        self._fast.take_gradients()
        torch.nn.utils.clip_grad_norm_(self._module.parameters(), LONGEST)
        self._optimizer.step()
        self._schedule.step()
        self._fast.update()
        self._done += 1
        self._losses.append(loss)
        if self._done % self._every == 0 or self._done == self._steps:
            spent = time.monotonic() - self._started
            print(
                f"step {self._done} of {self._steps}: loss {sum(self._losses) / len(self._losses):.4f}, {spent:.0f} s",
                flush=True,
            )
            self._losses = []
            self._keep()

    def _keep(self) -> None:
        state = {
            "module": self._module.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": self._done,
        }
        # Written beside and moved, so that a stop in the middle leaves the state before.
        torch.save(state, self._saved.with_suffix(".part"))
        self._saved.with_suffix(".part").replace(self._saved)
