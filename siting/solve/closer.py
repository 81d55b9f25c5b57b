"""A second thread that closes the network of the best siting while masters are solved."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from siting.instance import Instance
from siting.solve.all_routes.wide import is_wide
from siting.solve.allowances import Goals
from siting.solve.network_whole import NOTHING, NetworkOutcome
from siting.solve.siting_choice import SitingChoice
from siting.solve.turns import Turns, elsewhere
from siting.solve.wider_network import WiderNetwork


class Closing:
    """The network of one siting, found and then bounded in some thread."""

    def __init__(self, siting: SitingChoice, network: WiderNetwork) -> None:
        """Prepare; :meth:`run` works."""
        self.siting = siting
        self._network = network
        self._found, self._done = threading.Event(), threading.Event()
        self._widened = threading.Event()
        self.goes_on = False
        """It is bounded over every route of the map in the same thread."""
        self.over_candidates = network.best
        """What is known once it is bounded over the candidates and the routes found by then."""
        self._every_usd = 0.0
        self._is_given_up = False
        self._error: BaseException | None = None

    def run(self) -> None:
        """Find the network, then bound it unless nobody wants it any more; once."""
        if self._done.is_set():
            return
        try:
            if not self._is_given_up:
                self._network.find()
            self._found.set()
            if not self._is_given_up:
                self._network.bound()
            self.over_candidates = self._network.best
        except BaseException as error:  # noqa: BLE001  # raised where the result is asked for
            self._error = error
        finally:
            self._found.set()
            self._done.set()

    def prepare(self) -> None:
        """Prepare the bound over every route of the map unless nobody wants it any more."""
        try:
            if not self._is_given_up and self._error is None:
                self._network.prepare()
        except BaseException as error:  # noqa: BLE001  # raised where the result is asked for
            self._error = error

    def widen(self) -> None:
        """Bound the network over every route of the map unless nobody wants it any more; once."""
        if self._widened.is_set():
            return
        try:
            if not self._is_given_up and self._error is None:
                self._every_usd = self._network.bound_over_all_routes()
        except BaseException as error:  # noqa: BLE001  # raised where the result is asked for
            self._error = error
        finally:
            self._widened.set()

    def go_on(self) -> None:
        """Also bound the network over every route, while the caller does something else."""
        self.goes_on = True
        self._network.share_processors(is_shared=True)

    def give_up(self) -> None:
        """Stop at the next occasion: another siting is better."""
        self._is_given_up = True
        self._network.give_up()

    @property
    def is_found(self) -> bool:
        """Whether :meth:`found` would not wait."""
        return self._found.is_set()

    @property
    def is_done(self) -> bool:
        """Whether :meth:`done` would not wait."""
        return self._done.is_set()

    def found(self) -> WiderNetwork:
        """Wait until the network is found, and return it; its bound may come later."""
        return self._after(self._found)

    def done(self) -> WiderNetwork:
        """Wait until the network is bounded, and return it."""
        return self._after(self._done)

    def every_usd(self, turned: Callable[[float, float], None] | None = None) -> float:
        """Return the bound of the network over every route of the map, USD.

        Waits for it where its thread looks for that; looks for it here where it does not.

        Args:
            turned: called on the way with the cost of the network and its bound by then, USD.
        """
        self._network.share_processors(is_shared=False)
        with self._told(turned):
            if not self.goes_on:
                self.widen()
            self._after(self._widened)
        return self._every_usd

    @contextmanager
    def _told(self, turned: Callable[[float, float], None] | None) -> Iterator[None]:
        """Tell what is known now, if anything, and on the way whenever the gap is smaller."""
        network, before = self._network, self._network.turned
        least_usd = math.inf

        def tell() -> None:
            nonlocal least_usd
            cost_usd, every_usd = network.best.cost_usd, network.every_usd
            if turned is not None and every_usd > 0 and cost_usd - every_usd < least_usd:
                least_usd = cost_usd - every_usd
                turned(cost_usd, every_usd)

        tell()
        network.turned = tell
        try:
            yield
        finally:
            network.turned = before

    def _after(self, event: threading.Event) -> WiderNetwork:
        with elsewhere():
            event.wait()
        if self._error is not None:
            raise self._error
        return self._network


class Closer:
    """Closes the network of one siting at a time, always of the last one asked for."""

    def __init__(self, goals: Goals, turns: Turns) -> None:
        """Prepare; the thread starts with the first siting.

        Args:
            goals: gap and time of the networks.
            turns: what the caller takes turns in.
        """
        self._goals, self._turns = goals, turns
        self._last: Closing | None = None
        self._wake = threading.Condition()
        self._waiting: Closing | None = None
        self._is_over = False
        self._thread: threading.Thread | None = None

    def of(
        self,
        instance: Instance,
        siting: SitingChoice,
        known: NetworkOutcome,
        implied_usd: float = 0.0,
    ) -> Closing:
        """Return the closing of a siting, begun now if it was not the last one.

        Args:
            instance: the presolved instance, with its route graph.
            siting: sites, timing, roles and modes.
            known: a network of candidate routes.
            implied_usd: a bound over these alone.
        """
        if self._last is not None:
            if self._last.siting == siting:
                return self._last
            self._last.give_up()
        network = WiderNetwork(instance, siting, self._goals, known, implied_usd)
        self._last = Closing(siting, network)
        with self._wake:
            if self._waiting is not None:
                self._waiting.run()  # given up: sets its events
            self._waiting = self._last
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="closer", daemon=True)
            self._thread.start()
        return self._last

    def go_on(self, siting: SitingChoice) -> None:
        """Bound the network of a siting, if it is the last, over every route, too, when it can."""
        if self._last is None or self._last.siting != siting:
            return
        with self._wake:
            self._last.go_on()
            if self._waiting is None:
                self._waiting = self._last
                self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while self._waiting is None and not self._is_over:
                    self._wake.wait()
                closing, self._waiting = self._waiting, None
            if closing is None:
                return
            with self._turns.taken():
                closing.run()
                if closing.goes_on:
                    closing.widen()
                else:
                    closing.prepare()

    def end(self) -> None:
        """Let the thread end when it comes to it."""
        if self._last is not None:
            self._last.give_up()
        with self._wake:
            self._is_over = True
            self._wake.notify()


@contextmanager
def closer_of(instance: Instance, goals: Goals, threads: int) -> Iterator[Closer | None]:
    """Have a second thread while the caller solves; None where there is nothing for it to do."""
    if instance.graph is None or threads == 1:
        yield None
        return
    turns = Turns()
    closer = Closer(goals, turns)
    with turns.taken():
        try:
            yield closer
        finally:
            closer.end()


class Beside:
    """What a method asks of the second thread, if there is one."""

    def __init__(self, closer: Closer | None) -> None:
        """Nothing is begun."""
        self._closer = closer
        self._closing: Closing | None = None

    def begin(self, instance: Instance, siting: SitingChoice, network: NetworkOutcome) -> None:
        """Improve and bound the network of a siting from now on.

        On the map of a region then also over every route, which takes seconds there.
        """
        if self._closer is not None and network is not NOTHING:
            self._closing = self._closer.of(instance, siting, network)
            if instance.graph is not None and not is_wide(instance.graph):
                self._closer.go_on(siting)

    def go_on(self, siting: SitingChoice) -> None:
        """Bound the network of the best siting over every route of the map, too, from now on."""
        if self._closer is not None:
            self._closer.go_on(siting)

    @property
    def is_on(self) -> bool:
        """Whether networks are improved beside: a first one need not be good."""
        return self._closer is not None

    def objective_usd(self, siting: SitingChoice | None, *, wait: bool) -> float:
        """Return the cost of all with the network found for a siting, once; infinite otherwise.

        Args:
            siting: the best one.
            wait: until its network is found; else only what is found already.
        """
        closing = self._closing
        if closing is None or closing.siting != siting or not (wait or closing.is_found):
            return math.inf
        self._closing = None
        return closing.found().objective_usd()
