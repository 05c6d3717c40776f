"""`timeline`: deprecations on a time axis, in terminals and as SVG."""

import datetime as dt
import json
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from mistral_models.cli.dates import time_left, urgency
from mistral_models.cli.model_info import model_info
from mistral_models.cli.timeline import build_timeline, draw_svg, draw_text
from mistral_models.models import BaseModelCard
from mistral_models.testing import base_model

from .runner import serving

NOW = dt.datetime(2026, 1, 15, 9, tzinfo=dt.UTC)
SVG = "{http://www.w3.org/2000/svg}"


def deprecated(name, moment, **fields):
    """A model with a deprecation date."""
    return model_info(BaseModelCard.from_dict(base_model(name, deprecation=moment.isoformat(), **fields)))


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
def test_the_time_left_has_one_unit(distance, expected):
    """The time left is a number of days, weeks, months or years, by the calendar."""
    assert time_left(NOW + distance, NOW) == expected


def test_dates_are_classified_by_urgency():
    """A date within a quarter of a year is soon."""
    moments = [NOW + dt.timedelta(days=days) for days in (-1, 0, 1, 92, 93)]
    assert [urgency(moment, NOW) for moment in moments] == ["past", "past", "soon", "soon", "later"]


def timeline(months=12):
    return build_timeline(
        [
            deprecated("later", NOW + dt.timedelta(days=182)),
            deprecated("past", NOW - dt.timedelta(days=400)),
            deprecated("soon", NOW + dt.timedelta(days=21), deprecation_replacement_model="next"),
            deprecated("beyond", NOW + dt.timedelta(days=900)),
            model_info(BaseModelCard.from_dict(base_model("current"))),
        ],
        NOW,
        months,
    )


def plain(line):
    return "".join(text for text, _ in line)


def test_deprecations_are_placed_on_the_axis():
    """Deprecations are ordered by date; past ones and those beyond the axis are kept apart."""
    built = timeline()
    assert [each.id for each in built.upcoming] == ["soon", "later"]
    assert [each.id for each in built.past] == ["past"]
    assert built.later == 1
    assert [each.position for each in built.upcoming] == pytest.approx([21 / 365, 182 / 365])
    assert [tick.label for tick in built.ticks][-3:] == ["Nov", "Dec", "2027"]
    assert [tick.position for tick in built.ticks] == sorted(tick.position for tick in built.ticks)


@pytest.mark.parametrize("width", [160, 100, 72, 50, 30])
def test_the_drawing_fits_the_terminal(width):
    """No line is too long, and markers and ticks are at their positions, beside or below the names."""
    drawn = [plain(line) for line in draw_text(timeline(), width)]
    (axis,) = [line for line in drawn if "Feb" in line]
    bars = [line for line in drawn if "●" in line]
    start = bars[0].index("━")
    length = max(len(run) for run in re.findall(r"[━●─]+", bars[0]))
    expected = [round(each.position * (length - 1)) for each in timeline().upcoming]
    assert [line.index("●") - start for line in bars] == expected
    assert axis.index("Feb") - start == round(timeline().ticks[0].position * (length - 1))
    assert max(len(line.rstrip()) for line in [axis, *bars]) <= width
    assert any("2026-02-05, in 3 weeks, then next" in line for line in drawn)


def test_without_unicode_the_drawing_is_ascii():
    """A terminal that supports ASCII only gets ASCII only."""
    assert all(plain(line).isascii() for line in draw_text(timeline(), 100, unicode=False))


def test_the_svg_is_valid_for_hostile_names():
    """Names are escaped, and markers are ordered by date inside the drawing."""
    hostile = "<script>&\x1b\ud800\ufffe\uffff" + "x" * 60
    built = build_timeline(
        [
            deprecated("a", NOW - dt.timedelta(days=4)),
            deprecated("b", NOW + dt.timedelta(days=40)),
            deprecated(hostile, NOW + dt.timedelta(days=300)),
        ],
        NOW,
        12,
    )
    root = ElementTree.fromstring(draw_svg(built, "A & B"))
    circles = [float(node.attrib["cx"]) for node in root.iter(f"{SVG}circle")]
    assert circles == sorted(circles)
    assert len(circles) == 3
    assert 0 < circles[0] < circles[-1] < float(root.attrib["width"])
    titles = [node.text or "" for node in root.iter(f"{SVG}title")]
    assert titles[0] == "A & B"
    assert any(title.startswith(r"<script>&\x1b\ud800\ufffe\uffff") for title in titles)


def test_labels_of_a_long_axis_do_not_overlap():
    """Ticks of a long axis are thinned out."""
    root = ElementTree.fromstring(draw_svg(timeline(120), "t"))
    places = [float(node.attrib["x1"]) for node in root.iter(f"{SVG}line") if node.attrib["y1"] == "76"]
    assert len(places) > 5
    assert min(after - before for before, after in pairwise(places)) > 20


