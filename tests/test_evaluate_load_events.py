"""Events: who, what, when; with a salt nobody is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from relnews.errors import IngestError, InvalidPolicy
from relnews.evaluate.load import load_events
from relnews.evaluate.load.pseudonym import pseudonyms
from relnews.evaluate.truth import Event

REAL = Path(__file__).parents[2] / "shared" / "data" / "fang" / "shares.csv.gz"


def write(folder: Path, text: str) -> Path:
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("column", ["at", "shared_at"])
def test_each_row_is_an_event(tmp_path: Path, column: str) -> None:
    text = f"article_id,user,{column}\na,u1,2026-03-01 12:00\n7,u2,2026-03-01T12:00:00+00:00\n"
    events, quarantined = load_events(write(tmp_path, text))
    assert quarantined == ()
    assert events == (
        Event("u1", "a", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        Event("u2", "7", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    )


def test_times_without_a_zone_are_of_the_zone_given(tmp_path: Path) -> None:
    path = write(tmp_path, "user,article_id,at\nu,a,2026-03-01 12:00\n")
    (event,), _ = load_events(path, timezone="UTC")
    assert event.at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_with_a_salt_no_raw_user_is_left(tmp_path: Path) -> None:
    text = "user,article_id,at\nanna,a,2026-03-01\nanna,b,2026-03-02\nanna,c,soon\n,d,2026-03-02\n"
    events, quarantined = load_events(write(tmp_path, text), salt="pepper")
    assert [event.user for event in events] == [pseudonyms("pepper")("anna")] * 2
    assert [(line.line, line.id) for line in quarantined] == [(4, "c"), (5, "d")]
    assert "anna" not in repr((events, quarantined))
    with pytest.raises(InvalidPolicy, match="salt must be"):
        load_events(tmp_path / "events.csv", salt="")


@pytest.mark.parametrize("header", ["user,article_id", "user,at", "article_id,at"])
def test_a_missing_column_is_an_error(tmp_path: Path, header: str) -> None:
    with pytest.raises(IngestError, match="columns user, article_id, at or shared_at"):
        load_events(write(tmp_path, f"{header}\n1,2\n"))


@pytest.mark.skipif(not REAL.exists(), reason="the real data is not here")
def test_real_shares_are_read_without_loss() -> None:
    events, quarantined = load_events(REAL, salt="pepper")
    assert quarantined == ()
    assert len(events) == 235_054
