"""The errors that a user can cause, each with the exit code that a command gives it."""


class SongnguError(Exception):
    """Work that failed for a reason the user can act on; the message says what, where and what to do."""

    exit_code = 1


class UsageError(SongnguError):
    """A call that could never work: an unknown name, setting or format, or arguments that contradict."""

    exit_code = 2


def choose(kind: str, name: str, choices: object) -> SongnguError:
    """A `UsageError` that lists the choices: `unknown metric 'bleux'; choose from bleu, chrf, ter`."""
    listed = (
        ", ".join(sorted(str(c) for c in choices))
        if isinstance(choices, (dict, list, tuple, set, frozenset))
        else str(choices)
    )
    return UsageError(f"unknown {kind} {name!r}; choose from {listed}")
