"""The program: runs the app, and owns exit codes, signals, and what happens when the output cannot be written."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # what takes a while to import, is imported when signals do what they should
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main() -> int:
    """Run losscli and return its exit code; a run that a signal ends, dies of that signal, as the shell expects."""
    _die_of_signals()
    import gc

    gc.set_threshold(100_000, 20, 20)  # documents are trees: looking for cycles among them takes half of the time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # losscli has threads of its own
    _forget_odd_sizes()
    _hold_standard_streams()
    code = run(sys.argv[1:])
    if sys.getprofile() is None and sys.gettrace() is None and not sys.flags.inspect:
        _leave(code)
    return code


def run(arguments: Sequence[str]) -> int:
    """Run one command line in this process and return its exit code."""
    from losscli.errors import LosscliError
    from losscli.terminal.messages import complain

    if sys.stdout is None:
        complain("standard output is closed.")
        return 4
    try:
        try:
            from losscli.cli import app

            app(list(arguments), prog_name="losscli")
            code = 0
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        finally:
            sys.stdout.flush()  # results come before the error that ended them
    except LosscliError as error:
        complain(str(error))
        code = error.exit_code
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered has nowhere to go
        complain(f"writing failed: {error.strerror or error}.")
        code = 4
    except MemoryError:
        complain("the memory of this machine does not hold this input. Cut it into several documents.")
        code = 3
    except Exception as error:
        if os.environ.get("LOSSCLI_DEBUG"):
            import traceback

            traceback.print_exc()
        complain(f"a bug in losscli: {type(error).__name__}: {error}. LOSSCLI_DEBUG=1 shows where.")
        code = 70
    return code


def _die_of_signals() -> None:
    """Undo what Python does about SIGINT (an exception) and SIGPIPE (an error of writing).

    The module below `signal` is there at once; Ctrl-C could strike while `signal` itself is imported.
    """
    import _signal  # type: ignore[import-not-found]  # Python has no stub for it

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # a background job may have it ignored
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    if hasattr(_signal, "SIGPIPE"):
        _signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)


def _forget_odd_sizes() -> None:
    """Take a size of the terminal that is no number out of the environment: Typer and Rich stumble over it."""
    for name in ("COLUMNS", "LINES", "TERMINAL_WIDTH"):
        size = os.environ.get(name, "1")
        if not (size.isascii() and size.isdigit() and len(size) < 6 and int(size)):
            del os.environ[name]


def _leave(code: int) -> NoReturn:
    """End the process: all is written and closed, and the interpreter's own way out takes longer than a small loss."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # nobody takes it; there may be no stream at all
            continue
    os._exit(code)


def _hold_standard_streams() -> None:
    """See to it that no file of ours gets the number of a closed standard stream, and that any text can be written."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    if sys.stderr is None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w", closefd=False)  # noqa: SIM115  as long as the program
    import io

    from losscli.terminal.output import waiting

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None:  # run() says what is to be said when it is
            raw = io.FileIO(stream.fileno(), "w", closefd=False)
            how = {of: getattr(stream, of) for of in ("encoding", "line_buffering", "write_through")}
            setattr(sys, name, waiting(raw, **how))


if __name__ == "__main__":
    sys.exit(main())
