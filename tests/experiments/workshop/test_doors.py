"""The doors of the page: without a session nothing is told, and no group reads what another has."""

import pytest
from fastapi.testclient import TestClient

from analysis.language import ENGLISH, Language
from experiments.workshop import doors
from experiments.workshop.app import application
from experiments.workshop.binary import unpack
from experiments.workshop.room import Room
from experiments.workshop.trainer_page import groups_html, weights_of_groups
from experiments.workshop.walk import Mark
from experiments.workshop.weights import PAIRS

from workshop_room import NoCrew, some_preview


@pytest.fixture(scope="module")
def room():
    made = Room("helsinki-centre", open_to_others=True)
    made.crew = NoCrew()
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(room):
    return application(room)


@pytest.fixture
def client(app):
    return TestClient(app, base_url="http://192.168.1.5:8700", follow_redirects=False)


def come_in(room, app, name="A"):
    room._wrong.clear()
    client = TestClient(app, base_url="http://192.168.1.5:8700", follow_redirects=False)
    answer = client.post("/join", data={"name": name, "code": room.code})
    assert answer.status_code == 303
    return client, room.sessions[client.cookies[doors.COOKIE]]


@pytest.mark.parametrize(
    "path",
    ["/data/city.bin", "/data/layer.bin?side=before&layer=light", "/data/walks.bin?side=before", "/take/scenario.toml",
     "/take/all.zip", "/room/all.zip", "/trainer", "/openapi.json", "/docs"],
)  # fmt: skip
def test_without_a_session_nothing_is_told(client, path):
    assert client.get(path).status_code == 403
    client.cookies.set(doors.COOKIE, "guessed")
    client.cookies.set(doors.TRAINER, "guessed")
    assert client.get(path).status_code == 403


def test_others_are_asked_for_the_code(client, room):
    room._wrong.clear()
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/join")
    before = len(room.sessions)
    assert client.post("/join", data={"name": "x", "code": "WRONGONE"}).status_code == 403
    assert len(room.sessions) == before
    assert "code" in client.get("/join").text
    for _ in range(10):
        client.post("/join", data={"name": "x", "code": "WRONGONE"})
    assert client.post("/join", data={"name": "x", "code": room.code}).status_code == 429
    assert len(room.sessions) == before


def test_a_group_reads_its_own_night_only(room, app):
    one, session = come_in(room, app, "<b>A</b>")
    other, others = come_in(room, app, "B")
    session.results.preview, others.results.preview = some_preview(7), some_preview(9)
    path = "/data/layer.bin?side=after&layer=light"
    assert (unpack(one.get(path).content)[1]["codes"] == 7).all()
    assert (unpack(other.get(path).content)[1]["codes"] == 9).all()
    session.draft.entitle("A secret of A")
    assert "secret of A" in one.get("/take/scenario.toml").text
    assert "secret of A" not in other.get("/take/scenario.toml").text
    assert other.get(f"/room/scenario.toml?group={session.key}").status_code == 403
    assert other.get("/trainer").status_code == 403
    assert session.key != session.token


@pytest.mark.parametrize(
    "path",
    ["/data/layer.bin?side=elsewhere&layer=light", "/data/layer.bin?side=before&layer=hazard",
     "/data/layer.bin?side=before&layer=feeling&gender=nobody", "/data/walks.bin?side=x", "/take/report.html",
     "/take/..%2f..%2fsecret", "/take/nothing.txt"],
)  # fmt: skip
def test_what_there_is_not_is_told(room, app, path):
    client, session = come_in(room, app)
    session.results.preview = some_preview()
    assert client.get(path).status_code == 404


def test_the_trainer_needs_the_key(client, room, app):
    assert client.get("/trainer?key=guessed").status_code == 403
    answer = client.get(f"/trainer?key={room.trainer_key}")
    assert answer.status_code == 303
    _, session = come_in(room, app)
    assert client.get(f"/room/scenario.toml?group={session.key}").status_code == 200
    assert client.get(f"/room/scenario.toml?group={session.token}").status_code == 404


def test_browsers_are_told_to_ask_nobody_else(room, app):
    client, _ = come_in(room, app)
    policy = client.get("/join").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy.replace("'self' ws: wss:", "")


def test_uploads_are_bounded(room, app):
    client, _ = come_in(room, app)
    assert client.post("/join", content=b"x" * (3 << 20)).status_code == 413
    assert client.post("/join", data={"name": "x" * 5000, "code": room.code}).status_code == 422


def test_names_of_groups_are_no_markup(room, app):
    _, session = come_in(room, app, "<script>alert(1)</script>")
    assert "<script>" not in groups_html([session], ENGLISH)


def test_where_only_this_machine_comes_in_no_other_name_is_answered(room, app):
    room.open_to_others = False
    try:
        elsewhere = TestClient(app, base_url="http://evil.example", follow_redirects=False)
        assert elsewhere.get("/").status_code == 403
        here = TestClient(app, base_url="http://127.0.0.1:8700", follow_redirects=False)
        assert here.get("/").status_code == 303
        assert here.cookies[doors.COOKIE] in room.sessions
    finally:
        room.open_to_others = True


def test_the_door_speaks_the_first_language_that_the_browser_asks_for(room, app):
    client = TestClient(app, base_url="http://192.168.1.5:8700", follow_redirects=False)
    asked = {"Accept-Language": "de-DE,de;q=0.9,es-MX;q=0.8,en;q=0.7"}
    assert '<html lang="es" dir="ltr">' in client.get("/join", headers=asked).text
    assert '<html lang="en" dir="ltr">' in client.get("/join", headers={"Accept-Language": "xx;;,"}).text
    room._wrong.clear()
    client.post("/join", data={"name": "x", "code": room.code}, headers=asked)
    assert room.sessions[client.cookies[doors.COOKIE]].language == "es"


def test_a_walk_is_its_groups_and_together_the_trainers(room, app):
    one, session = come_in(room, app)
    other, _ = come_in(room, app, "B")
    session.marks.append(Mark((0.0, 0.0), 22, "2026-11", {"feeling": 2}))
    assert one.get("/take/walk.csv").text.count("\n") == 2
    assert other.get("/take/walk.csv").status_code == 404
    assert other.get("/room/walk.csv").status_code == 403
    assert other.get("/room/kit.html").status_code == 403
    other.get(f"/trainer?key={room.trainer_key}")
    assert ",22,2026-11," in other.get("/room/walk.csv").text
    assert other.get("/room/walk.csv?group=guessed").status_code == 404
    assert other.get("/room/kit.html").status_code == 404  # nothing is handed in


def test_the_trainers_screen_speaks_another_language(room, app):
    _, session = come_in(room, app, "Grupo")
    session.answers |= dict.fromkeys(PAIRS, 0)
    told = groups_html([session], Language("es")) + weights_of_groups([session], Language("es"))
    assert "nada entregado todavía" in told
    assert "Cuesta poco" in told
    assert "razón de consistencia 0,00" in told
