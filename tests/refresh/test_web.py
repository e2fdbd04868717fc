"""Manners on the wire: pace, contact, patience with busy services, no trust in half answers."""

from __future__ import annotations

import gzip
import re
import tracemalloc
import zlib
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from local_service import HASTY, IMPATIENT, QUICK, LocalService, OpenDesk, Reply, run_service

from builder.refresh.http_client import (
    CROSSREF,
    Manners,
    OfflineError,
    ServiceError,
    UnknownError,
    at,
    find_contact,
    parse_retry_after,
    plain_text,
)

HERE = {"here": True}


def test_an_answer_comes_back_with_its_address_and_the_asker_is_named(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer("/works", Reply(HERE))
    answer = open_desk().ask("works", {"rows": "2"})
    assert answer.data == HERE
    assert answer.url == f"{service.base}/works?rows=2"
    assert service.asked[0].agent == "exosome-atlas/1 (mailto:curator@example.org)"


def test_the_same_question_is_asked_once_a_day(service: LocalService, open_desk: OpenDesk) -> None:
    service.answer("/works", Reply({"day": 1}), Reply({"day": 2}))
    desk = open_desk()
    assert [desk.ask("works").data for _ in range(3)] == [{"day": 1}] * 3
    assert open_desk().ask("works").data == {"day": 1}, "another run of the same day"
    assert open_desk(today=date(2026, 11, 22)).ask("works").data == {"day": 2}
    assert len(service.asked) == 2


def test_a_busy_service_is_asked_again_after_the_time_it_asks_for(
    service: LocalService, open_desk: OpenDesk, waits: list[float]
) -> None:
    busy = Reply(b"slow down", 429, "text/plain", {"Retry-After": "7"})
    service.answer("/works", busy, Reply(HERE))
    assert open_desk().ask("works").data == HERE
    assert waits == [7.0]


def test_a_service_that_asks_for_an_hour_is_left_alone(
    service: LocalService, open_desk: OpenDesk, waits: list[float]
) -> None:
    service.answer("/works", Reply(b"", 429, headers={"Retry-After": "3600"}))
    with pytest.raises(ServiceError, match=re.escape("left alone for 3,600 s")):
        open_desk().ask("works")
    assert waits == []
    assert len(service.asked) == 1


def test_a_failing_service_is_asked_again_with_growing_waits(
    service: LocalService, open_desk: OpenDesk, waits: list[float]
) -> None:
    service.answer("/works", Reply(b"", 500), Reply(b"", 503), Reply(HERE))
    assert open_desk().ask("works").data == HERE
    assert waits == [1.0, 2.0]


def test_a_service_that_keeps_failing_is_given_up(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer("/works", Reply(b"", 502))
    with pytest.raises(ServiceError, match="is busy \\(status 502\\)"):
        open_desk().ask("works")
    assert len(service.asked) == QUICK.attempts


def test_what_is_not_there_is_not_asked_for_again(
    service: LocalService, open_desk: OpenDesk, waits: list[float]
) -> None:
    with pytest.raises(UnknownError):
        open_desk().ask("works/10.1000%2Fnone")
    assert service.paths() == ["/works/10.1000/none"]
    assert waits == []


@pytest.mark.parametrize(
    "half",
    [
        pytest.param(Reply(HERE, cut=5), id="connection cut"),
        pytest.param(Reply(b'{"message": {"DOI": "10.1'), id="JSON cut"),
        pytest.param(Reply(b""), id="empty"),
        pytest.param(Reply(HERE, headers={"Content-Encoding": "gzip"}), id="no gzip"),
    ],
)
def test_half_an_answer_is_asked_for_again_and_never_kept(
    service: LocalService, open_desk: OpenDesk, half: Reply
) -> None:
    service.answer("/works", half, Reply(HERE))
    assert open_desk().ask("works").data == HERE
    service.answer("/trials", half)
    with pytest.raises(ServiceError):
        open_desk().ask("trials")
    service.answer("/trials", Reply(HERE))
    assert open_desk().ask("trials").data == HERE, "the cache holds sound answers only"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Reply(b"<html>Please log in</html>", kind="text/html; charset=utf-8"), "text/html"),
        (Reply([1, 2]), "no object"),
        (Reply(b"", 403), "refuses with status 403"),
    ],
)
def test_a_wrong_answer_is_reported_and_not_asked_for_again(
    service: LocalService, open_desk: OpenDesk, wrong: Reply, said: str
) -> None:
    service.answer("/works", wrong)
    with pytest.raises(ServiceError, match=said):
        open_desk().ask("works")
    assert len(service.asked) == 1


def test_a_silent_service_is_given_up(service: LocalService, open_desk: OpenDesk) -> None:
    service.answer("/works", Reply(HERE, delay=3600))
    with pytest.raises(ServiceError, match=re.escape("no answer within 0.4 s")):
        open_desk(IMPATIENT).ask("works")


def test_an_answer_that_drips_is_given_up(service: LocalService, open_desk: OpenDesk) -> None:
    service.answer("/works", Reply(b" " * 10_000, drip=0.05))
    with pytest.raises(ServiceError, match=re.escape("did not end its answer within 0.8 s")):
        open_desk(HASTY).ask("works")


