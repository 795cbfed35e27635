"""Prints the columns and rows that DuckDB and pandas read from the files of a folder, and that its programs load, as JSON."""

import json
import runpy
import sys
from pathlib import Path

import duckdb
import pandas


def from_duckdb(relation):
    return {"columns": relation.columns, "rows": relation.fetchall()}


def from_pandas(frame):
    # NaN is not JSON.
    known = frame.astype(object).where(frame.notna(), None)
    return {"columns": list(frame), "rows": known.values.tolist()}


folder = Path(sys.argv[1])
tables = {}
for path in [*folder.iterdir(), *folder.glob("*/*.csv")]:
    name = str(path.relative_to(folder))
    if path.suffix == ".csv":
        tables[f"{name} in DuckDB"] = from_duckdb(duckdb.read_csv(str(path)))
        tables[f"{name} in pandas"] = from_pandas(pandas.read_csv(path))
    elif path.suffix == ".parquet":
        tables[f"{name} in DuckDB"] = from_duckdb(duckdb.read_parquet(str(path)))
        tables[f"{name} in pandas"] = from_pandas(pandas.read_parquet(path))
    elif path.suffix == ".py":
        tables[name] = from_pandas(runpy.run_path(str(path))["rows"])
# Dates are written as in the API.
print(json.dumps(tables, default=str))
