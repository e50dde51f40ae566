"""Sentences that were stored in English are said in each language, with the same names and numbers."""

import ast
import re
from pathlib import Path

import pytest

from analysis.answer.told_before import SENTENCES, said
from analysis.language import LANGUAGES, language_of, speaking

ROOT = Path(__file__).parents[3]
OTHERS = tuple(code for code in LANGUAGES if code != "en")
WRITERS = (
    *("experiments/cautions.py", "experiments/overlays.py", "experiments/light_extremes.py", "scenarios/dates.py"),
    *("street_networks/inspection/soundness.py", "simulator/interventions/night/office.py"),
    *("simulator/interventions/when.py", "simulator/interventions/timed.py"),
    *("simulator/interventions/lighting/new_lamps.py", "simulator/interventions/lighting/lamp_hours.py"),
    *("simulator/interventions/transit/request_stop.py", "simulator/interventions/transit/headways.py"),
)
"""Modules that write sentences which are stored with an answer."""
EXAMPLES = {
    "weekend: “Weekend bus” is for Fridays and Saturdays only, each until 04:00 of the morning after; 2026-12-21 is a "
    "Monday: try --date 2026-12-25 (a Friday)": (
        "weekend: “Weekend bus” es solo para viernes y sábados, cada vez hasta las 04:00 de la mañana siguiente; el "
        "2026-12-21 es lunes: pruebe --date 2026-12-25 (viernes)"
    ),
    "gate: The gate: harm not assessed to young people and rough sleepers who are there now, and where they go instead": (
        "gate: The gate: sin valorar: perjuicio para jóvenes y personas sin techo que están allí ahora, y adónde van en "
        "su lugar"
    ),
    "x: A and B meet on 12 segments; both change light: they apply in this order, and one may undo what the other does": (
        "x: A y B coinciden en 12 tramos; ambas cambian la luz: se aplican en este orden, y una puede deshacer lo que "
        "hace la otra"
    ),
    "costs that the case does not give are those of the euro area, put into GBP by purchasing power (1 EUR there is "
    "worth 0.85 GBP; recalled figures): give your own where you can": (
        "los costes que el caso no da son los de la zona del euro, pasados a GBP según el poder adquisitivo (1 EUR de "
        "allí vale 0,85 GBP; cifras de memoria): dé los suyos donde pueda"
    ),
    "found only 412 residents on 30 km of streets, 13.7 a km (fewer than 20 a km are rare in towns): are all buildings "
    "mapped?; if not, give a population table (`afterdark network build --zones FILE --population FILE`), or spread "
    "residents along streets without mapped buildings (`--people-per-km N`)": (
        "se encuentran solo 412 residentes en 30 km de calles, 13,7 por km (menos de 20 por km es raro en una ciudad): "
        "¿están todos los edificios en el mapa?; si no, dé una tabla de población (`afterdark network build --zones FILE "
        "--population FILE`), o reparta residentes por las calles sin edificios en el mapa (`--people-per-km N`)"
    ),
    "lamps: New lamps: on 71% of its length the map does not tell whether it is lit now, so that light is guessed there, "
    "and what lamps change: survey it first": (
        "lamps: New lamps: en 71\u00a0% de su longitud el mapa no dice si está iluminada ahora, así que allí la luz se "
        "supone, y con ella lo que cambian las farolas: compruébelo antes sobre el terreno"
    ),
    "week 3: hosts, by reports of weeks 1 to 2: 2 to park (7 of 9 reports), 1 to quay (2 of 9 reports)": (
        "semana 3: anfitriones, según los avisos de las semanas 1 a 2: 2 a park (7 de 9 avisos) y 1 a quay (2 de 9 "
        "avisos)"
    ),
    "week 3: square: 5 reports from 22 to 4 h; asks its venues to close one after the other": (
        "semana 3: square: 5 avisos de 22 a 4 h; pide a sus locales que cierren uno tras otro"
    ),
}


@pytest.mark.parametrize("words", EXAMPLES)
def test_a_stored_sentence_is_said_in_spanish(words):
    with speaking(language_of("es")):
        assert said(words) == EXAMPLES[words]


@pytest.mark.parametrize("words", EXAMPLES)
@pytest.mark.parametrize("code", OTHERS)
def test_names_and_numbers_are_kept(words, code):
    with speaking(language_of(code)):
        told = said(words)
    assert "\u2068" not in told
    assert re.findall(r"\d+", told) == re.findall(r"\d+", words)


def test_english_stays_as_it_is_and_what_nobody_knows_says_that_it_is_english():
    for words in EXAMPLES:
        assert said(words) == words
    with speaking(language_of("fr")):
        assert said("nobody ever wrote this") == "\u2068nobody ever wrote this\u2069"
        unknown = "gate: The gate: harm not assessed to whoever is not in the list"
        assert said(unknown) == f"\u2068{unknown}\u2069"


JOINTS = r"; |, or |, so that answers|if not, |(?:hardly )?moves| with (?=every|none)| reports (?=from)"
"""Where writers put parts together that are one sentence here."""


def written():
    """Literal words of the modules that write such sentences, every string whole and without its places."""
    found = []
    for name in WRITERS:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
                found.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return re.sub(r"\{\w+\}", "\0", "\0".join(found))


def test_every_sentence_is_one_that_somebody_writes():
    """Each stretch of words between places stands in a module that writes them: changed there, it fails here."""
    text = written()
    stretches = {
        part.strip(" .,;:()“”")
        for sentence in SENTENCES
        for clause in re.split(JOINTS, sentence)
        for part in re.split(r"\{\w+\}", clause)
    }
    assert len(stretches) > 60
    assert [one for one in sorted(stretches) if len(one.split()) > 1 and one not in text] == []
