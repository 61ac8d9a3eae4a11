"""Textual's driver for POSIX terminals, made for a line that is slow or drops."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
import threading
import tty
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import chain
from types import FrameType
from typing import Protocol, runtime_checkable

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from jpmanage_tui.ui.terminal import background
from jpmanage_tui.ui.terminal.ascii import input_encoding
from jpmanage_tui.ui.terminal.background import BackgroundFilter
from jpmanage_tui.ui.terminal.differ import CellDiffer
from jpmanage_tui.ui.terminal.input_buffer import ESCAPE, InputBuffer, Pasted, keys_apart
from jpmanage_tui.ui.terminal.terminfo import knows_later_sequences
from jpmanage_tui.ui.terminal.writer import LineWriter

_FLUSH_SECONDS = 1.0
_NEVER_SENT = frozenset(
    {
        "\x1b[?1003h",  # reports of every mouse motion
        "\x1b[?1004h",  # reports of the window's focus, which would repaint the focused widget each time
    }
)
_POINTER = "\x1b]22;"
_PUT_DOWN = "\x1b]8;;\x1b\\\x1b[m"
_EXPLICIT_BIDI, _IMPLICIT_BIDI = "\x1b[8l", "\x1b[8h"
"""ECMA-48's BDSM: reset, each character stays in the cell it was written to; set (what a terminal begins with), a
terminal that does bidirectional text orders each line itself, and text from right to left moves what stands beside it.
https://terminal-wg.pages.freedesktop.org/bidi/recommendation/escape-sequences.html"""
_ASK_AMBIGUOUS_WIDTH = "\r…\x1b[6n\r\x1b[K"
"""Writes a character of ambiguous width (UAX #11), asks where the cursor is, and takes it away again."""
_MOST_CELLS = len("…".encode())
"""The cells that it has in a terminal which takes no UTF-8 and shows each of its bytes."""
_STEADY_BLOCK, _OWN_CURSOR = "\x1b[2 q", "\x1b[0 q"
"""DECSCUSR: a cursor that does not blink; that of the terminal's settings."""
_TICK_SECONDS = 0.1
"""How often the input is looked at while nothing comes: an escape is a key when nothing has followed it."""
_HELD_TICK_SECONDS = 0.02
"""The same while something is held back that may be a key."""
_READ_BYTES = 4096


HANGUP, INTERRUPTED, TERMINATED = 129, 130, 143
_EXIT_CODES = {signal.SIGHUP: HANGUP, signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}


@runtime_checkable
class Endable(Protocol):
    """An app that can be told to end."""

    def end_with(self, code: int) -> None:
        """Begin to end with an exit code; called on the event loop."""


@runtime_checkable
class Measuring(Protocol):
    """An app that wants to know how wide the terminal shows characters of ambiguous width."""

    def take_ambiguous_width(self, cells: int) -> None:
        """Take over the width in cells, 1 or 2; called on the event loop.

        More cells: the terminal shows each byte of a character, since it takes no UTF-8.
        """


@runtime_checkable
class BackgroundTaker(Protocol):
    """An app that wants to know whether the terminal's background is dark."""

    def take_background(self, dark: bool) -> None:
        """Take over whether it is; called on the event loop, when the terminal has answered, if it ever does."""


def _apart(part: str | Pasted) -> list[str | Pasted]:
    return [part] if isinstance(part, Pasted) else list[str | Pasted](keys_apart(part))