@pytest.mark.parametrize("months", [13, 24, 60, 120])
def test_every_year_is_labelled(months):
    """Months are thinned out before years; in text, the last year may lack room on the longest axis."""
    ticks = timeline(months).ticks
    years = {tick.label for tick in ticks if tick.is_year}
    (axis,) = [plain(line) for line in draw_text(timeline(months), 160) if "dim" in dict(line[:1]).values()]
    svg_labels = {node.text for node in ElementTree.fromstring(draw_svg(timeline(months), "t")).iter(f"{SVG}text")}
    assert years
    assert years - set(axis.split()) <= ({max(years)} if months == 120 else set())
    assert years <= svg_labels


@pytest.fixture
def retiring():
    """Entries of a model with two ids that is retired in five weeks, and of one that stays."""
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(weeks=5)
    fields = {"deprecation": soon.isoformat(), "deprecation_replacement_model": "small", "name": "old-2407"}
    entries = [base_model("old-2407", aliases=["old"], **fields), base_model("old", aliases=["old-2407"], **fields)]
    return soon, [*entries, base_model("small")]


def test_timeline_is_printed(tmp_path, retiring):
    """`timeline` prints each model once, with date and replacement, and takes the same filters as `list`."""
    date, models = retiring
    with serving(tmp_path, models) as cli:
        displayed = cli("timeline")
        assert (displayed.exit_code, displayed.stderr) == (0, "")
        axis, bar = displayed.stdout.splitlines()
        assert len(axis.split()) >= 11  # one month may lack room beside a year
        assert bar.startswith("old-2407  ━")
        assert bar.endswith(f"{date:%Y-%m-%d}, in 5 weeks, then small")
        result = cli("timeline", "--match", "small")
        assert (result.stdout, result.stderr) == ("", "no deprecations in the coming 12 months\n")
        result = cli("timeline", "--months", "1", "--match", "small")
        assert result.stderr == "no deprecations in the coming month\n"


def test_past_and_distant_deprecations_are_reported(tmp_path):
    """Past deprecations are printed in red, and those beyond the axis are counted."""
    models = [
        base_model("far", deprecation="2999-01-01T00:00:00Z"),
        base_model("old", deprecation="2001-01-01T00:00:00Z"),
    ]
    with serving(tmp_path, models) as cli:
        result = cli("timeline", "--months", "24")
        assert "1 more after these 24 months" in result.stderr
        assert result.stdout.startswith("old\n2001-01-01, ")
        for width in (40, 160):
            exit_code, displayed = cli.in_terminal(width, "timeline")
            assert (exit_code, "\x1b[31m2001-01-01" in displayed) == (0, True)


def test_svg_is_written_to_a_file(tmp_path, retiring):
    """`--svg` writes a file and reports its name; a file that cannot be written is an error."""
    target, empty = tmp_path / "t.svg", tmp_path / "e.svg"
    with serving(tmp_path, retiring[1]) as cli:
        assert cli("timeline", "--svg", str(target)) == (0, "", f"wrote {target}\n")
        result = cli("timeline", "--svg", str(tmp_path / "none" / "t.svg"))
        cli("timeline", "--match", "small", "--svg", str(empty))
    assert target.read_text(encoding="utf-8").count("<circle") == 1
    assert result == (1, "", f"mistral-models: {tmp_path / 'none' / 't.svg'}: No such file or directory\n")
    assert "No deprecations in this period." in empty.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_svg_is_written_to_the_standard_output(tmp_path, retiring, encoding, monkeypatch):
    """`--svg -` writes UTF-8 to the standard output, whatever its encoding, and creates no file."""
    monkeypatch.chdir(tmp_path)
    models = [{**model, "id": f"long-{'é' * 60}"} for model in retiring[1][:1]]
    with serving(tmp_path / "cache", models) as cli:
        result = cli("timeline", "--svg", "-", encoding=encoding)
    assert (result.exit_code, result.stderr) == (0, "")
    ElementTree.fromstring(result.stdout)
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("date", ["2999-12-31T12:00:00Z", "2999-12-31T12:00:00.5+02:00"])
def test_json_has_the_exact_dates(tmp_path, date):
    """`--json` contains the full timestamps that `timeline` rounds, in the service's own notation."""
    with serving(tmp_path, [base_model("x", deprecation=date)]) as cli:
        (card,) = json.loads(cli("list", "--deprecated", "--json").stdout)
        assert json.loads(cli("show", "x", "--json").stdout)["deprecation"] == date
    assert card["deprecation"] == date
