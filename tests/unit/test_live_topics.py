"""What a topic holds: a delivery until every follower has taken it, and never more than a few."""

from collections import Counter

import pytest
from django.db import OperationalError

from schema.live import feeds
from schema.live.authority import Authorities, Authority
from schema.live.deliveries import Delivery
from schema.live.feeds import Topic
from tongban.kernel.actors import Actor


def delivery(order):
    return Delivery(order=order, cursor=str(order))


def topic_with(followers):
    topic = Topic()
    topic.followers = {lambda n=n: n for n in range(followers)}
    return topic


def held(topic):
    return [each.delivery.order for each in topic._held]


def test_a_delivery_is_held_until_the_last_follower_took_it():
    topic = topic_with(2)
    for order in (1, 2, 3):
        topic.publish(delivery(order))
    assert [topic.take(n).order for n in range(3)] == [1, 2, 3]
    assert held(topic) == [1, 2, 3]
    assert topic.take(0).order == 1
    assert held(topic) == [2, 3]
    topic.skip(1)  # the second follower leaves
    assert held(topic) == []
    topic.publish(delivery(4))
    assert topic.take(3).order == 4


def test_one_who_joins_later_holds_nothing_of_before():
    topic = topic_with(1)
    topic.publish(delivery(1))
    topic.followers.add(lambda: None)
    start = topic.count
    topic.publish(delivery(2))
    assert topic.take(0).order == 1
    assert topic.take(start).order == 2
    assert held(topic) == [2]
    assert topic.take(1).order == 2
    assert held(topic) == []


def test_a_slow_follower_finds_its_place_gone(settings):
    settings.LIVE_BACKLOG = 3
    topic = topic_with(1)
    for order in range(1, 6):
        topic.publish(delivery(order))
    assert held(topic) == [3, 4, 5]
    assert topic.take(0) is None
    assert topic.take(2).order == 3
    topic.skip(0)
    assert topic.count == 5


def test_publishing_wakes_each_follower_once():
    woken = Counter()
    topic = Topic()
    for name in "ab":
        topic.followers.add(lambda name=name: woken.update(name))
    topic.publish(delivery(1))
    assert woken == {"a": 1, "b": 1}


def test_authorities_are_found_by_whom_they_are_about():
    authorities = Authorities()
    person = Actor(account_id=7, kind="person", token_id=1)
    machine = Actor(account_id=None, kind="machine", client_id="station", token_id=2)
    first, second, third = (
        Authority(actor=actor, close=lambda: None) for actor in (person, person, machine)
    )
    for authority in (first, second, third):
        authorities.add(authority)
    assert authorities.of("account:7") == {first, second}
    assert authorities.of("client:station") == {third}
    authorities.discard(first)
    authorities.discard(second)
    authorities.discard(second)
    assert authorities.of("account:7") == set()
    assert list(authorities) == [third]
    woken = []
    third.wakes.add(lambda: woken.append(1))
    third.raise_version()
    assert (third.version, woken) == (1, [1])


class Faulty:
    """A source with an event that can't be shown."""

    def __init__(self, error):
        self.error = error

    def deliver(self, *_event):
        raise self.error


def test_one_event_that_can_t_be_shown_ends_its_own_followers_alone():
    error = ValueError("no such center")
    assert feeds._delivery(Faulty(error), None, None, ()) is error


def test_a_lost_database_is_no_fault_of_an_event():
    with pytest.raises(OperationalError):
        feeds._delivery(Faulty(OperationalError()), None, None, ())
