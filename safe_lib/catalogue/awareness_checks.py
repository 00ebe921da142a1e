"""What `safe check` asks of the messages: every language has each of them, no word on paper gives a holder away, minutes add up, cards are small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.awareness import OWN, in_words, plan_file, plan_words, word_files, words_of
from safe_lib.catalogue.awareness_shapes import LanguageShape, PlanShape
from safe_lib.catalogue.card_words import load_card_words
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.engine.awareness import given_away, heard
from safe_lib.model.awareness import A6, BODY_WORDS, HEADLINE_WORDS, Message, Words
from safe_lib.model.errors import CatalogueError, Problems

COMPLETE: Final = ("en", "nl")  # languages that also have every example
SYLLABLES: Final = {"vi": 1.6}  # languages that write syllables apart: as many more "words" for the same sentence
EMERGENCY: Final = "112"  # must stand in the message that says where one can ask

Found = Iterator[tuple[tuple[str | int, ...], str, str]]  # where in the file, problem, repair


def check_awareness(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of the plan, then of every language."""
    try:
        located = read_yaml(plan_file(root=root))
        plan: PlanShape = shaped(PlanShape, located, CatalogueError)
        problems = _told(located, plan_file(root=root).name, _plan(plan))
        problems += _staff(plan, plan_file("nl", root))
        for language, path in word_files(root).items():
            problems += _language(plan, language, path)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    return problems


def _told(located: Located, name: str, found: Found) -> list[CatalogueError]:
    return [CatalogueError(f"awareness/{name}", located.line(*where), problem, repair=repair) for where, problem, repair in found]


# The plan


def _plan(plan: PlanShape) -> Found:
    if plan.history[-1].version != plan.version:
        yield ("history",), f"the last entry is not of version {plan.version}.", "Say what this version changes."
    for name, theme in plan.themes.items():
        yield from _known(("themes", name), theme.messages, plan)
    for id, group in plan.audiences.items():
        yield from _known(("audiences", id), [*group.leaves_out, *group.needs], plan)
        if (group.ages[0] < 18) != (group.paper == "trained"):
            yield ("audiences", id, "paper"), "people under 18 get paper from trained staff only.", "Write `paper: trained` where the ages begin under 18."
        for question in set(group.questions) - set(plan.questions):
            yield ("audiences", id, "questions"), f'"{question}" is no question.', "Correct it."
    for id, message in plan.messages.items():
        for source in set(message.sources) - set(plan.sources):
            yield ("messages", id), f'it names the source "{source}", which is not listed.', "List it under `sources:`."
    for id, made in plan.prints.items():
        if made.carried and (min(made.millimetres) > A6[0] or max(made.millimetres) > A6[1]):
            yield ("prints", id), "what somebody carries is larger than A6, so that it cannot be hidden in a hand.", "Make it 105 by 148 millimetres or less."
    yield from _sessions(plan)


def _known(where: tuple[str | int, ...], ids: Sequence[str], plan: PlanShape) -> Found:
    for id in ids:
        if id not in plan.messages:
            yield where, f'"{id}" is no message.', "Correct it."


def _sessions(plan: PlanShape) -> Found:
    record = in_words(plan, OWN, None, "")
    for id, session in plan.sessions.items():
        where = ("sessions", id)
        total = sum(block.minutes for block in session.blocks)
        if total != session.minutes:
            yield (*where, "minutes"), f"the parts take {total} minutes together, the session says {session.minutes}.", "Change a part, or the session."
        for block in session.blocks:
            yield from _known(where, block.messages, plan)
        told = {message for block in session.blocks for message in block.messages}
        for audience in session.audiences:
            if audience not in plan.audiences:
                yield where, f'"{audience}" is no group.', "Correct it."
            elif left := set(heard(record, session.theme, audience)) - told:
                yield where, f"{', '.join(sorted(left))} of its theme is told in no part.", "Name it in `messages:` of a part."


