"""The keys of things that have an address."""

import time

from painconsult.keys import uuid7


def test_keys_made_one_after_the_other_sort_in_that_order():
    """Beliefs, activities and goals that are saved together are listed by key, in the order they were told."""
    made = [uuid7() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_key_says_when_it_was_made_and_is_a_version_7_uuid():
    before = time.time_ns() // 1_000_000
    key = uuid7()
    assert before <= key.int >> 80 <= time.time_ns() // 1_000_000
    assert (key.version, key.variant) == (7, "specified in RFC 4122")
