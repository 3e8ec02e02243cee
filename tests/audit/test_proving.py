"""The log's tree and its signed heads, as the standards have them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nhi_express.audit import jobs
from nhi_express.audit.flows import proving
from nhi_express.audit.flows.proving import HeadRefused, SignedHead, read_head
from nhi_express.audit.models import Checkpoint, Entry, Node
from nhi_express.audit.rules import RunningTree, edges, leaf_hash, node_hash, root_of
from nhi_express.core.signing import log_key
from tests.audit.tampering import ago, grown, happens, later


def _plain_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, to the letter."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(_plain_root(leaves[:half]), _plain_root(leaves[half:]))


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_growing_root_is_the_standards(data: list[bytes]) -> None:
    leaves, tree = [leaf_hash(one) for one in data], RunningTree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == _plain_root(leaves)


@given(st.lists(st.binary(max_size=4), max_size=40), st.data())
def test_a_tree_goes_on_from_the_subtrees_of_a_smaller_one(data: list[bytes], drawn: st.DataObject) -> None:
    leaves, begun = [leaf_hash(one) for one in data], drawn.draw(st.integers(0, len(data)))
    whole = [(level, _plain_root(leaves[place << level : (place + 1) << level])) for level, place in edges(begun)]
    tree = RunningTree(whole)
    for leaf in leaves[begun:]:
        tree.add(leaf)
    assert tree.root() == _plain_root(leaves)


@given(st.integers(min_value=0, max_value=5000))
def test_the_edges_of_a_tree_cover_it_once(size: int) -> None:
    covered = [leaf for level, place in edges(size) for leaf in range(place << level, (place + 1) << level)]
    assert covered == list(range(size))


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def log(db: None) -> None:
    """Eleven events in the tree, its head signed at seven and at eleven."""
    for times in (7, 4):
        happens(times)
        grown()


def test_events_that_may_still_be_overtaken_wait(db: None) -> None:
    happens(3)
    assert proving.grow() == 0
    assert later(proving.grow) == 3
    assert later(proving.grow) == 0


def test_an_event_whose_number_is_later_than_its_time_is_not_lost(db: None) -> None:
    """Between its time and its number another event may come; the one with the earlier number settles later."""
    happens(1)
    with ago(minutes=5):
        happens(1)
    assert proving.grow() == 0, "the first is not settled, and the second waits behind it"
    assert later(proving.grow) == 2
    links = Node.objects.filter(level=0).order_by("place").values_list("entry", flat=True)
    assert list(links) == sorted(Entry.objects.values_list("id", flat=True))


def test_a_head_reads_as_the_standard_has_it_and_verifies_without_us(log: None) -> None:
    note = Checkpoint.objects.get(size=11).note
    text, signature = note.split("\n\n")
    origin, size, root, extension = text.split("\n")
    assert (size, base64.b64decode(root)) == ("11", proving.root_at(11))
    assert extension == f"signed {Checkpoint.objects.get(size=11).at.isoformat()}"
    dash, name, signed = signature.strip().split(" ")
    assert (dash, name) == ("—", origin)
    raw = base64.b64decode(signed)
    log_key().public_key().verify(raw[4:], f"{text}\n".encode())
    key = base64.b64decode(proving.public_key().split("+", 2)[2])
    assert raw[:4] == hashlib.sha256(f"{origin}\n".encode() + key).digest()[:4]


def test_a_head_says_what_was_signed(log: None) -> None:
    head = Checkpoint.objects.get(size=7)
    assert read_head(head.note) == SignedHead(7, proving.root_at(7), head.at)
    printed = f"\ufeff{head.note}\n{proving.public_key()}\n".replace("\n", "\r\n")
    assert read_head(printed).size == 7, "as `audit checkpoint` prints it and some editor keeps it"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda note: "", "no signed head"),
        (lambda note: note.replace("\n7\n", "\n07\n"), "no signed head"),
        (lambda note: note.partition("\n\n")[0], "not signed"),
        (lambda note: note.replace("\n7\n", "\n8\n"), "not signed"),
        (lambda note: note.replace("signed 20", "signed 19"), "not signed"),
        (lambda note: note.replace(" ", "  ").replace("signed  ", "signed "), "not signed"),
        (lambda note: note.replace("— ", "- "), "not signed"),
        (lambda note: f"elsewhere/{note}", "a head of elsewhere/"),
    ],
)
def test_what_is_no_head_of_this_log_is_refused(log: None, wrong: Callable[[str], str], why: str) -> None:
    note = wrong(Checkpoint.objects.get(size=7).note)
    with pytest.raises(HeadRefused, match=why):
        read_head(note)


def test_a_head_signed_with_another_key_is_refused(log: None) -> None:
    text = Checkpoint.objects.get(size=7).note.partition("\n\n")[0] + "\n"
    other, key_id = Ed25519PrivateKey.generate(), proving.public_key().split("+")[1]
    signed = base64.b64encode(bytes.fromhex(key_id) + other.sign(text.encode())).decode()
    with pytest.raises(HeadRefused, match="not signed"):
        read_head(f"{text}\n— {text.splitlines()[0]} {signed}\n")


def test_the_first_head_is_signed_at_once_and_others_in_their_time(db: None) -> None:
    happens(2)
    assert later(jobs.sweep) == 4, "two counted, two added to the tree"
    happens(1)
    later(jobs.sweep, 5)
    assert [head.size for head in Checkpoint.objects.all()] == [2]
    later(jobs.tidy, 5)
    assert [head.size for head in Checkpoint.objects.order_by("size")] == [2, 3]
