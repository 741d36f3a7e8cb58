"""What to do about a database that fails: a sentence for each family of causes."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from nim_core.words import N_, Sentence

_LOCKED = N_(
    "Another program has held it locked for too long. End that program (a backup, a database browser), then go on."
)
_FULL = N_("The disk is full. Free some space, then go on.")
_NOT_WRITABLE = N_("It may not be written. Check the rights of the file and of its folder, or name another store.")
_DAMAGED = N_(
    "The file is damaged, or it is no store. Move it and the files beside it of the same name elsewhere: a new store "
    "is begun, and `sqlite3 FILE .recover` saves what can be read of the old one."
)
_UNREACHABLE = N_("The database cannot be reached. Check that its server runs and that the address names it rightly.")
_OTHERWISE = N_("Check that its folder exists, that the disk is not full and that it may be written.")

_BY_SQLITE_NAME = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _NOT_WRITABLE,
    "SQLITE_PERM": _NOT_WRITABLE,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
_BY_POSTGRES_CLASS = {"08": _UNREACHABLE, "57": _UNREACHABLE, "53": _FULL, "25": _NOT_WRITABLE, "42": _NOT_WRITABLE}


def explained(error: SQLAlchemyError) -> Sentence:
    """The database's own words and what to do, without a statement or its values.

    >>> str(explained(SQLAlchemyError()))
    'SQLAlchemyError. Check that its folder exists, that the disk is not full and that it may be written.'
    """
    if not isinstance(error, DBAPIError) or error.orig is None:
        reason, advice = type(error).__name__, _OTHERWISE
    else:
        reason, advice = " ".join(str(error.orig).split()).rstrip(".?"), _advice(error)
    return Sentence(N_("{reason}. {advice}"), {"reason": reason, "advice": Sentence(advice)})


def _advice(error: DBAPIError) -> str:
    original = error.orig
    # An extended name such as SQLITE_BUSY_SNAPSHOT or SQLITE_IOERR_WRITE begins with the name of its family.
    name = "_".join(getattr(original, "sqlite_errorname", "").split("_")[:2])
    if name:
        return _BY_SQLITE_NAME.get(name, _OTHERWISE)
    state = getattr(original, "sqlstate", None)
    if state:
        return _BY_POSTGRES_CLASS.get(state[:2], _OTHERWISE)
    return _UNREACHABLE if isinstance(error, OperationalError) else _OTHERWISE
