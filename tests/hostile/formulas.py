"""Texts that spreadsheet programs take for formulas, also behind what cannot be seen (SEC-38). Some were seen in attacks."""

from __future__ import annotations

from itertools import product

COMMANDS = (
    "=1+1", "=cmd|'/C calc'!A0", "=HYPERLINK(\"http://127.0.0.1:9/\"&A1,\"open\")", "=WEBSERVICE(\"http://127.0.0.1:9/\"&A1)", "=IMPORTXML(\"http://127.0.0.1:9/\",\"//a\")",
    "=DDE(\"cmd\";\"/C calc\";\"x\")", "+cmd|'/C calc'!A0", "+1+1", "-1+1", "-2+3+cmd|'/C calc'!A0", "@SUM(1+1)", "@SUM(1+1)*cmd|'/C calc'!A0", "%0A=1+1", "|calc",
    "=IFERROR(1/0,\"x\")", "=-+-+1", "=\"a\"&\"b\"", "=A1:Z99", "=$A$1", "=CALL(\"urlmon\",\"URLDownloadToFileA\")", "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "=EXEC(\"calc\")", "=INFO(\"directory\")", "='file:///etc/passwd'#$passwd.A1",
)  # fmt: skip
WIDE = ("＝1+1", "＋1+1", "－1+1", "＠SUM(1+1)", "﹦1+1", "﹢1+1", "﹣1+1", "﹫SUM(1)", "⁼1+1", "⁺1+1", "⁻1+1", "₌1+1", "\N{MINUS SIGN}1+1")
UNSEEN = (
    "", " ", "   ", "\t", "\r", "\n", "\r\n", "\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b[0m"[:1], "\x1f", "\x7f", "\x85", "\xa0", "\xad", "\u034f", "\u061c", "\u115f", "\u1160",
    "\u1680", "\u17b4", "\u180e", "\u2000", "\u2003", "\u2007", "\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e",
    "\u202f", "\u205f", "\u2060", "\u2061", "\u2066", "\u2069", "\u206a", "\u2800", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\U000e0001", "\U000e0020",
    " \ufeff\u200b", "\u200b\t \xa0", "\x00\x00 ",
)  # fmt: skip
INSIDE = tuple(f"word{end}{formula}" for end, formula in product((";", "\t", "\n", "\r\n", ";\u200b", '";"', "; "), COMMANDS[:9]))

FORMULAS = tuple(dict.fromkeys([*COMMANDS, *WIDE, *(f"{before}{formula}" for before, formula in product(UNSEEN, ("=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1+1"))), *INSIDE]))
HARMLESS = ("", "a", "1", "no = sign", "2026-11-21", "a-b", "e@example.org", "\u2013", "\u201cquoted\u201d", "Jos\u00e9", "\u0639\u0645\u0631", "1+1", "; none", "'=1", "\U0001f9ff", "a\nb")
