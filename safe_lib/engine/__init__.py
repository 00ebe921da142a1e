"""Pure rules: the same input gives the same result; no file, no clock, no chance."""

from safe_lib.engine.as_json import as_data, as_json
from safe_lib.engine.assess import ENGINE, assess
from safe_lib.engine.compare import compare
from safe_lib.engine.explain import explain
from safe_lib.engine.plan import plan

__all__ = ["ENGINE", "as_data", "as_json", "assess", "compare", "explain", "plan"]
