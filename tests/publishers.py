"""Servers on this machine that play the publishers, with answers of the shape the real ones give, and every trouble they can make.

A `Publisher` answers each request by a function from what was asked to a `Reply`; it remembers all requests. The plays
below give good answers made from figures; `troubled` puts a trouble before or in place of them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Figures = Mapping[tuple[str, str, int], Any]  # country, indicator, year → value


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: str = ""

    def value(self, name: str, default: str = "") -> str:
        return dict(self.query).get(name, default)


@dataclass(frozen=True)
class Reply:
    """One answer: JSON, or raw bytes."""

    data: Any = None
    status: int = 200
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0  # bytes that are promised and never sent

    @property
    def content(self) -> bytes:
        return self.raw if self.raw is not None else json.dumps(self.data).encode()


Play = Callable[[Asked], Reply]


class Publisher:
    """A server that plays one publisher."""

    def __init__(self, play: Play) -> None:
        self.play, self.seen = play, []  # type: tuple[Play, list[Asked]]
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def _handler(publisher) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

            def _answer(self, body: str) -> None:
                parts = urlsplit(self.path)
                asked = Asked(self.command, parts.path, tuple(parse_qsl(parts.query)), dict(self.headers), body)
                publisher.seen.append(asked)
                reply = publisher.play(asked)
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content) + reply.cut))
                self.end_headers()
                try:
                    self.wfile.write(reply.content)
                except (BrokenPipeError, ConnectionResetError):
                    return
                if reply.cut:
                    self.close_connection = True

            def log_message(self, format: str, *arguments: Any) -> None:
                return

        return Handler


@contextmanager
def playing(play: Play) -> Iterator[Publisher]:
    """A publisher while the test lasts."""
    publisher = Publisher(play)
    thread = threading.Thread(target=publisher.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        publisher.server.shutdown()
        publisher.server.server_close()


def troubled(play: Play, *troubles: Reply | None) -> Play:
    """The first answers are troubles (None: a good one), then the play goes on."""
    waiting = list(troubles)

    def answer(asked: Asked) -> Reply:
        trouble = waiting.pop(0) if waiting else None
        return trouble or play(asked)

    return answer


def always(reply: Reply) -> Play:
    """The same answer to everything."""
    return lambda asked: reply


# The troubles that every service can make.

WEB_PAGE = Reply(raw=b"<!DOCTYPE html><html><body>Maintenance</body></html>", headers={"Content-Type": "text/html"})
CUT = Reply(raw=b'[{"page":1,"pages":1,"per', headers={})
BROKEN_OFF = Reply(raw=b'{"page":1,', cut=500)
BUSY = Reply(status=429, raw=b"slow down", headers={"Retry-After": "7"})
BROKEN = Reply(status=500, raw=b"oops")
GONE = Reply(status=410, raw=b"{}")
NOT_THERE = Reply({"error": "not found"}, status=404)


# Good answers.

def world_bank(figures: Figures, codes: Mapping[str, str], page_size: int = 100_000, updated: str = "2026-07-01") -> Play:
    """Indicators API version 2; with the world and a group of incomes among the countries, and a year without a value."""
    by_code = {code: indicator for indicator, code in codes.items()}

    def answer(asked: Asked) -> Reply:
        code = asked.path.rpartition("/")[2]
        if code not in by_code:
            return Reply([{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}])
        rows = [_bank_row(code, "WLD", 2020, 50.0), _bank_row(code, "", 2020, 40.0), _bank_row(code, "NLD", 1999, None)]
        rows += [_bank_row(code, iso3, year, value) for (iso3, indicator, year), value in figures.items() if indicator == by_code[code]]
        pages = -(-len(rows) // page_size)
        page = int(asked.value("page", "1"))
        head = {"page": page, "pages": pages, "per_page": page_size, "total": len(rows), "sourceid": asked.value("source"), "lastupdated": updated}
        return Reply([head, rows[(page - 1) * page_size : page * page_size]])

    return answer


def _bank_row(code: str, iso3: str, year: int, value: float | None) -> dict[str, Any]:
    return {"indicator": {"id": code, "value": "An indicator"}, "country": {"id": "1W" if iso3 in ("WLD", "") else iso3[:2], "value": "A name"},
            "countryiso3code": iso3, "date": str(year), "value": value, "unit": "", "obs_status": "", "decimal": 0}


def unhcr(figures: Figures, page_size: int = 1_000) -> Play:
    """Refugee Statistics API; numbers as texts here and there, stateless people among the origins."""
    fields = {"refugees": "refugees_from", "asylum_seekers": "asylum_seekers_from", "idps": "idps_conflict", "returned_refugees": "returned_refugees",
              "returned_idps": "returned_idps"}

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/asylum-applications/"):
            rows = [row for (iso3, indicator, year), value in figures.items() if indicator == "asylum_applications_by"
                    for row in _applications(iso3, year, int(value))]
        else:
            origins = sorted({(iso3, year) for iso3, indicator, year in figures if indicator in fields.values()})
            rows = [{**_origin(iso3, year), **{field: _text(figures.get((iso3, id, year), "-")) for field, id in fields.items()},
                     "stateless": 0, "ooc": "-", "oip": "-", "hst": 0} for iso3, year in origins]
            rows.append({**_origin("XXA", 2024), **dict.fromkeys(fields, 10)})
        pages = max(1, -(-len(rows) // page_size))
        page = int(asked.value("page", "1"))
        return Reply({"page": page, "short-url": "abc123", "maxPages": pages, "total": [], "items": rows[(page - 1) * page_size : page * page_size]})

    return answer


def _origin(iso3: str, year: int) -> dict[str, Any]:
    return {"year": year, "coo_id": 1, "coo_name": "A name", "coo": "ABC", "coo_iso": iso3, "coa_id": "-", "coa_name": "-", "coa": "-", "coa_iso": "-"}


def _applications(iso3: str, year: int, applied: int) -> list[dict[str, Any]]:
    """New applications at two kinds of procedure, and appeals that must not be counted."""
    about = {**_origin(iso3, year), "dec_level": "NA", "app_pc": "P"}
    return [{**about, "procedure_type": "G", "app_type": "N", "applied": applied - applied // 3},
            {**about, "procedure_type": "U", "app_type": "N", "applied": str(applied // 3)},
            {**about, "procedure_type": "G", "app_type": "A", "applied": 999}]


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else str(int(value)) if int(value) % 2 else int(value)


def ucdp(figures: Figures, numbers: Mapping[str, int], page_size: int = 1_000, newest: str = "26.1", token: str = "", own: str = "") -> Play:
    """Country-year list of the newest edition; earlier editions are there, a later one is not."""
    names = {"conflict_deaths": "cumulative_total_deaths_in_orgvio_best_cy", "onesided_deaths": "os_total_deaths_best_cy",
             "nonstate_deaths": "ns_total_deaths_best_cy"}

    def answer(asked: Asked) -> Reply:
        if token and asked.headers.get("X-Ucdp-Access-Token", asked.headers.get("x-ucdp-access-token")) != token:
            return Reply({"error": "API token required"}, status=401)
        if asked.path.rpartition("/")[2] != newest:
            return NOT_THERE
        places = sorted({(iso3, year) for iso3, _, year in figures})
        rows = [{"country_id_cy": numbers[iso3], "country_cy": "A name", "year_cy": year, "region_cy": "A region", "sb_total_deaths_best_cy": 0,
                 "version": newest, **{name: figures.get((iso3, id, year), 0) for id, name in names.items()}} for iso3, year in places]
        pages, page = max(1, -(-len(rows) // page_size)), int(asked.value("page", "0"))
        host = own or f"http://{asked.headers['Host']}"
        following = f"{host}{asked.path}?pagesize={page_size}&page={page + 1}" if page + 1 < pages else None
        return Reply({"TotalCount": len(rows), "TotalPages": pages, "PreviousPageUrl": None, "NextPageUrl": following,
                      "Result": rows[page * page_size : (page + 1) * page_size]})

    return answer


def who(figures: Figures, code: str) -> Play:
    """OData list with a region, and rows by sex beside the one for all."""
    def answer(asked: Asked) -> Reply:
        rows = [_who_row(code, "REGION", "AFR", 2020, 20.0, "SEX_BTSX"), _who_row(code, "COUNTRY", "NGA", 2020, 1.0, "SEX_FMLE")]
        rows += [_who_row(code, "COUNTRY", iso3, year, value, "SEX_BTSX") for (iso3, _, year), value in figures.items()]
        return Reply({"@odata.context": "https://example.org/api/$metadata", "value": rows if asked.path.endswith(code) else []})

    return answer


def _who_row(code: str, kind: str, place: str, year: int, value: float, sex: str) -> dict[str, Any]:
    return {"Id": 1, "IndicatorCode": code, "SpatialDimType": kind, "SpatialDim": place, "ParentLocationCode": "AFR", "TimeDimType": "YEAR", "TimeDim": year,
            "Dim1Type": "SEX", "Dim1": sex, "Dim2Type": None, "Dim2": None, "Value": f"{value} [1.0-2.0]", "NumericValue": value, "Low": None, "High": None,
            "Comments": None, "Date": "2026-04-25T00:00:00+02:00"}


def hapi(rows: Iterable[Mapping[str, Any]], needs: bool = False) -> Play:
    """National risk, in pages without a total; who does not say who they are is refused."""
    listed = list(rows)

    def answer(asked: Asked) -> Reply:
        if needs and not asked.value("app_identifier"):
            return Reply({"detail": "Invalid app_identifier"}, status=403)
        start, size = int(asked.value("offset", "0")), int(asked.value("limit"))
        return Reply({"data": listed[start : start + size]})

    return answer


def risk(iso3: str, vulnerability: Any, coping: Any) -> dict[str, Any]:
    return {"location_code": iso3, "location_name": "A name", "risk_class": "4", "global_rank": 18, "overall_risk": 6.5, "hazard_exposure_risk": 7.1,
            "vulnerability_risk": vulnerability, "coping_capacity_risk": coping, "reference_period_start": "2026-01-01T00:00:00",
            "reference_period_end": "2026-12-31T23:59:59", "resource_hdx_id": "abc"}


def eurostat(counts: Mapping[tuple[str, str, str], int], order: Iterable[str] = ("freq", "unit", "citizen", "sex", "age", "decision", "geo", "time"),
             extra: Mapping[str, list[str]] | None = None) -> Play:
    """JSON-stat cube from (citizen, decision, year) → count, with the dimensions in any order."""
    categories = {"freq": ["A"], "unit": ["PER"], "citizen": sorted({citizen for citizen, _, _ in counts}), "sex": ["T"], "age": ["TOTAL"],
                  "decision": ["TOTAL", "TOTAL_POS"], "geo": ["EU27_2020"], "time": sorted({year for _, _, year in counts}), **(extra or {})}
    names = [*order, *(extra or {})]

    def answer(asked: Asked) -> Reply:
        values, status = {}, {}
        for position, cell in enumerate(product(*(categories[name] for name in names))):
            at = dict(zip(names, cell, strict=True))
            count = counts.get((at["citizen"], at["decision"], at["time"]))
            whole = all(at[name] in ("TOTAL", "T") for name in extra or {})
            if count is None:
                status[str(position)] = ":"
            else:
                values[str(position)] = count if whole else 1
        return Reply({"version": "2.0", "class": "dataset", "label": "Decisions", "source": "ESTAT", "updated": "2026-06-20T23:00:00+0200",
                      "id": names, "size": [len(categories[name]) for name in names], "value": values, "status": status,
                      "dimension": {name: {"label": name, "category": {"index": {word: at for at, word in enumerate(categories[name])}}} for name in names}})

    return answer


def reliefweb(reports: Iterable[Mapping[str, Any]], approved: str = "") -> Play:
    """Reports, newest first; an application that is not approved is refused."""
    listed = list(reports)

    def answer(asked: Asked) -> Reply:
        if approved and asked.value("appname") != approved:
            return Reply({"status": 403, "error": {"type": "AccessDeniedHttpException"}}, status=403)
        body = json.loads(asked.body)
        part = listed[body["offset"] : body["offset"] + body["limit"]]
        return Reply({"time": 12, "href": "…", "links": {}, "took": 9, "totalCount": len(listed), "count": len(part),
                      "data": [{"id": str(at), "score": 1, "href": "https://api.reliefweb.int/v2/reports/1", "fields": of} for at, of in enumerate(part)]})

    return answer


def report(title: str, day: str, *countries: str, url: str = "https://reliefweb.int/node/1") -> dict[str, Any]:
    return {"title": title, "url": url, "date": {"original": f"{day}T00:00:00+00:00"}, "source": [{"name": "An agency", "shortname": "AGENCY"}],
            "country": [{"iso3": iso3.lower()} for iso3 in countries]}


def acled(events: Iterable[Mapping[str, Any]], name: str = "", password: str = "", lasts: int = 1_000, may_read: bool = True) -> Play:
    """Event list behind a token that ends after `lasts` requests."""
    listed = list(events)
    given: list[str] = []
    used = {"times": 0}

    def answer(asked: Asked) -> Reply:
        if asked.path == "/oauth/token":
            return _token(dict(parse_qsl(asked.body)), name, password, given, used)
        used["times"] += 1
        if name and (not given or asked.headers.get("Authorization") != f"Bearer {given[-1]}" or used["times"] > lasts):
            return Reply({"message": "Unauthorized"}, status=401)
        if not may_read:
            return Reply({"message": "Forbidden"}, status=403)
        page, size = int(asked.value("page")), int(asked.value("limit"))
        part = listed[(page - 1) * size : page * size]
        return Reply({"status": 200, "success": True, "count": len(part), "data": part})

    return answer


def _token(form: Mapping[str, str], name: str, password: str, given: list[str], used: dict[str, int]) -> Reply:
    known = form.get("refresh_token", "").startswith("again-") if form.get("grant_type") == "refresh_token" else (
        form.get("username"), form.get("password")) == (name, password)
    if not known:
        return Reply({"error": "invalid_grant"}, status=401)
    given.append(f"token-{len(given) + 1}")
    used["times"] = 0
    return Reply({"token_type": "Bearer", "expires_in": 86400, "access_token": given[-1], "refresh_token": f"again-{len(given)}"})


def event(number: str, iso: Any, disorder: str = "Political violence", civilians: str = "") -> dict[str, Any]:
    return {"event_id_cnty": number, "event_date": "2025-03-02", "year": "2025", "iso": iso, "disorder_type": disorder, "civilian_targeting": civilians}
