"""After an answer a page gets what changed, first what somebody looks at, and nothing that it has."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import nbformat
import pytest
from conftest import give

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.firstbytes import for_kernel, page_start
from safe_lib.store import Store
from safe_lib.store.moment import one_moment
from safe_lib.widgets import form as forms
from safe_lib.widgets.form import HAS_SCRIPT, Form, PageForm, form_for
from safe_lib.workbook import Workbook

FORM = "ilo_adult_labour"


def page_of(desk: Desk, case: str, notebook: Any = None) -> str:
    """The first bytes of an identification."""
    notebook = notebook or nbformat.read(paths.WORKBOOKS / "identification.ipynb", as_version=4)
    start, _ = page_start(Workbook(desk, "identification", case), notebook, here="/", base_url="/", assets=addresses("/"), xsrf="x", theme="", masked=False)
    return start


def answered(form: Form, item: str, code: str) -> list[dict[str, Any]]:
    """What the page is told after an answer."""
    told: list[dict[str, Any]] = []
    form.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    form._receive(form, {"type": "answer", "seq": 1, "instrument": FORM, "item": item, "code": code, "seen": None}, None)
    return told


@pytest.fixture
def form(desk: Desk, case: str) -> Form:
    """The form of a kernel whose page said what it has; the outcome hangs on one more answer."""
    give(desk, case, FORM, {"CD01": "present"})
    made = Form(Workbook(desk, "identification", case))
    made._receive(made, {"type": "have", "marks": dict(re.findall(r'data-region="(\w+)"[^>]* data-mark="(\w+)"', page_of(desk, case)))}, None)
    return made


def test_the_outcome_comes_before_everything_else(form: Form) -> None:
    """Saved, together with the outcome; then what takes longer to make. The number of the answer stands on each."""
    first, rest = answered(form, "CD14", "present")

    assert (first["type"], rest["type"], first["seq"], rest["seq"]) == ("saved", "views", 1, 1)
    assert list(first["html"]) == ["outcome"] and "outcome" not in rest["html"]
    assert first["outcome"] == rest["outcome"] == form.book.shown.assessment.outcome.id
    assert {"pattern", "explanation", "rail"} & set(rest["html"]) and rest["counts"]


def test_what_the_server_sent_is_not_sent_again(form: Form, desk: Desk, case: str) -> None:
    """An answer that changes the steps alone brings the steps alone; without a word of the page, everything comes."""
    first, rest = answered(form, "EX01", "present")  # as it was
    assert not first["html"] and set(rest["html"]) <= {"rail"}

    stranger = Form(Workbook(desk, "identification", case))
    _, everything = answered(stranger, "EX01", "present")
    assert {"rail", "pattern", "explanation", "open_questions"} <= set(everything["html"])


def test_what_is_made_ready_is_not_sent_and_not_kept(desk: Desk, case: str) -> None:
    """When a page has come, what an answer takes is done once, unseen; what somebody else says after that counts all the same."""
    made, told = Form(Workbook(desk, "identification", case)), list[dict[str, Any]]()
    made.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    made._receive(made, {"type": "have", "marks": {}}, None)
    assert told == [] and not {"shown", "stages"} & set(vars(made.book))

    for item in ("DR02", "DR05", "DR08", "EX01", "EX02", "CD01"):
        give(desk, case, FORM, {item: "present"})
    first, _ = answered(made, "CD14", "present")
    assert first["outcome"] == Workbook(desk, "identification", case).shown.assessment.outcome.id == "trafficking_case"


def test_a_case_that_is_gone_is_no_fault_of_a_page_that_has_come(desk: Desk) -> None:
    """Its first answer is refused; nothing is told before."""
    made, told = Form(Workbook(desk, "identification", "ABC-1234")), list[dict[str, Any]]()
    made.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    made._receive(made, {"type": "have", "marks": {}}, None)

    assert told == []


def test_an_answer_is_acknowledged_whatever_becomes_of_what_follows(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on the disk: a fault in putting the outcome into words must not make a page send it again and again."""
    monkeypatch.setattr(forms, "inside_of", lambda *_: 1 / 0)
    told: list[dict[str, Any]] = []
    form.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        form._receive(form, {"type": "answer", "seq": 7, "instrument": FORM, "item": "CD14", "code": "present", "seen": None}, None)

    assert [(one["type"], one["seq"], one["revision"]) for one in told] == [("saved", 7, 1)]


