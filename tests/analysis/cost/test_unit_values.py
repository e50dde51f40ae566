"""Files of unit values: what is taken, and every fault with what to do."""

import pytest

from analysis.cost.unit_values import appraisal_of, check_against, priced, read_unit_values, such_days
from simulator.errors import InputError

WHOLE = """
incidents = "evidence"
[appraisal]
years = 20
built = [0.25, 0.75]
[such_days]
all = 104
lamps = 365
[feels_safe_minute]
value = 0.05
currency = "EUR"
source = "our survey"
[incident.robbery]
value = 14000
currency = "EUR"
source = "the ministry"
"""


def read(tmp_path, text):
    file = tmp_path / "values.toml"
    file.write_text(text, encoding="utf-8")
    return read_unit_values(file)


def test_a_whole_file(tmp_path):
    values = read(tmp_path, WHOLE)
    assert set(priced(values)) == {"feels_safe_minute", "incident.robbery"}
    appraisal = appraisal_of(values, 33)
    assert (appraisal.years, appraisal.built) == (20, (0.25, 0.75))
    assert appraisal.in_use()[:3].tolist() == [0.25, 1.0, 1.0]
    assert such_days(values, "lamps") == 365.0
    assert such_days(values, "hosts") == 104.0
    check_against(values, ["lamps", "hosts"], ["EUR"])


def test_without_a_file_the_longest_life_and_no_days():
    assert appraisal_of({}, 33).years == 33
    assert such_days({}, "lamps") is None
    assert priced({}) == {}
    assert appraisal_of({"appraisal": {"built": [0.5, 0.5]}}, 1).years == 2


VALUE = '[feels_safe_minute]\nvalue = 1\ncurrency = "EUR"\nsource = "x"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[feels_safe_minut]\nvalue = 1", "feels_safe_minut: no such key; did you mean feels_safe_minute?"),
        (VALUE.replace('source = "x"', ""), "[feels_safe_minute] source: found None"),
        (VALUE.replace('"x"', '" "'), "[feels_safe_minute] source: found ' '"),
        (VALUE.replace("1", "-1"), "[feels_safe_minute] value: found -1, expected a number, zero or more"),
        (VALUE.replace("1", "nan"), "[feels_safe_minute] value: found nan"),
        (VALUE.replace("1", "true"), "[feels_safe_minute] value: found True"),
        (VALUE + "valeu = 2", "[feels_safe_minute] valeu: no such key; did you mean value?"),
        ("feels_safe_minute = 0.05", "feels_safe_minute: found 0.05, expected a table [feels_safe_minute]"),
        ("[incident.robery]\nvalue = 1", "[incident.robery]: no such incident; did you mean robbery?"),
        ("[incident]\nrobbery = 3", "incident.robbery: found 3, expected a table"),
        ('incidents = "yes"', "incidents: found 'yes', expected \"evidence\""),
        ("[appraisal]\nyears = 0", "[appraisal] years: found 0, expected a whole number from 1 to 200"),
        ("[appraisal]\nyear = 10", "[appraisal] year: no such key; did you mean years?"),
        ("[appraisal]\nbuilt = [0.5]", "[appraisal] built: found [0.5], expected shares of the capital that add up"),
        ("[appraisal]\nyears = 1\nbuilt = [0.5, 0.5]", "no more than the years looked at"),
        ("[such_days]\nall = 400", "[such_days] all: found 400, expected days of a year above 0, to 366"),
        ("[such_days]\nall = 0", "[such_days] all: found 0"),
        ("", "found no table, expected one of feels_safe_minute"),
    ],
)
def test_faults_are_told(tmp_path, text, words):
    with pytest.raises(InputError) as fault:
        read(tmp_path, text)
    assert words in str(fault.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_unit_values(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path, "[[")


def test_what_does_not_fit_the_cases_is_refused(tmp_path):
    values = read(tmp_path, WHOLE)
    with pytest.raises(InputError, match="lamps: no such case here; did you mean lamp"):
        check_against(values, ["lamp"], ["EUR"])
    with pytest.raises(InputError, match="found 'EUR', expected 'BRL', in which the costs are"):
        check_against(values, ["lamps"], ["BRL"])
