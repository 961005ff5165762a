"""The program: runs the app, and owns exit codes, signals, and what happens when the output cannot be written."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """Run losscli and return its exit code; a run that a signal ends, dies of that signal, as the shell expects."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # losscli has threads of its own
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if sys.stdout is None:
        _complain("standard output is closed.")
        return 4
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper, in a program
    from losscli.cli import app
    from losscli.errors import LosscliError

    try:
        try:
            app(prog_name="losscli")
            code = 0
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        sys.stdout.flush()
    except LosscliError as error:
        sys.stdout.flush()
        _complain(str(error))
        code = error.exit_code
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _complain(f"writing failed: {error.strerror or error}.")
        code = 4
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if os.environ.get("LOSSCLI_DEBUG"):
            raise
        _complain(f"a bug in losscli: {type(error).__name__}: {error}. LOSSCLI_DEBUG=1 shows where.")
        code = 70
    if code == 130:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return code


def _complain(message: str) -> None:
    from losscli.messages import printable

    os.write(2, f"losscli: {printable(message)}\n".encode(errors="backslashreplace"))


if __name__ == "__main__":
    sys.exit(main())
