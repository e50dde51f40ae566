"""One simulated woman's night with the measures and without, in pictures: of the preview, or of the answer."""

from html import escape

from nicegui import ui

from analysis.answer.html_page import html_page
from analysis.comic.night import read_night
from analysis.comic.page import story
from analysis.language import Language
from experiments.workshop.room import Session


class NightPanel:
    """Built where NiceGUI builds just now; `refresh` when there is another night."""

    def __init__(self, session: Session, say: Language) -> None:
        self.session, self.say = session, say
        self.box = ui.element("div").classes("full")
        self.refresh()

    def refresh(self) -> None:
        """Show the night of the last preview."""
        self.box.clear()
        preview = self.session.results.preview
        with self.box:
            if preview is None or preview.after is None:
                ui.html(f"<p class='soft'>{escape(self.say('Run a preview first.'))}</p>")
                return
            title = self.say("One walk after dark: today, and with it")
            source = f"/take/one-night.html?version={self.session.results.version}"
            ui.html(
                f'<iframe src="{source}" title="{escape(title)}" style="width:100%;height:70vh;border:0"></iframe>',
                sanitize=False,
            )
            if self.session.results.answer is not None:
                ui.link(self.say("The night of the confirmed answer"), "/take/night.html", new_tab=True)


def one_night_page(session: Session) -> str:
    """The picture story of a preview as a page of its own; says so where nobody qualifies."""
    preview, say = session.results.preview, Language(session.language)
    told = None if preview is None else preview.night
    title = say("One walk after dark: today, and with it")
    inner = story(session.draft.scenario.title, read_night(told) if told else None, prefix="night", say=say)
    return html_page(title, f'<main id="content">{inner}</main>', say, "comic.css")
