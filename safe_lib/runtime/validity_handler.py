"""The route `/validity`: topics of the figures beside what was counted outside, for those who judge the figures."""

from __future__ import annotations

import asyncio

import tornado.web

from safe_lib import release
from safe_lib.catalogue import load_texts
from safe_lib.model.errors import NotPermitted
from safe_lib.runtime.handlers import Page
from safe_lib.validity import credits_of_figures, figures_beside_outcomes
from safe_lib.widgets.shell import page_shell
from safe_lib.widgets.validity_views import validity_page


class Validity(Page):
    """How far the figures can be trusted. No country gets a number here either."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Compare, and show it with its limits; 403 for those who do not judge the figures, who work on cases among them."""
        self.keep_language()
        desk = self.desk()
        try:
            found = await asyncio.to_thread(figures_beside_outcomes, desk)
        except NotPermitted:
            raise tornado.web.HTTPError(403) from None
        texts = load_texts(desk.language)
        self.finish(page_shell(self.frame(here="/validity", marks=release.marks(desk, texts)), validity_page(found, texts, credits_of_figures())))
