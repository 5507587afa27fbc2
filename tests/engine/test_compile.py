"""Programs: blocks of draws, chosen outputs, precision, executables kept on disk, bad input."""

from __future__ import annotations

import os
import stat

import jax
import numpy as np
import pytest
from tests.engine.classics import delays, market, sir, teacup
from tests.peers.agreement import trajectories

from countermove.engine import Input, build, stock, variable
from countermove.engine import _executable_cache as cache
from countermove.engine.compile import Program
from countermove.errors import CountermoveError
from countermove.units import Unit


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERMOVE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def block_of(program, case):
    """The case's inputs in every draw of a block."""
    given = {}
    for name in program.inputs:
        array = np.asarray(case.inputs[name], dtype=program.dtype)[..., None]
        given[name] = np.broadcast_to(array, program.shape(name))
    return given


def test_double_precision_is_the_reference():
    case = market()
    program = Program(case.model, tuple(case.model.quantities), case.months, block=3, dtype="float64")
    result = program.run(block_of(program, case))
    for name, array in trajectories(case.model, case.inputs, case.months).items():
        for draw in range(3):
            assert result[name][..., draw] == pytest.approx(array, rel=1e-12, abs=1e-12)


def test_single_precision_is_close():
    case = sir()
    program = Program(case.model, ("infectious", "succumbing"), case.months, block=2)
    result = program.run(block_of(program, case))
    assert result["infectious"].dtype == np.float32
    reference = trajectories(case.model, case.inputs, case.months)
    for name, array in result.items():
        # 3200 steps each rounded to 6e-8 at random: about √3200 · 6e-8, amplified by the epidemic's growth.
        assert array[..., 1] == pytest.approx(reference[name], rel=2e-4)


def test_draws_do_not_touch_each_other():
    case = teacup()
    program = Program(case.model, ("teacup_temperature",), 240, block=4, dtype="float64")
    given = block_of(program, case)
    times = np.array([40.0, 80.0, 160.0, 1e9])
    result = program.run({**given, "characteristic_time": times})["teacup_temperature"]
    assert result[-1] == pytest.approx(70 + 110 * (1 - 1 / times) ** 240, rel=1e-12)


def test_only_what_is_asked_for_is_kept_and_needed():
    @variable(unit="1", source="identity")
    def wanted(used):
        return 2 * used

    @variable(unit="1", source="identity")
    def unwanted(unused):
        return 2 * unused

    one = Unit.parse("1")
    model = build([wanted, unwanted], [Input("used", "parameter", one), Input("unused", "parameter", one)])
    program = Program(model, ("wanted",), 5, block=2)
    assert program.inputs == ("used",)
    result = program.run({"used": np.array([1.0, 2.0])})
    assert result.keys() == {"wanted"}
    assert result["wanted"].shape == (5, 2)
    assert (result["wanted"] == [2.0, 4.0]).all()


def test_held_paths_vary_by_draw_and_month():
    @stock(unit="card", initial=0.0, source="identity")
    def owned(path):
        return path

    model = build([owned], [Input("path", "held", Unit.parse("card/month"))])
    program = Program(model, ("owned",), 6, block=3, dtype="float64")
    path = np.arange(18.0).reshape(6, 3)
    assert (program.run({"path": path})["owned"] == path.cumsum(axis=0)).all()


def test_clock():
    @variable(unit="month", source="identity")
    def shown_month(month):
        return month

    @variable(unit="yr", source="identity")
    def shown_year(year):
        return year

    model = build([shown_month, shown_year], start=2016.0)
    result = Program(model, ("shown_month", "shown_year"), 240, block=1, dtype="float64").run({})
    assert (result["shown_month"][:, 0] == np.arange(240)).all()
    assert result["shown_year"][[0, 11, 239], 0] == pytest.approx([2016 + 0.5 / 12, 2016 + 11.5 / 12, 2036 - 0.5 / 12])


def test_identical_input_gives_identical_bytes():
    case = market()
    program = Program(case.model, ("owned",), case.months, block=8)
    given = block_of(program, case)
    again = Program(case.model, ("owned",), case.months, block=8)
    assert program.run(given)["owned"].tobytes() == again.run(given)["owned"].tobytes()


def test_executable_is_kept_on_disk_and_read_back(own_cache, monkeypatch):
    case = delays()
    first = Program(case.model, ("third_order",), 100, block=2)
    expected = first.run(block_of(first, case))["third_order"]
    (file,) = own_cache.glob("*.executable")

    def refuse(*_, **__):
        raise AssertionError("compiled although an executable was on disk")

    monkeypatch.setattr(jax, "jit", refuse)
    second = Program(case.model, ("third_order",), 100, block=2)
    assert second.run(block_of(second, case))["third_order"].tobytes() == expected.tobytes()
    with pytest.raises(AssertionError, match="compiled although"):
        Program(case.model, ("third_order",), 99, block=2).warm()
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


def test_a_damaged_executable_is_compiled_anew(own_cache):
    case = delays()
    program = Program(case.model, ("later",), 100, block=2)
    program.warm()
    (file,) = own_cache.glob("*.executable")
    file.write_bytes(b"not an executable")
    again = Program(case.model, ("later",), 100, block=2)
    assert (again.run(block_of(again, case))["later"][:5] == 6).all()
    assert file.stat().st_size > 100


def test_a_full_or_read_only_disk_costs_nothing_but_time(own_cache, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "write_whole", full)
    case = delays()
    program = Program(case.model, ("later",), 100, block=2)
    assert (program.run(block_of(program, case))["later"][:5] == 6).all()
    assert not list(own_cache.iterdir())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions of POSIX")
def test_a_folder_that_others_may_write_to_is_not_used(own_cache):
    own_cache.mkdir()
    own_cache.chmod(0o777)
    assert cache.folder().parent == own_cache
    assert stat.S_IMODE(cache.folder().stat().st_mode) == 0o700


def test_bad_input_is_named():
    case = teacup()
    with pytest.raises(CountermoveError, match="'teacup_temprature': did you mean 'teacup_temperature'"):
        Program(case.model, ("teacup_temprature",), 10)
    program = Program(case.model, ("teacup_temperature",), 10, block=2)
    given = block_of(program, case)
    with pytest.raises(CountermoveError, match="input 'room_temperature' is missing"):
        program.run({name: array for name, array in given.items() if name != "room_temperature"})
    with pytest.raises(CountermoveError, match=r"input 'room_temperature' has shape \(3,\), not \(2,\)"):
        program.run({**given, "room_temperature": np.zeros(3)})
