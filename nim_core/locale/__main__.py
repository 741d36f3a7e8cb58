"""`python -m nim_core.locale`: brings every catalog to what is marked in the source, and compiles it."""

from __future__ import annotations

import sys

from .messages import as_mo, as_po, marked, po_of, translated, updated


def main() -> None:
    """Write the .po and .mo files; exit 1, with the messages that are still to be translated, where there are any."""
    source, missing = marked(), []
    for code in translated():
        kept, path = updated(code, source), po_of(code)
        path.write_bytes(as_po(kept))
        path.with_suffix(".mo").write_bytes(as_mo(kept))
        missing += [f"{code}: {message.id!r}\n" for message in kept if message.id and not all(message.string or ("",))]
    sys.stdout.writelines(missing)
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