def test_a_service_that_is_not_there_is_reported_as_offline(open_desk: OpenDesk) -> None:
    with pytest.raises(
        OfflineError, match=r"The service at http://127\.0\.0\.1:9 can't be reached"
    ):
        open_desk(base="http://127.0.0.1:9").ask("works")


def test_questions_keep_their_distance(
    service: LocalService, open_desk: OpenDesk, waits: list[float]
) -> None:
    for name in ("a", "b", "c"):
        service.answer(f"/{name}", Reply(HERE))
    desk = open_desk(pace=10.0)
    for name in ("a", "b", "c", "a"):
        desk.ask(name)
    assert [round(wait) for wait in waits] == [10, 20], "none before the first, none for the cache"


def test_a_broken_cache_costs_questions_and_nothing_else(
    service: LocalService, open_desk: OpenDesk, tmp_path: Path
) -> None:
    service.answer("/works", Reply(HERE))
    desk = open_desk()
    (tmp_path / "cache" / "answers.sqlite").write_text("this is no database " * 400)
    assert [desk.ask("works").data for _ in range(2)] == [HERE, HERE]
    assert len(service.asked) == 2


def test_retry_after_is_a_number_or_a_date() -> None:
    assert parse_retry_after("120") == 120.0
    soon = datetime.now(UTC) + timedelta(seconds=60)
    wait = parse_retry_after(format_datetime(soon, usegmt=True))
    assert wait is not None
    assert 50 < wait <= 60
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert parse_retry_after("soon") is None
    assert parse_retry_after("") is None


def test_another_base_and_the_contact_come_from_the_environment(tmp_path: Path) -> None:
    assert at(CROSSREF, {}).base == "https://api.crossref.org"
    assert at(CROSSREF, {"ATLAS_CROSSREF_URL": "http://mirror/x/"}).base == "http://mirror/x"
    assert find_contact(tmp_path, {"ATLAS_CONTACT": " me@example.org "}) == "me@example.org"
    assert find_contact(tmp_path, {}) == ""
    (tmp_path / "pyproject.toml").write_text('[project]\nauthors = [{name="A", email="a@b.org"}]\n')
    assert find_contact(tmp_path, {}) == "a@b.org"
    assert Manners().agent == "exosome-atlas/1 (no contact address set)"


@pytest.mark.parametrize(
    "asked", ["Fri, 31 Dec 99999999999 23:59:59 GMT", "9" * 400, "Mon, 1 Jan 0001 00:00:00 GMT"]
)
def test_a_wait_that_no_clock_reaches_ends_in_no_traceback(asked: str) -> None:
    wait = parse_retry_after(asked)
    assert wait is None or wait >= 0


def test_a_bomb_is_never_unpacked_whole(service: LocalService, open_desk: OpenDesk) -> None:
    packed = gzip.compress(b'{"a": "' + b" " * 200_000_000 + b'"}')
    assert len(packed) < 400_000
    service.answer("/works", Reply(packed, headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        with pytest.raises(ServiceError, match="more than 20 MB"):
            open_desk().ask("works")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100_000_000


def test_a_large_answer_is_refused(service: LocalService, open_desk: OpenDesk) -> None:
    service.answer("/works", Reply(b'{"a": "' + b" " * 21_000_000 + b'"}'))
    with pytest.raises(ServiceError, match="more than 20 MB"):
        open_desk().ask("works")


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_packed_answer_is_read(service: LocalService, open_desk: OpenDesk, packing: str) -> None:
    pack = gzip.compress if packing == "gzip" else zlib.compress
    service.answer("/works", Reply(pack(b'{"here": true}'), headers={"Content-Encoding": packing}))
    assert open_desk().ask("works").data == HERE


def test_another_host_s_answer_is_not_the_service_s(
    service: LocalService, open_desk: OpenDesk
) -> None:
    with run_service() as other:
        other.answer("/works", Reply({"from": "elsewhere"}))
        elsewhere = {"Location": f"{other.base}/works"}
        service.answer("/works", Reply(b"", 302, headers=elsewhere))
        with pytest.raises(ServiceError, match="another host"):
            open_desk().ask("works")
        assert other.asked == []


def test_another_place_of_the_same_host_is_followed(
    service: LocalService, open_desk: OpenDesk
) -> None:
    service.answer("/works", Reply(b"", 301, headers={"Location": "/v2/works"}))
    service.answer("/v2/works", Reply(HERE))
    assert open_desk().ask("works").data == HERE


def test_a_circle_of_places_is_left(service: LocalService, open_desk: OpenDesk) -> None:
    service.answer("/works", Reply(b"", 302, headers={"Location": "/works"}))
    with pytest.raises(ServiceError, match="more than 5 times"):
        open_desk().ask("works")


@pytest.mark.parametrize("text", ["a \ud800 b", "x\udfff"])
def test_half_a_character_can_be_written_to_a_file(text: str) -> None:
    assert plain_text(text).encode("utf-8")
    assert (
        plain_text("&lt;i&gt;in vivo&lt;/i&gt; of <sub>2</sub> &amp; more") == "in vivo of 2 & more"
    )
