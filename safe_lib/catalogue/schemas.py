"""JSON Schemas of the data files, so that an editor can help whoever writes one. They come from the shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from safe_lib.catalogue import paths
from safe_lib.catalogue.course_shapes import BankShape as QuestionBankShape
from safe_lib.catalogue.course_shapes import CourseShape, LessonShape
from safe_lib.catalogue.letter_shapes import LetterShape
from safe_lib.catalogue.procedure_shapes import ProcedureShape
from safe_lib.catalogue.programme_shapes import ProgrammeShape, WorkshopShape
from safe_lib.catalogue.shapes import BankShape, InstrumentShape, TranslationShape
from safe_lib.model.errors import WrongUse

SHAPES: Final[Mapping[str, type[BaseModel]]] = {"instrument": InstrumentShape, "bank": BankShape, "translation": TranslationShape,
                                                "procedure": ProcedureShape, "letter": LetterShape, "course": CourseShape, "lesson": LessonShape,
                                                "question_bank": QuestionBankShape, "programme": ProgrammeShape, "workshop": WorkshopShape}
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """File name → JSON Schema, one for each kind of file."""
    return {f"{kind}.json": _schema(kind, shape) for kind, shape in SHAPES.items()}


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, which is made if need be.

    Raises:
        WrongUse: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in schemas().items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise WrongUse(f"{folder}: the schemas cannot be written ({problem.strerror}).\n  Name a folder that you may write in.") from None


def outdated_schemas(folder: Path | None = None) -> tuple[str, ...]:
    """The committed schemas that no longer say what the shapes say."""
    base = folder or paths.INSTRUMENTS / "schemas"
    return tuple(name for name, text in schemas().items() if not (base / name).is_file() or (base / name).read_text(encoding="utf-8") != text)


def _schema(kind: str, shape: type[BaseModel]) -> str:
    said = {"$schema": DIALECT, **shape.model_json_schema(), "title": f"SAFE Workbooks: {kind}"}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"
