"""`safe user`, `safe audit` and `safe erase`: people and their rights, the trail, and what needs two persons."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import say_json
from safe_lib.model.errors import StoreError, WrongUse

if TYPE_CHECKING:
    from safe_lib.model.case import AuditLine
    from safe_lib.model.person import Request
    from safe_lib.teamwork import Verified

UserName = Annotated[str, typer.Argument(metavar="USER", help="A user name.")]
Roles = Annotated[list[str], typer.Option("--role", metavar="ROLE", help="specialist, volunteer, coordinator, analyst, administrator or batch; repeatable.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the trail of the case.")]
NewFile = Annotated[Path | None, typer.Option("--new-passphrase-file", metavar="FILE", help="A file only you may read (mode 600); else you are asked, twice.")]
ProofFile = Annotated[Path | None, typer.Option("--proof", metavar="FILE", help="Write a proof for the person; .html, .pdf, .docx or .json.")]
HandOver = Annotated[Path | None, typer.Option("--write-passphrase", metavar="FILE", help="Write the first passphrase into this new private file.")]

user = typer.Typer(name="user", no_args_is_help=True, help="People: who may open the store, who works on a case, what needs two.", rich_markup_mode=None)
audit = typer.Typer(name="audit", no_args_is_help=True, help="The audit trail: is it whole, and what does it say.", rich_markup_mode=None)


# People


@user.command("list")
def list_people(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Everybody there is or was, with their roles."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        found = teamwork.people(desk)
    rows: list[dict[str, Any]] = [
        {"user": one.user, "name": one.name, "roles": sorted(one.roles), "active": one.active, "codes": one.has_code} for one in found
    ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        print(f"{row['user']:<20} {', '.join(row['roles']):<40} {'' if row['active'] else 'removed'}{'codes' if row['codes'] else ''}".rstrip())


@user.command("add")
def add(name: UserName, role: Roles, display: Annotated[str, typer.Option("--name", help="As colleagues know them.")] = "", write: HandOver = None,
        store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Let somebody in. The first passphrase is made by chance; tell it in person, they change it when they first come."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        member, phrase = teamwork.add_person(desk, name, role, name=display)
    _hand_over(phrase, write, as_json, {"user": member.user, "roles": sorted(member.roles)})


@user.command("remove")
def remove(name: UserName, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Take every key and the way in from somebody who leaves. The file gets a new key at once, each case before its next word."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        teamwork.remove_person(desk, name)
    print(f"{name} cannot come in any more.")


@user.command("role")
def role(name: UserName, role: Roles, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Give somebody these roles and no others."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        member = teamwork.set_roles(desk, name, role)
    print(f"{member.user}: {', '.join(sorted(member.roles))}.")


@user.command("reset")
def reset(name: UserName, write: HandOver = None, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None,
          as_json: AsJson = False) -> None:
    """A new passphrase for somebody who lost theirs. Codes stay demanded; cases come back when somebody who holds them comes in."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        phrase = teamwork.reset_person(desk, name)
    _hand_over(phrase, write, as_json, {"user": name})


