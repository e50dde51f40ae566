"""Conflict boards: exercises about what a city quarrels over, with sides to take and a goal that binds all.

The shipped cases say to which boards they belong (`Scenario.boards`). What sides say is ours, as prompts for a room.
"""

from analysis.language import marked, marked_each
from experiments.workshop.exercises import SHORT, Ask, Exercise

_FEELS, _DARK = "feels_safe_share_frozen", "dark"
_NO_LESS_SAFE = Ask(marked("women feel no less safe after dark"), _FEELS, "woman", period=_DARK, better=False)
BOARDS = (
    Exercise(
        "segregation",
        marked("Board: two sides of the district (segregation)"),
        budget=100_000.0,
        nobody_worse=True,
        board="segregation",
        question=marked("Who can come here on foot after dark, and who stays among themselves?"),
        sides=(
            marked_each("a resident of the quiet side", "A new link brings strangers past my door at night."),
            marked_each("a resident of the cut-off side", "I walk a long dark way round to shop and to school."),
            (
                marked("a street trader"),
                marked("Where nobody passes I cannot live; where everybody passes I may not stand."),
            ),
            marked_each("the planner", "Every crossing costs, and I can build one of three."),
        ),
        asks=(
            Ask(marked("more kinds of place are reached feeling safe"), "reach_safe_share"),
            _NO_LESS_SAFE,
        ),
    ),
    Exercise(
        "degraded",
        marked("Board: a place left to itself (degraded space)"),
        budget=50_000.0,
        nobody_worse=True,
        board="degraded space",
        question=marked("Do we repair it, light it, watch it, or shut it, and who loses it then?"),
        sides=(
            marked_each("a woman who crosses it from work", "I take the long way round since the lamps went out."),
            marked_each("somebody who sleeps there", "Shut the gate, and I sleep somewhere darker."),
            marked_each("the park keeper", "I mend it, and in a month it looks as before."),
            marked_each("a neighbour", "Light until midnight, but not into my bedroom."),
        ),
        asks=(
            Ask(
                marked("women feel safer on the streets it touches"), "feels_safe_share_treated", "woman", period=_DARK
            ),
            Ask(marked("the place is used no less"), "use_of_treated_minutes", better=False),
        ),
    ),
    Exercise(
        "youth",
        marked("Board: young people and police on the square (youth and police)"),
        budget=100_000.0,
        nobody_worse=True,
        board="youth and police",
        question=marked("Whose square is it in the evening, and does more watching make it safer, for whom?"),
        sides=(
            marked_each("a girl of sixteen", "I come here because there is nowhere else that is open and free."),
            marked_each("a police officer", "I am called for noise, and leave with nobody content."),
            marked_each("a shopkeeper", "Customers turn round when thirty people stand at the door."),
            marked_each("a youth worker", "Give me a hall until eleven, and half of your calls go."),
        ),
        asks=(
            Ask(
                marked("people of 16 to 24 feel no less safe"),
                _FEELS,
                age="16-24",
                period=_DARK,
                better=False,
            ),
            Ask(marked("they give up no more trips"), "trips_not_made", age="16-24", period=_DARK, better=False),
            Ask(marked("women feel safer after dark"), _FEELS, "woman", period=_DARK),
        ),
    ),
    Exercise(
        "mobility",
        marked("Board: women on their way (women's mobility)"),
        budget=100_000.0,
        nobody_worse=True,
        board="women's mobility",
        question=marked("What would let women go out and come home as they wish, and who pays for it?"),
        sides=(
            (
                marked("a nurse after the late shift"),
                marked("The last bus goes before I do; a taxi is an hour of my pay."),
            ),
            marked_each("a mother with a pram", "I need a bench, a lift and a light, not a lecture."),
            marked_each("the transit operator", "Empty night buses are money that the day needs."),
            marked_each("a taxi driver", "Subsidise rides, and tell me who waits for me at three in the morning."),
        ),
        asks=(
            Ask(marked("women give up fewer trips after dark"), "trips_not_made", "woman", period=_DARK),
            _NO_LESS_SAFE,
        ),
    ),
    Exercise(
        "economies",
        marked("Board: sleep and night life (day and night economies)"),
        budget=100_000.0,
        nobody_worse=True,
        board="day and night economies",
        question=marked("Until when may a street be loud, and who works, waits and walks there afterwards?"),
        sides=(
            marked_each("a resident above the bar", "I get up at six; they leave at four."),
            marked_each("the owner of a bar", "Close us at one, and all of them stand in the street at one."),
            marked_each("a cleaner on the first tram", "I am the only one out whom nobody planned for."),
            marked_each("the night mayor", "Hosts, later trains or earlier hours: I can afford one."),
        ),
        asks=(
            Ask(marked("customers lose no hours of the night"), "night_hours_nightlife", better=False),
            Ask(marked("nobody loses a night shift"), "night_hours_work", better=False),
            Ask(marked("women feel safer after dark"), _FEELS, "woman", period=_DARK),
        ),
    ),
)
"""One board for each word that cases use."""
EXERCISES = SHORT | {one.key: one for one in BOARDS}
"""All exercises by key: short ones first."""