def _staff(plan: PlanShape, path: Path) -> list[CatalogueError]:
    """What the Dutch words for staff lack, or have too much."""
    located, said = read_yaml(path), plan_words(path)
    found: list[tuple[tuple[str | int, ...], str, str]] = []
    if said.translates.version != plan.version:
        problem = f"it translates version {said.translates.version}, the plan is {plan.version}."
        found.append((("translates",), problem, "Read it again, then change the version."))
    own: Any = plan
    for part in ("themes", "audiences", "messages", "prints", "sessions", "rules", "refusals"):
        wanted, there = set(getattr(own, part)), set(getattr(said, part))
        found += [((part,), f'"{id}" is not translated.', "Add it.") for id in sorted(wanted - there)]
        found += [((part, id), f'there is no "{id}" in the plan.', "Correct the id, or remove it.") for id in sorted(there - wanted)]
    for id, group in plan.audiences.items():
        if id in said.audiences and len(said.audiences[id].notes) != len(group.notes):
            found.append((("audiences", id), "the notes have another number than in the plan.", "Translate each of them."))
    for id, session in plan.sessions.items():
        if id in said.sessions and set(said.sessions[id].blocks) != {block.id for block in session.blocks}:
            found.append((("sessions", id), "the parts are others than in the plan.", "Translate each of them."))
    return _told(located, path.name, iter(found))


# A language


def _language(plan: PlanShape, language: str, path: Path) -> list[CatalogueError]:
    try:
        located = read_yaml(path)
        said: LanguageShape = shaped(LanguageShape, located, CatalogueError)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    return _told(located, f"words/{path.name}", (one for part in (_whole(plan, said, language), _lengths(said), _neutral(words_of(said))) for one in part))


def _whole(plan: PlanShape, said: LanguageShape, language: str) -> Found:
    if said.language != language:
        yield ("language",), f'the language "{said.language}" is not the name of the file.', f"Write `language: {language}`."
    if said.translates != plan.version:
        yield ("translates",), f"it translates version {said.translates}, the plan is {plan.version}.", "Read it again, then change the version."
    if said.status == "draft" and not said.fixed.not_reviewed:
        yield ("fixed", "not_reviewed"), "a draft does not say on its prints that nobody has read it.", "Write it under `not_reviewed:`."
    for id in plan.messages:
        if id not in said.messages:
            yield ("messages",), f"the message {id} is missing.", "Translate it; until then nothing with it is printed in this language."
        elif language in COMPLETE and not said.messages[id].example:
            yield ("messages", id), f"{id} has no example.", "Translate it."
    for id in set(said.messages) - set(plan.messages):
        yield ("messages", id), f'there is no message "{id}" in the plan.', "Correct the id, or remove it."
    for audience, group in plan.audiences.items():
        for id in group.needs:
            if id in said.messages and not said.messages[id].variants.get(audience):
                yield ("messages", id), f"{id} has no words of its own for {audience}.", f"Add them under `for: {{{audience}: …}}`."
    for id in set(plan.questions) - set(said.questions):
        yield ("questions",), f"the question {id} is missing.", "Translate it."


def _lengths(said: LanguageShape) -> Found:
    factor = SYLLABLES.get(said.language, 1)
    words = words_of(said)
    for one in (*words.messages.values(), *words.variants.values()):
        for name, text, most in (("headline", one.headline, HEADLINE_WORDS), ("body", one.body, BODY_WORDS)):
            if len(text.split()) > most * factor:
                yield ("messages", one.id), f"the {name} has {len(text.split())} words; {most * factor:.0f} at most are read at a glance.", "Say it in fewer."
    if "K12" in said.messages and EMERGENCY not in said.messages["K12"].body:
        yield ("messages", "K12"), f"the number {EMERGENCY} does not stand in it.", "Write it in these digits, which every telephone shows."


def _neutral(words: Words) -> Found:
    card = load_card_words()
    everything: list[tuple[tuple[str, ...], list[str], str]] = []
    everything += [(("messages", one.id), _handed(one), one.example) for one in (*words.messages.values(), *words.variants.values())]
    everything += [(("fixed",), list(words.fixed.values()), ""), (("questions",), [], " ".join(words.questions.values()))]
    for where, handed, spoken in everything:
        found = set(given_away(words, handed, in_hand=True)) | set(given_away(words, [spoken], in_hand=False))
        found |= {text for text in handed if card.gives_away(text)}
        for word in sorted(found):
            yield where, f'"{word}" gives somebody away who is seen with it.', "Say it in other words."


def _handed(one: Message) -> list[str]:
    return [one.headline, one.body, one.do]