class LineDriver(LinuxDriver):
    """A LinuxDriver that draws on stdout, asks little of the terminal and notices when it is gone.

    SIGHUP, SIGINT, SIGTERM and a terminal that goes away end an app that is `Endable`, with the exit
    code that a shell gives. A signal that was ignored when the program started (nohup) stays ignored.
    """

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = False,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Make the driver; the arguments are those of Textual's."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output = sys.__stdout__.fileno() if sys.__stdout__ is not None else 1
        self._line: LineWriter | None = None
        self._active = False
        self._told = False
        self._width_asked = False
        self._knows_later_sequences = knows_later_sequences(os.environ.get("TERM", ""))
        self._background = BackgroundFilter(self._background_told)
        self._background_asked = False

    @property
    def behind(self) -> bool:
        """Whether something written before has not reached the terminal yet."""
        return self._line is not None and self._line.behind

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call `callback` once, on the event loop, as soon as all that was written has gone out."""
        if self._line is not None:
            self._line.when_drained(lambda: self._on_loop(callback))

    def write(self, data: str) -> None:
        """Queue data for the terminal; what it is never asked (mouse motion, focus) is left out."""
        if self._line is None or data in _NEVER_SENT or (data.startswith(_POINTER) and not self._mouse):
            return
        self._line.write(data)

    @property
    def takes_mouse(self) -> bool:
        """Whether the terminal was asked for the mouse."""
        return self._mouse

    def switch_mouse(self, on: bool) -> None:
        """Ask the terminal for the mouse's buttons and wheel, or give the mouse back to it; never for its motion."""
        if on:
            self._mouse = True
            self._enable_mouse_support()
        else:
            self._disable_mouse_support()
            self._mouse = False

    def start_application_mode(self) -> None:
        """Take the terminal over; not in the background, where the shell stops the program until `fg`."""
        line = self._line = LineWriter(self._output, self._gone)
        before = self._writer_thread
        # A resize while this one is told would be told before it, and forgotten.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGWINCH})
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self._take_resizes()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if self._line is not line:
            return  # stopped in the background, continued by `fg`, and started by that
        if self._writer_thread is before:
            self._line = None
            line.close(0)
            return
        self._active = True
        self.write(_EXPLICIT_BIDI)
        if self._knows_later_sequences:
            self.write(_STEADY_BLOCK)
        if self.input_tty:
            self._ask_background()
            if not (isinstance(self._app, CellDiffer) and self._app.ascii_only):
                self._width_asked = True
                self.write(_ASK_AMBIGUOUS_WIDTH)
        self._let_the_stop_key_stop()
        self._take_signals()
        threading.Thread(target=self._watch, args=(line,), name="terminal-watch", daemon=True).start()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._active = self._width_asked = False
        own_cursor = _OWN_CURSOR if self._knows_later_sequences else ""
        self.write(_PUT_DOWN + _IMPLICIT_BIDI + own_cursor)
        super().stop_application_mode()

    def close(self) -> None:
        """End the output; a terminal that reads no more is not waited for."""
        super().close()
        if self._line is not None:
            self._line.close(_FLUSH_SECONDS)
            self._line = None

    def run_input_thread(self) -> None:
        """Read the keyboard until the app ends or the terminal goes away."""
        try:
            self._read_input()
        except OSError:
            self._gone()

    def _read_input(self) -> None:
        """Make events of what is read, as Textual does, without the terminal's answer about its background."""
        parser, buffer = XTermParser(self._debug), InputBuffer()
        decode = getincrementaldecoder(input_encoding(os.environ))("replace").decode

        def take() -> None:
            wait = _HELD_TICK_SECONDS if buffer.holds else _TICK_SECONDS
            readable = select.select([self.fileno], [], [], wait)[0]
            read = self._background.feed(decode(os.read(self.fileno, _READ_BYTES)) if readable else "")
            whole = buffer.feed(read[0] if read else "")
            for later in read[1:]:  # after a pause
                whole += [*buffer.flush(), *buffer.feed(later)]
            if read and not readable:  # it was held back there long enough
                whole += buffer.flush()
            for part in chain.from_iterable(map(_apart, whole)):
                if isinstance(part, Pasted):
                    self.process_message(events.Paste(part.text))
                elif part == ESCAPE:
                    self.process_message(events.Key("escape", ESCAPE))
                else:
                    for message in parser.feed(part):
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

        try:
            while not self.exit_event.is_set():
                take()
            take()
        finally:
            with suppress(EOFError, ParseError):
                for _ in parser.feed(""):
                    pass

    def _ask_background(self) -> None:
        """Ask once whether the background is dark: its color does not change with a stop and `fg`."""
        if (
            self._knows_later_sequences
            and not self._background_asked
            and isinstance(self._app, BackgroundTaker)
        ):
            self._background_asked = True
            self._background.asked()
            self.write(background.QUERY)

    def _background_told(self, dark: bool) -> None:
        app = self._app
        if isinstance(app, BackgroundTaker):
            self._on_loop(partial(app.take_background, dark))

    def process_message(self, message: Message) -> None:
        """Take the answer about the width of ambiguous characters; everything else goes on (in the input's thread)."""
        if self._width_asked and isinstance(message, events.CursorPosition):
            self._width_asked = False
            app = self._app
            # a cursor that does not move tells nothing, and one further off is the late answer to another question
            if 1 <= message.x <= _MOST_CELLS and isinstance(app, Measuring):
                self._on_loop(partial(app.take_ambiguous_width, message.x))
            return
        super().process_message(message)

    def _watch(self, line: LineWriter) -> None:
        """Wait for the hang-up of the input: reading its end again and again would take all of a CPU."""
        poll = select.poll()
        poll.register(self.fileno, 0)  # POLLHUP and POLLERR are always reported
        while self._line is line and self._active:
            if any(
                events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, events in poll.poll(250)
            ):
                self.exit_event.set()
                self._gone()
                return

    def _let_the_stop_key_stop(self) -> None:
        """Leave ctrl+z (or what `stty susp` says) to the terminal, which stops the whole job, as everywhere."""
        try:
            attributes = termios.tcgetattr(self.fileno)
            none = bytes([os.fpathconf(self.fileno, "PC_VDISABLE") & 0xFF])
        except (termios.error, OSError):
            return  # no terminal
        attributes[tty.LFLAG] |= termios.ISIG
        for name in ("VINTR", "VQUIT", "VDSUSP", "VSTATUS"):  # these are keys of the app
            if hasattr(termios, name):
                attributes[tty.CC][getattr(termios, name)] = none
        termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)

    def _take_resizes(self) -> None:
        """Hear of resizes on the event loop, one after the other: a signal's own handler is interrupted by the next."""
        if self._in_main_thread():
            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._resized)

    def _resized(self) -> None:
        if self._active and not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self.send_message(events.Resize(size, size))

    def _in_main_thread(self) -> bool:
        return threading.current_thread() is threading.main_thread()

    def _take_signals(self) -> None:
        if not self._in_main_thread():
            return
        loop = asyncio.get_running_loop()
        for number, code in _EXIT_CODES.items():
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._end, code)

    def _end(self, code: int) -> None:
        if isinstance(self._app, Endable):
            self._app.end_with(code)

    def _gone(self) -> None:
        if not self._told:
            self._told = True
            self._on_loop(lambda: self._end(HANGUP))

    def _on_loop(self, callback: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def _sigtstp_application(self, *_: int | FrameType | None) -> None:
        """Give the terminal back and stop; go on at once where there is no shell that could continue it."""
        leaves = self._active and self._auto_restart
        if leaves:
            self.suspend_application_mode()
            self._must_signal_resume = True
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)  # the system's own stop spares a job without a shell
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        if leaves and self._line is None:  # no SIGCONT came: it was not stopped
            self.resume_application_mode()

    def _sigcont_application(self, *_: int | FrameType | None) -> None:
        """Come back after a stop, also after one without a warning (SIGSTOP), with all set up anew."""
        if self._active:
            self.suspend_application_mode()
        super()._sigcont_application()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal itself: COLUMNS and LINES of the environment do not follow a resize."""
        try:
            width, height = os.get_terminal_size(self._output)
        except OSError:
            width = height = 0
        return width or 80, height or 24
