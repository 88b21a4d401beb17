"""Write the part of an offline provider schema that a configuration uses: narrow_schema.py SCHEMA.gz FOLDER OUT."""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

_USED = re.compile(r'^(?:resource|data|mock_resource|mock_data) "(\w+)"', re.MULTILINE)


def main(schema: Path, folder: Path, out: Path) -> None:
    """Keep the provider's own schema and those of the types that a `.tf` or `.hcl` file below `folder` names."""
    files = [*folder.rglob("*.tf"), *folder.rglob("*.hcl")]
    used = {name for file in files for name in _USED.findall(file.read_text())}
    document = json.loads(gzip.decompress(schema.read_bytes()))
    for provider in document["provider_schemas"].values():
        for kind in ("resource_schemas", "data_source_schemas"):
            provider[kind] = {name: body for name, body in provider[kind].items() if name in used}
    out.write_text(json.dumps(document))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
