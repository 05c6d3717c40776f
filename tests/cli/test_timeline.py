"""`timeline`: deprecations as a picture, in terminals and as SVG."""

import datetime as dt
import json
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from mistral_models import models as types
from mistral_models.cli.cards import facts
from mistral_models.cli.drawing import lines, svg
from mistral_models.cli.horizon import horizon
from mistral_models.cli.moments import left, urgency
from mistral_models.testing import base_model

from .running import serving

NOW = dt.datetime(2026, 1, 15, 9, tzinfo=dt.UTC)


def deprecated(name, moment, **fields):
    """What the program knows of a model with a date of deprecation."""
    return facts(types.BaseModelCard.from_dict(base_model(name, deprecation=moment.isoformat(), **fields)))


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (dt.timedelta(hours=3), "today"),
        (dt.timedelta(days=1), "in 1 day"),
        (dt.timedelta(days=13), "in 13 days"),
        (dt.timedelta(days=21), "in 3 weeks"),
        (dt.timedelta(days=20, hours=12), "in 3 weeks"),
        (dt.timedelta(days=60), "in 2 months"),
        (dt.timedelta(days=365), "in 12 months"),
        (dt.timedelta(days=800), "in 2 years"),
        (dt.timedelta(hours=-2), "today"),
        (dt.timedelta(days=-1), "1 day ago"),
        (dt.timedelta(days=-15), "2 weeks ago"),
        (dt.timedelta(days=-100), "3 months ago"),
        (dt.timedelta(days=-2000), "5 years ago"),
    ],
)
def test_how_long_is_left_is_said_as_people_say_it(distance, expected):
    """In one unit, by the calendar."""
    assert left(NOW + distance, NOW) == expected


def test_what_is_past_and_what_is_soon_are_told_apart():
    """Soon is a quarter of a year."""
    moments = [NOW + dt.timedelta(days=days) for days in (-1, 0, 1, 92, 93)]
    assert [urgency(moment, NOW) for moment in moments] == ["past", "past", "soon", "soon", "later"]


def picture(months=12):
    return horizon(
        [
            deprecated("later", NOW + dt.timedelta(days=182)),
            deprecated("past", NOW - dt.timedelta(days=400)),
            deprecated("soon", NOW + dt.timedelta(days=21), deprecation_replacement_model="next"),
            deprecated("beyond", NOW + dt.timedelta(days=900)),
            facts(types.BaseModelCard.from_dict(base_model("for ever"))),
        ],
        NOW,
        months,
    )


def test_deprecations_are_placed_on_a_line_of_time():
    """Earliest first; what is past or too far away is told apart."""
    made = picture()
    assert [bar.id for bar in made.bars] == ["soon", "later"]
    assert [bar.id for bar in made.past] == ["past"]
    assert made.later == 1
    assert made.bars[0].place == pytest.approx(21 / 365)
    assert made.bars[1].place == pytest.approx(182 / 365)
    assert [mark.label for mark in made.marks][-3:] == ["Nov", "Dec", "2027"]
    assert [mark.place for mark in made.marks] == sorted(mark.place for mark in made.marks)


@pytest.mark.parametrize("width", [160, 100, 72, 50, 30])
def test_the_picture_fits_and_its_marks_are_in_place(width):
    """In a wide terminal beside the names, in a narrow one below them."""
    drawn = ["".join(piece for piece, _ in line) for line in lines(picture(), width)]
    (axis,) = [line for line in drawn if "Feb" in line]
    tracks = [line for line in drawn if "●" in line]
    begin = tracks[0].index("━")
    length = max(len(run) for run in re.findall(r"[━●─]+", tracks[0]))
    assert [line.index("●") - begin for line in tracks] == [round(bar.place * (length - 1)) for bar in picture().bars]
    assert axis.index("Feb") - begin == round(picture().marks[0].place * (length - 1))
    assert max(len(line.rstrip()) for line in [axis, *tracks]) <= width
    assert any("2026-02-05, in 3 weeks, then next" in line for line in drawn)


def test_letters_do_where_pictures_cannot_be_written():
    """Nothing beyond ASCII."""
    assert "".join(piece for line in lines(picture(), 100, pictures=False) for piece, _ in line).isascii()


