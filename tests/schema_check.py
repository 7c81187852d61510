"""Shipped scenarios are valid by the shipped JSON Schema, and that schema is the one the program prints.

Usage: schema_check.py PROGRAM SCENARIOS
"""
import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml

program, root = sys.argv[1], pathlib.Path(sys.argv[2])
shipped = (root / "scenario.schema.json").read_text()
printed = subprocess.run([program, "schema"], check=True, capture_output=True, text=True).stdout
failures = [] if shipped == printed else ["scenario.schema.json is not what 'kafkasim schema' prints"]

validator = jsonschema.Draft7Validator(json.loads(shipped))
files = sorted(root.rglob("*.yaml"))
for file in files:
    for error in validator.iter_errors(yaml.safe_load(file.read_text())):
        failures.append(f"{file.relative_to(root)}: {'.'.join(map(str, error.path))}: {error.message[:200]}")
    if "yaml-language-server: $schema=../scenario.schema.json" not in file.read_text():
        failures.append(f"{file.relative_to(root)}: no yaml-language-server line")

print("\n".join(failures) or f"{len(files)} scenarios are valid")
sys.exit(1 if failures or not files else 0)