@user.command("passphrase")
def passphrase(new: NewFile = None, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Another passphrase of your own."""
    from safe_lib import teamwork
    from safe_lib.store.passphrase import read_passphrase

    with open_desk(store, passphrase_file, person=person) as desk:
        old = read_passphrase(passphrase_file, prompt="Old passphrase, once more: ")
        chosen = read_passphrase(new, prompt="New passphrase: ")
        if new is None and read_passphrase(None, prompt="New passphrase, once more: ") != chosen:
            raise WrongUse("passphrase: the two are not the same; nothing was changed.\n  Try again.")
        teamwork.change_passphrase(desk, old, chosen)
    print("The new passphrase opens the store from now on.")


@user.command("code")
def code(off: Annotated[bool, typer.Option("--off", help="Turn codes off, with a last code.")] = False,
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Turn one-time codes on for yourself (or off): a second factor on the pages. Recovery codes are shown once."""
    import segno

    from safe_lib import teamwork
    from safe_lib.store import codes

    with open_desk(store, passphrase_file, person=person) as desk:
        if off:
            teamwork.turn_off_codes(desk, typer.prompt("Code of now"))
            print("Codes are off.")
            return
        secret = codes.new_secret()
        segno.make(codes.address_of(secret, desk.person), error="m").terminal(compact=True)
        print(f"Scan it with the telephone, or type: {secret}")
        kept = teamwork.turn_on_codes(desk, secret, typer.prompt("Code of now"))
    print("Codes are on. Keep these on paper; each lets you in once if the telephone is gone:")
    print("\n".join(f"  {one}" for one in kept))


# Cases and people


@user.command("hands")
def hands(ref: CaseReference, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Who works on a case, and who may never see it."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        found = teamwork.hands(desk, ref)
    if as_json:
        say_json({"case": found.ref, "assigned": list(found.assigned), "excluded": list(found.excluded)})
        return
    print(f"{found.ref}: {', '.join(found.assigned) or 'nobody'}" + (f"; excluded: {', '.join(found.excluded)}" if found.excluded else ""))


@user.command("assign")
def assign(ref: CaseReference, name: UserName, take_off: Annotated[bool, typer.Option("--take-off", help="Take them off the case instead.")] = False,
           store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Let somebody work on a case, or take them off it; then it gets a new key."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        (teamwork.unassign if take_off else teamwork.assign)(desk, ref, name)
    print(f"{ref}: {name} {'no longer works' if take_off else 'works'} on it.")


@user.command("exclude")
def exclude(ref: CaseReference, name: UserName, reason: Reason, back: Annotated[bool, typer.Option("--take-back", help="Take an exclusion back.")] = False,
            store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Keep somebody away from a case for good, whatever their roles."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        (teamwork.include if back else teamwork.exclude)(desk, ref, name, reason)
    print(f"{ref}: {name} {'is no longer' if back else 'is'} excluded.")


@user.command("break-glass")
def break_glass(ref: CaseReference, reason: Reason, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Open a case that is not yours, for an hour, in an emergency. The coordinator and whoever is responsible are told at once."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        until = teamwork.break_glass(desk, ref, reason)
    print(f"{ref}: open to you until {until.astimezone().strftime('%H:%M')}.")


@user.command("trail")
def trail(ref: CaseReference, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Who did what with a case: emergencies first, then the newest."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        _say_lines(teamwork.trail(desk, ref), as_json)


# What needs two persons


@user.command("requests")
def requests(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """What somebody asked and nobody has agreed to yet."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        found = [_request(one) for one in teamwork.requests(desk)]
    if as_json:
        say_json(found)
        return
    for one in found:
        print(f"{one['number']:>5}  {one['what']:<8} {one['subject']:<30} {one['status']:<8} asked by {one['asked_by']}")


@user.command("ask")
def ask(what: Annotated[str, typer.Argument(metavar="WHAT", help="export, or a setting such as rest_minutes=5.")],
        store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Ask for what a second person has to agree to: to let many cases leave today, or to settle something otherwise."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        name, _, value = what.partition("=")
        asked = teamwork.ask_export(desk) if what == "export" else teamwork.ask_policy(desk, name, value)
    _say_asked(asked, as_json)


@user.command("agree")
def agree(number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the request.")],
          refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it, or take your own back.")] = False,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """Agree to what somebody else asked; an erasure and a setting are carried out at once."""
    from safe_lib import teamwork
    from safe_lib.person import erasing

    with open_desk(store, passphrase_file, person=person) as desk:
        (teamwork.withdraw if refuse else erasing.agree)(desk, number)
    print(f"Request {number}: {'withdrawn' if refuse else 'agreed'}.")


@user.command("policy")
def policy(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """What the team has settled."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        found = teamwork.policy(desk)
    say_json(found) if as_json else print("\n".join(f"{name}={value}" for name, value in found.items()))


def erase(ref: CaseReference, proof: ProofFile = None,
          discreet: Annotated[bool, typer.Option("--discreet", help="A title of the proof that tells a stranger nothing.")] = False,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
          as_json: AsJson = False) -> None:
    """Erase a case for good: the first person asks, the second, by the same command, agrees; then no copy of it can be read any more.

    With --proof a paper for the person is written: when, by whom, and which copies may still exist. It can be made again later.
    """
    from safe_lib import copies, teamwork
    from safe_lib.cli.safekeeping import say_waiting
    from safe_lib.person import erasing

    form = _form_of(proof)
    with open_desk(store, passphrase_file, language=language_of(language), person=person) as desk:
        waiting = erasing.open_request(desk, ref)
        if waiting is not None and waiting.asked_by != desk.person:
            made = erasing.agree(desk, waiting.id)
        elif proof is not None and desk.open_store().tombstone(ref) is not None:
            made = erasing.proof_again(desk, ref)
        else:
            _say_asked(teamwork.ask_erasure(desk, ref), as_json)
            return
        if proof is not None and made is not None:
            from safe_lib.cli.documents import _write
            from safe_lib.report.for_person import proof_paper

            _write(proof, proof_paper(made, desk.language, form, discreet=discreet))
        old = copies.waiting(desk)
    if as_json:
        say_json({"case": ref, "erased": True, "copies_to_replace": [one.place for one in old], **({"proof": str(proof)} if proof else {})})
        return
    print(f"{ref} is erased. Its key is destroyed; that it was erased is all that stays." + (f" Proof: {proof}." if proof else ""))
    say_waiting(old)


def _form_of(proof: Path | None) -> str:
    """The form of a proof, by the end of its file name; refused before anything is erased."""
    from safe_lib.cli.documents import Format, _require_room

    if proof is None:
        return ""
    form = proof.suffix.lstrip(".").lower()
    if form not in {one.value for one in Format}:
        raise WrongUse("--proof: the name of the file says its form.\n  End it with .html, .pdf, .docx or .json.")
    _require_room(proof)
    return form


# The trail


Noted = Annotated[str, typer.Option("--anchor", metavar="NUMBER:HASH", help="An end of the trail that you noted: is it still there?")]


@audit.command("verify")
def verify(anchor: Noted = "", store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Whether every line of the trail follows the one before; if not, the first that does not.

    With an anchor, also whether lines were cut off at the end since it was noted (`safe audit anchor`).
    """
    from safe_lib import teamwork
    from safe_lib.model.anchor import anchor_of

    noted = anchor_of(anchor) if anchor else None
    with open_desk(store, passphrase_file, person=person) as desk:
        found = teamwork.verify_trail(desk, noted)
    if as_json:
        missing = [{"case": ref, "what": what} for ref, what in found.missing]
        say_json({"lines": found.lines, "whole": found.is_whole, "first_bad": found.first_bad, "missing": missing, "last": found.last,
                  "lost": [str(one) for one in found.lost]})
    elif found.is_whole:
        print(f"The trail is whole: {found.lines} lines, the last with the hash {found.last}.")
    _refuse_broken(found)


def _refuse_broken(found: Verified) -> None:
    """Say what is wrong with the trail, the worst first."""
    keep = "\n  Keep the files as they are, and compare them with the last safety copy."
    if found.first_bad is not None:
        raise StoreError(f"audit: line {found.first_bad} does not follow the line before it: it was changed, moved, put in or taken out.{keep}")
    if found.lost:
        raise StoreError(f"audit: line {min(one.line for one in found.lost)} was noted, and is not there any more as it was: "
                         f"the end was cut off, or an older copy was put back.{keep}")
    if found.missing:
        raise StoreError(f"audit: less is there than the trail says was written: {', '.join(f'{ref} ({what})' for ref, what in found.missing)}.{keep}")


@audit.command("anchor")
def anchor(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """The end of the trail, to be noted elsewhere: with it, `safe audit verify --anchor` shows later whether lines were cut off."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        found = teamwork.anchor(desk)
    say_json({"anchor": str(found), "line": found.line, "hash": found.hash}) if as_json else print(found)


@audit.command("list")
def list_lines(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """Every line; what it says of a case only where you hold its key."""
    from safe_lib import teamwork

    with open_desk(store, passphrase_file, person=person) as desk:
        _say_lines(teamwork.whole_trail(desk), as_json)


# How it is said


def _hand_over(phrase: str, write: Path | None, as_json: bool, about: dict[str, Any]) -> None:
    from safe_lib.store.passphrase import write_passphrase

    if write is not None:
        write_passphrase(write, f"{phrase}\nperson: {about['user']}")
    if as_json:
        say_json({**about, "passphrase_file": str(write) if write else None, **({} if write else {"passphrase": phrase})})
        return
    print(f"{about['user']} may come in." + (f" The first passphrase stands in {write}." if write else " The first passphrase, to be told in person:"))
    if write is None:
        print(f"  {phrase}")


def _request(one: Request) -> dict[str, Any]:
    return {"number": one.id, "what": one.what, "subject": one.subject, "asked_by": one.asked_by, "asked": one.asked.isoformat(), "status": one.status}


def _say_asked(one: Request, as_json: bool) -> None:
    if as_json:
        say_json(_request(one))
    else:
        print(f"Request {one.id}: a second person has to agree (safe user agree {one.id}).")


def _say_lines(lines: tuple[AuditLine, ...], as_json: bool) -> None:
    rows = [{"sequence": one.sequence, "at": one.at.isoformat(), "by": one.by, "what": one.what, "case": one.ref, "detail": one.detail} for one in lines]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        moment = datetime.fromisoformat(str(row["at"])).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        print(f"{row['sequence']:>7}  {moment}  {row['by']:<16} {row['what']:<20} {row['case']:<10} {row['detail']}".rstrip())