def test_the_drawing_is_sound_xml_with_every_model():
    """Whatever the names hold; circles lie where the dates are, inside the picture."""
    hostile = "<script>&\x1b\ud800" + "x" * 60
    made = horizon([*_placed(), deprecated(hostile, NOW + dt.timedelta(days=300))], NOW, 12)
    root = ElementTree.fromstring(svg(made, "A & B"))
    circles = [float(node.attrib["cx"]) for node in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert circles == sorted(circles)
    assert len(circles) == 3
    assert 0 < circles[0] < circles[-1] < float(root.attrib["width"])
    titles = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "A & B"
    assert any(title.startswith(r"<script>&\x1b\ud800") for title in titles)


def _placed():
    return [deprecated("a", NOW - dt.timedelta(days=4)), deprecated("b", NOW + dt.timedelta(days=40))]


def test_marks_of_a_long_time_are_thinned_out():
    """Labels do not run into each other."""
    root = ElementTree.fromstring(svg(picture(120), "t"))
    places = [float(n.attrib["x1"]) for n in root.iter("{http://www.w3.org/2000/svg}line") if n.attrib["y1"] == "76"]
    assert len(places) > 5
    assert min(after - before for before, after in pairwise(places)) > 20


@pytest.mark.parametrize("months", [13, 24, 60, 120])
def test_every_year_has_its_mark(months):
    """In text and in the drawing, whatever months are left out; in text, as far as there is room."""
    marks = picture(months).marks
    years = {mark.label for mark in marks if mark.is_year}
    (axis,) = [
        "".join(piece for piece, _ in line) for line in lines(picture(months), 160) if "dim" in dict(line[:1]).values()
    ]
    drawn = {
        node.text for node in ElementTree.fromstring(svg(picture(months), "t")).iter("{http://www.w3.org/2000/svg}text")
    }
    assert years
    assert years - set(axis.split()) <= ({max(years)} if months == 120 else set())
    assert years <= drawn


def test_the_terminal_shows_the_picture(served, tmp_path):
    """The embedded catalogue has one deprecation; filters choose, as for `list`."""
    shown = served("timeline", "--months", "120")
    assert shown.returncode == 0
    assert "open-mistral-7b" in shown.stdout
    assert "2026-12-31" in shown.stdout
    assert "then mistral-small-latest" in shown.stdout
    result = served("timeline", "--match", "codestral*")
    assert (result.stdout, result.stderr) == ("", "nothing is deprecated in the coming 12 months\n")
    soon = served("timeline", "--months", "1", "--match", "codestral*")
    assert soon.stderr == "nothing is deprecated in the coming month\n"
    far = [base_model("far", deprecation="2999-01-01T00:00:00Z"), base_model("old", deprecation="2001-01-01T00:00:00Z")]
    with serving(tmp_path, far) as program:
        result = program("timeline", "--months", "24")
        assert "1 more after these 24 months" in result.stderr
        assert result.stdout.startswith("old\n2001-01-01, ")
        for width in (40, 160):
            status, drawn = program.in_terminal(width, "timeline")
            assert (status, "\x1b[31m2001-01-01" in drawn) == (0, True)


def test_the_drawing_is_written_to_a_file(served, tmp_path):
    """And that is said; a place that cannot be written is an error in one line."""
    target = tmp_path / "t.svg"
    result = served("timeline", "--svg", str(target), "--months", "120")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == f"wrote {target}\n"
    assert "open-mistral-7b" in target.read_text(encoding="utf-8")
    result = served("timeline", "--svg", str(tmp_path / "none" / "t.svg"))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    empty = tmp_path / "e.svg"
    served("timeline", "--match", "codestral*", "--svg", str(empty))
    assert "Nothing is deprecated" in empty.read_text(encoding="utf-8")


def test_json_still_knows_the_dates(served):
    """What the picture rounds, `list --json` has in full."""
    cards = json.loads(served("list", "--deprecated", "--json").stdout)
    assert [card["deprecation"] for card in cards] == ["2026-12-31T12:00:00+00:00"]
