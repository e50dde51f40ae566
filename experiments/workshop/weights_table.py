"""Weights of groups side by side: where they part most, how far they agree, and which proposal each would choose."""

from collections.abc import Mapping, Sequence
from html import escape

from analysis.answer.wording import select
from analysis.comparison.intervals import BETTER, WORSE
from analysis.language import Language
from experiments.comparing import Answer
from experiments.workshop.weights import GOALS, Goal, Weights, concordance, scores, spread


def weights_html(groups: Mapping[str, Weights], say: Language) -> str:
    """A column a group, a row a goal, those that part groups most first.

    Parameters
    ----------
    groups
        Weights by the group's name, of those that have answered every pair.
    say
        The language.
    """
    if not groups:
        return f"<p class='soft'>{escape(say('No group has said yet what matters to it.'))}</p>"
    apart = spread(list(groups.values()))
    heads = "".join(f"<th scope='col'>{escape(name)}</th>" for name in groups)
    last = f"<th scope='col'>{escape(say('apart (points)'))}</th>" if len(groups) > 1 else ""
    rows = "".join(_row(key, groups, apart[key], say) for key in apart)
    sure = "".join(f"<td>{escape(consistency_in_words(one, say))}</td>" for one in groups.values())
    foot = f"<tr><th scope='row'>{escape(say('Do the answers hang together?'))}</th>{sure}</tr>"
    table = (
        f"<table class='told'><thead><tr><th scope='col'>{escape(say('What matters'))}</th>{heads}{last}</tr></thead>"
        f"<tbody>{rows}{foot}</tbody></table>"
    )
    return f"{''.join(f'<p>{escape(one)}</p>' for one in _agreement(groups, apart, say))}{table}"


def _row(key: str, groups: Mapping[str, Weights], apart: float, say: Language) -> str:
    cells = "".join(
        f"<td>{share_bar(one.shares[key], say)}</td>" for one in groups.values()
    )  # bars share one scale, so that lengths can be held against each other
    told = f"<td>{say.number(100 * apart)}</td>" if len(groups) > 1 else ""
    return f"<tr><th scope='row'>{escape(say(GOALS[key].words))}</th>{cells}{told}</tr>"


def share_bar(share: float, say: Language) -> str:
    """A weight as a number with a bar of its length."""
    told = f"{say.number(100 * share)} %"
    return f"{told}<div class='bar' aria-hidden='true'><i style='width:{100 * share:.0f}%'></i></div>"


def _agreement(groups: Mapping[str, Weights], apart: Mapping[str, float], say: Language) -> list[str]:
    if len(groups) < 2:
        return []
    most = next(iter(apart))
    shares = {name: one.shares[most] for name, one in groups.items()}
    least, top = min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)
    told = [
        say(
            "Groups part most on “{goal}”: {low} % for {one}, {high} % for {other}.",
            goal=say(GOALS[most].words),
            low=say.number(100 * shares[least]),
            one=least,
            high=say.number(100 * shares[top]),
            other=top,
        )
    ]
    agreed = concordance(list(groups.values()))
    if agreed is not None:
        told.append(
            say(
                "Agreement of their orders (Kendall's W, 0 none, 1 the same order): {value}.",
                value=say.number(agreed, 2),
            )
        )
    return told


def consistency_in_words(weights: Weights, say: Language) -> str:
    """Whether answers contradict each other, and one circle among them if there is any."""
    ratio = say.number(weights.ratio, 2)
    if weights.hangs_together:
        return say("yes (consistency ratio {ratio})", ratio=ratio)
    if not weights.circles:
        return say("not quite (consistency ratio {ratio}, 0.10 at most): talk about the strongest answers", ratio=ratio)
    circle = " > ".join(say(GOALS[key].words) for key in (*weights.circles[0], weights.circles[0][0]))
    return say("no (consistency ratio {ratio}): they go in a circle: {circle}", ratio=ratio, circle=circle)


# ---- proposals by weights -------------------------------------------------------------------------------------------


def reached_by(answer: Answer) -> dict[str, float]:
    """How much of each goal a confirmed proposal reaches, more is better.

    A change that is not distinguishable from no effect, or does not matter, counts as none; the cost counts as it is.
    """
    name = answer.facts.scenarios[0].name
    return {
        key: goal.sign
        * (_change(answer, name, goal, goal.gender) - (_change(answer, name, goal, goal.minus) if goal.minus else 0.0))
        for key, goal in GOALS.items()
    }


def _change(answer: Answer, name: str, goal: Goal, gender: str) -> float:
    rows = select(answer.comparison, name, indicator=goal.indicator, gender=gender, period=goal.period)
    if not len(rows):
        return 0.0
    row = rows.iloc[0]
    told = goal.indicator == "cost" or str(row["verdict"]) in (BETTER, WORSE)
    return float(row["difference"]) if told else 0.0


def choices_html(groups: Mapping[str, Weights], proposals: Sequence[tuple[str, Answer]], say: Language) -> str:
    """A row a proposal, a column a group's weights; of fewer than two proposals nothing can be chosen."""
    if len(proposals) < 2 or not groups:
        return ""
    reached = [reached_by(answer) for _, answer in proposals]
    columns = [scores(one, reached) for one in groups.values()]
    heads = "".join(f"<th scope='col'>{escape(say('by the weights of {name}', name=name))}</th>" for name in groups)
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>{''.join(_score(one[at], max(one), say) for one in columns)}</tr>"
        for at, (name, _) in enumerate(proposals)
    )
    note = say(
        "From 0 to 100, these proposals beside each other only: 100 would be the most of everything that one of them "
        "reaches. Changes that are not distinguishable from no effect count as none. It decides nothing: talk about it."
    )
    head = f"<thead><tr><th scope='col'>{escape(say('Proposal'))}</th>{heads}</tr></thead>"
    title = escape(say("Proposals by each group's weights"))
    return f"<h2>{title}</h2><p class='soft'>{escape(note)}</p><table class='told'>{head}<tbody>{rows}</tbody></table>"


def _score(value: float, most: float, say: Language) -> str:
    told = say.number(100 * value)
    return f"<td><b>{told}</b></td>" if value == most else f"<td>{told}</td>"
