"""The record of processing (GDPR Art. 30), the draft DPIA (Art. 35) and the file for the AI Act as Markdown, made from the policy and from nothing else.

The same policy gives the same bytes. The copies in `templates/policy/` are committed; a test fails when they differ (PRI-08).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from safe_lib.catalogue import languages, load_instrument, load_texts, paths, translated
from safe_lib.catalogue.processing import load_processing
from safe_lib.model.errors import WrongUse
from safe_lib.model.processing import FieldGroup, Processing, Purpose
from safe_lib.model.texts import Texts


def record(language: str = "en") -> str:
    """The record of processing."""
    policy, texts = load_processing(language), load_texts(language)
    parts = [*_head(policy, texts, "record"), *_organisation(policy, texts), *_section(texts, "purposes"),
             *(line for one in policy.purposes.values() for line in _purpose(one, policy, texts)),
             *_section(texts, "groups"), *(line for one in policy.groups for line in _group(one, policy, texts)),
             *_section(texts, "transfers", texts("policy.transfers.text")), *_sources(policy, texts)]
    return _joined(parts)


def dpia(language: str = "en") -> str:
    """The draft of the impact assessment."""
    policy, texts = load_processing(language), load_texts(language)
    parts = [*_head(policy, texts, "dpia"), *_organisation(policy, texts)]
    for id in ("why_dpia", "necessity", "decisions", "rights"):
        parts += _section(texts, id, texts(f"policy.{id}.text"))
    parts += [*_section(texts, "purposes"), *(f"- **{one.title}** {one.about}" for one in policy.purposes.values())]
    parts += [*_instruments(policy, texts), *_weighings(policy, texts), *_risks(policy, texts)]
    parts += [*_section(texts, "views", texts("policy.views.text")), *_section(texts, "advice", texts("policy.advice.text", review_by=policy.review_by)),
              *_sources(policy, texts)]
    return _joined(parts)


def ai_act(language: str = "en") -> str:
    """What the AI Act asks to be said of the program: what it is for, that people wrote its rules, who decides, and what it cannot."""
    policy, texts = load_processing(language), load_texts(language)
    parts = _head(policy, texts, "ai_act")
    for id in ("purpose", "rules", "logging", "oversight", "never", "limits"):
        parts += ["", f"## {texts(f'policy.ai.{id}')}", "", texts(f"policy.ai.{id}_text")]
    for id in policy.notes:
        form = translated(load_instrument(id), language)
        parts += ["", f"### {form.title} ({form.version})", "", form.about, "", *(f"- {limit}" for limit in form.limits)]
    return _joined([*parts, *_weighings(policy, texts), *_section(texts, "advice", texts("policy.advice.text", review_by=policy.review_by)),
                    *_sources(policy, texts)])


DOCUMENTS: Final[Mapping[str, Callable[[str], str]]] = {"record": record, "dpia": dpia, "ai_act": ai_act}


def document(name: str, language: str = "en") -> str:
    """One of the documents by its name.

    Raises:
        WrongUse: there is no such document.
    """
    if name not in DOCUMENTS:
        raise WrongUse(f"policy: there is no such document.\n  There are: {', '.join(DOCUMENTS)}.")
    return DOCUMENTS[name](language)


def folder() -> Path:
    """Where the committed copies stand."""
    return paths.TEMPLATES / "policy"


def copies() -> dict[str, str]:
    """File name → what it has to hold, for each document and each language."""
    return {f"{name}.{language}.md": make(language) for name, make in DOCUMENTS.items() for language in languages()}


def outdated() -> tuple[str, ...]:
    """The committed copies that no longer say what the policy says."""
    return tuple(name for name, text in copies().items() if not (folder() / name).is_file() or (folder() / name).read_text(encoding="utf-8") != text)


def _head(policy: Processing, texts: Texts, name: str) -> list[str]:
    said = texts("policy.draft", version=policy.version, reviewed=policy.reviewed, by=policy.reviewed_by)
    return [f"# {texts(f'policy.{name}.title')}", "", f"> {said}", "", texts(f"policy.{name}.about")]


def _section(texts: Texts, id: str, *lines: str) -> list[str]:
    return ["", f"## {texts(f'policy.{id}')}", "", *lines]


def _organisation(policy: Processing, texts: Texts) -> list[str]:
    return [*_section(texts, "organisation"),
            *(f"- {texts(f'policy.organisation.{key}')}: {value or texts('policy.to_fill_in')}" for key, value in policy.organisation.items())]


def kept_for(purpose: Purpose, texts: Texts, months: int | None = None) -> str:
    """How long something is kept for a purpose, in a sentence; `months` is what a team settled."""
    number = purpose.retention.months if months is None else months
    clock = f"{texts('policy.retention.months', months=number)}. " if purpose.retention.since == "closure" else ""
    return clock + purpose.retention.about


def _purpose(one: Purpose, policy: Processing, texts: Texts) -> list[str]:
    return [f"### {one.title}", "", one.about, "", f"{texts('policy.basis')}:", "",
            *(f"- {basis.article}, {policy.sources[basis.source].title}: {basis.why}" for basis in one.basis), "",
            f"{texts('policy.retention')}: {kept_for(one, texts)}", ""]


def _group(one: FieldGroup, policy: Processing, texts: Texts) -> list[str]:
    fields = [f"`{table}`: {', '.join(columns)}" for table, columns in one.tables.items()]
    fields += [f"`{id}`" for id in (*one.instruments, *one.papers)]
    facts = {"purposes": ", ".join(policy.purposes[id].title for id in one.purposes), "persons": one.persons,
             "special": texts("policy.yes" if one.special else "policy.no"), "recipients": "; ".join(policy.recipients[id] for id in one.recipients),
             "measures": " ".join(policy.measures[id] for id in one.measures), "fields": "; ".join(fields)}
    return [f"### {one.title}", "", one.about, "", *(f"- {texts(f'policy.{key}')}: {value}" for key, value in facts.items()), ""]


def _instruments(policy: Processing, texts: Texts) -> list[str]:
    lines = _section(texts, "instruments")
    for id, note in policy.notes.items():
        title = translated(load_instrument(id), policy.language).title
        lines += [f"### {title}", "", f"- {texts('policy.sensitivity')}: {texts(f'policy.sensitivity.{note.sensitivity}')}",
                  f"- {texts('policy.benefit')}: {note.benefit}", f"- {texts('policy.risk')}: {note.risk}", ""]
    return lines


def _weighings(policy: Processing, texts: Texts) -> list[str]:
    rows = [f"- `{id}` {one.item} ({one.what}): {one.why}" for id, note in policy.notes.items() for one in note.weighs]
    return [*_section(texts, "weighs", texts("policy.weighs.text"), ""), *(rows or [texts("policy.weighs.none")])]


def _risks(policy: Processing, texts: Texts) -> list[str]:
    lines = _section(texts, "risks")
    for one in policy.risks:
        lines += [f"### {one.title}", "", f"- {texts('policy.risk.why')}: {one.why}",
                  f"- {texts('policy.risk.measures')}: {' '.join(policy.measures[id] for id in one.measures)}",
                  f"- {texts('policy.risk.left')}: {one.left}", ""]
    return lines


def _sources(policy: Processing, texts: Texts) -> list[str]:
    return [*_section(texts, "sources"), *(
        f"- {texts('policy.source_line', title=one.title, publisher=one.publisher, published=one.published, url=one.url, status=one.status)}"
        for one in policy.sources.values())]


def _joined(lines: Iterable[str]) -> str:
    found: list[str] = []
    for line in lines:
        if line or (found and found[-1]):
            found.append(line)
    return "\n".join(found).rstrip() + "\n"
