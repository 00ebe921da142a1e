"""The course as a page: the list of its parts, a lesson, the quiz and what came of it."""