def test_who_answers_on_does_not_wait_for_views_that_would_be_old(desk: Desk, case: str) -> None:
    """On a page the other views are made once for answers that come one right after the other; in a kernel without a loop at once."""
    told: list[dict[str, Any]] = []

    def quick(form: PageForm) -> None:
        form.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
        for seq, item in enumerate(("CD14", "DR01", "DR02"), start=1):
            form._receive(form, {"type": "answer", "seq": seq, "instrument": FORM, "item": item, "code": "present", "seen": None}, None)

    async def on_a_page() -> None:
        quick(PageForm(Workbook(desk, "identification", case)))
        assert [one["type"] for one in told] == ["saved"] * 3
        await asyncio.sleep(10 * forms.A_BREATH)

    async def asked_anew() -> None:
        form = PageForm(Workbook(desk, "identification", case))
        quick(form)
        form._receive(form, {"type": "refresh", "seq": 4}, None)
        await asyncio.sleep(10 * forms.A_BREATH)

    asyncio.run(on_a_page())
    assert [(one["type"], one["seq"]) for one in told[3:]] == [("views", 3)]
    told.clear()
    asyncio.run(asked_anew())
    assert [(one["type"], one["seq"]) for one in told[3:]] == [("views", 4)], "what was put off came after what is newer, and the page would not take it"
    told.clear()
    quick(PageForm(Workbook(desk, "identification", case)))
    assert [one["type"] for one in told] == ["saved", "views"] * 3


def test_what_comes_back_is_sent_again(form: Form) -> None:
    """A view that changed and is as at first once more is news: the page shows the change."""
    answered(form, "CD14", "present")
    first, rest = answered(form, "CD14", "not_asked")

    assert "outcome" in first["html"]
    assert {"pattern", "explanation"} <= set(rest["html"])


def test_the_kernel_runs_no_cell_that_the_server_has_shown(desk: Desk) -> None:
    """Only what brings the form to life is left, and what an analyst added, each with the sentence for a failure in the language of the page."""
    notebook = nbformat.read(paths.WORKBOOKS / "identification.ipynb", as_version=4)
    questions = next(place for place, cell in enumerate(notebook["cells"]) if cell["source"] == "workbook.questions()")
    notebook["cells"].insert(questions, nbformat.v4.new_code_cell("%%time\n1 + 1"))
    notebook["cells"].append(nbformat.v4.new_code_cell("2 + 2"))
    left = for_kernel(notebook, load_texts("nl"))["cells"]
    lines = "\n".join(cell["source"] for cell in left).splitlines()

    assert [cell["source"] for cell in left if not cell["metadata"].get("safe_shown")] == ["%%time\n1 + 1", "workbook.questions()", "2 + 2"]
    assert any(line.startswith("workbook = ") for line in lines)
    assert [line for line in lines if re.fullmatch(r"workbook\.\w+\(\)", line)] == ["workbook.questions()"]
    assert {cell["cell_type"] for cell in left} == {"code"} and {cell["metadata"]["safe_failed"] for cell in left} == {"Dit deel kon niet worden berekend."}


def test_what_shows_nothing_runs_together_with_the_questions() -> None:
    """One way there and back for the page, in the order of the notebook; the cell with the questions keeps its place."""
    notebook = nbformat.read(paths.WORKBOOKS / "identification.ipynb", as_version=4)
    place = next(cell["id"] for cell in notebook["cells"] if cell["source"] == "workbook.questions()")
    (only,) = for_kernel(notebook, load_texts("en"))["cells"]
    lines = only["source"].splitlines()
    starts = [next(at for at, line in enumerate(lines) if line.startswith(words)) for words in ("case = ", "from safe_lib", "workbook = ")]

    assert only["id"] == place and starts == sorted(starts)
    assert lines[-1] == "workbook.questions()"


def test_the_script_is_not_sent_with_every_state(desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of the server has it by an address of its own; JupyterLab gets it from the kernel."""
    book = Workbook(desk, "identification", case)
    assert len(form_for(book)._esm) > 10_000
    monkeypatch.setenv(HAS_SCRIPT, "1")

    assert len(form_for(book)._esm) < 100
    assert re.search(r"(^|\.)(Page)?Form$", form_for(book)._anywidget_id)  # as page.js knows it


def test_a_moment_reads_once_and_ends_with_a_change(desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within it the same answers are read once for each person; what is written meanwhile is read."""
    asked: list[str] = []
    read = Store.answers
    monkeypatch.setattr(Store, "answers", lambda self, ref, *rest: (asked.append(ref), read(self, ref, *rest))[1])
    for _ in range(2):
        casework.saved_answers(desk, case, FORM)
    assert len(asked) == 2
    with one_moment():
        before = casework.saved_answers(desk, case, FORM)
        casework.saved_answers(desk, case, FORM).clear()  # nobody else's copy
        assert len(asked) == 3 and casework.saved_answers(desk, case, FORM) == before
        give(desk, case, FORM, {"CD14": "present"})

        assert "CD14" not in before and "CD14" in casework.saved_answers(desk, case, FORM)
