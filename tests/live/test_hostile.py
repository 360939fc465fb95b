"""Floods of nonsense: the process answers each, keeps its memory, and goes on delivering."""

import random
import socket

from tests.live import factory
from tests.live.client import CASE_EVENTS, opened

COUNTY = factory.COUNTY


def test_a_flood_of_nonsense_leaves_the_process_as_it_was(live):
    clerk, flooder, number = factory.staff(), factory.staff(), factory.case_of()
    chance = random.Random(7)  # noqa: S311 # reproducible noise, no secret
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token).follow(number)
        client.delivery()
        _flood(live, flooder, number, chance, rounds=40)
        before = live.memory()
        _flood(live, flooder, number, chance, rounds=160)
        assert live.memory() - before < 12 * 1024 * 1024
        sequence = factory.append(number)[0]
        assert client.delivery()["event"]["sequence"] == sequence


def _flood(live, flooder, number, chance, *, rounds):
    for turn in range(rounds):
        with socket.create_connection(("127.0.0.1", live.port)) as plain:
            plain.sendall(chance.randbytes(200))
        with opened(live.url(COUNTY)) as client:
            if chance.random() < 0.5:
                client.connection.send(chance.randbytes(chance.randrange(1, 3_000)))
                continue
            client.acknowledged(flooder.token)
            for name in "abc":
                # Each a document of its own: nothing that is kept for one may stay.
                query = CASE_EVENTS.replace("cursor", f"cursor c{turn}: cursor")
                client.subscribe(query, {"number": number}, name=name)
            if chance.random() < 0.5:
                client.receive()
                client.send(type="complete", id="a")
