"""The panel with which a group begins: the exercise or conflict board, and what matters to it, two goals at a time."""

from html import escape

from nicegui import events, ui

from analysis.language import Language
from experiments.workshop.boards import EXERCISES
from experiments.workshop.exercises import Exercise
from experiments.workshop.room import Session
from experiments.workshop.weights import GOALS, PAIRS, STEPS, checked, weights_of
from experiments.workshop.weights_table import consistency_in_words, share_bar


class GoalPanel:
    """Built where NiceGUI builds just now.

    Parameters
    ----------
    session
        Whose goals they are.
    say
        The language.
    """

    def __init__(self, session: Session, say: Language) -> None:
        self.session, self.say = session, say
        options = {key: say(one.words) for key, one in EXERCISES.items()}
        ui.html(f"<h2>{escape(say('Exercise or conflict board'))}</h2>", sanitize=False)
        ui.select(options, label=say("Exercise"), value=session.exercise, on_change=self._chosen).classes("full").props(
            "dense"
        )
        self.board = ui.html(board_html(EXERCISES[session.exercise], say), sanitize=False).classes("full")
        ui.html(f"<h2>{escape(say('What matters to your group'))}</h2>", sanitize=False)
        self.asked = ui.element("div").classes("full")
        self.at = next((at for at, pair in enumerate(PAIRS) if pair not in session.answers), len(PAIRS))
        self._ask()

    def _chosen(self, event: events.ValueChangeEventArguments[str]) -> None:
        self.session.exercise = event.value
        self.board.set_content(board_html(EXERCISES[event.value], self.say))
        self.session.touch()

    # ---- pairs ------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self.asked.clear()
        with self.asked:
            if self.at < len(PAIRS):
                self._pair(PAIRS[self.at])
            else:
                self._told()

    def _pair(self, pair: tuple[str, str]) -> None:
        say = self.say
        count = say("Question {number} of {all}: which of the two matters more?", number=self.at + 1, all=len(PAIRS))
        one, other = (escape(say(GOALS[key].words)) for key in pair)
        ui.html(
            f"<p>{escape(count)}</p><p class='pair'><b>1.</b> {one}<br><b>2.</b> {other}</p>", sanitize=False
        ).props('role="status"')
        for step, words in STEPS.items():
            button = ui.button(say(words), on_click=lambda step=step: self._answer(pair, step)).classes("full")
            button.props("no-caps dense" + ("" if self.session.answers.get(pair) == step else " outline"))
        if self.at:
            ui.button(say("One question back"), on_click=lambda: self._go(self.at - 1)).props("flat dense")

    def _answer(self, pair: tuple[str, str], step: int) -> None:
        checked(pair, step)
        self.session.answers[pair] = step
        self.session.touch()
        self._go(self.at + 1)

    def _go(self, at: int) -> None:
        self.at = at
        self._ask()

    def _told(self) -> None:
        say, weights = self.say, weights_of(self.session.answers)
        if weights is None:
            return self._go(next(at for at, pair in enumerate(PAIRS) if pair not in self.session.answers))
        shares = sorted(weights.shares.items(), key=lambda pair: -pair[1])
        rows = "".join(
            f"<tr><th scope='row'>{escape(say(GOALS[key].words))}</th><td>{share_bar(share, say)}</td></tr>"
            for key, share in shares
        )
        sure = f"{say('Do the answers hang together?')} {consistency_in_words(weights, say)}"
        note = say("These are your group's weights; others see them on the trainer's screen beside theirs.")
        ui.html(
            f"<table class='told'>{rows}</table><p>{escape(sure)}</p><p class='soft'>{escape(note)}</p>", sanitize=False
        )
        ui.button(say("Answer again"), on_click=lambda: self._go(0)).props("outline dense")
        return None


def board_html(exercise: Exercise, say: Language) -> str:
    """What a conflict board is about: the question, and who sees it how; empty for other exercises."""
    if not exercise.sides:
        return ""
    sides = "".join(f"<li><b>{escape(say(who))}</b>: “{escape(say(words))}”</li>" for who, words in exercise.sides)
    ask = say(
        "Take a side each, best not your own. Agree on a proposal that every side can live with; the cases of this "
        "board stand first under “Cases to begin with”."
    )
    return (
        f"<div class='box'><p><b>{escape(say(exercise.question))}</b></p><ul>{sides}</ul>"
        f"<p class='soft'>{escape(ask)}</p></div>"
    )
