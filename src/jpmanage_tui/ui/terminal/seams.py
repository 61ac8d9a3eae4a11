"""Every private name of Textual that the terminal layer uses, what for, and what happens where it is missing.

Textual has no public way to send less than a widget, to take keys one after another, or to survive a line that drops.
What is needed for that stands here and nowhere else (a test compares this list with the source), so that an update of
Textual is checked against one table. Textual is pinned to the minor version that the list was made with.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Seam:
    """Some private names of a class or module of Textual.

    `owner` names the class or module, `names` what of it is used, `methods` what of it is overridden; `purpose` says
    what for, `fallback` what the program does where one of them is missing or behaves in another way.
    """

    owner: str
    purpose: str
    fallback: str
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


STOCK = "frames are rendered as stock Textual does (`CellDiffer.stock_rendering_because` says why)"
AT_START = "none: the program would not start, which the tests see when Textual is updated"

SEAMS = (
    Seam(
        "textual.app.App",
        "sends the cells that changed: takes each update on its way to the terminal, when there is one to take it, and "
        "keeps the order of colors, cursor and synchronized output",
        STOCK,
        ("_driver", "_running", "_closed", "_batch_count", "_sync_available", "_filters", "_background_screens"),
        ("_display", "_on_resize"),
    ),
    Seam(
        "textual._compositor",
        "reads what an update holds, and composes only the widgets that changed regions touch",
        STOCK,
        ("Compositor", "ChopsUpdate", "LayoutUpdate", "_dirty_regions"),
    ),
    Seam(
        "textual.screen.Screen",
        "paints at once after a pause, not at the next tick of a clock; composes nothing while updates are held back",
        "`eager_painting.PromptScreen` paints at Textual's own ticks where the differ does not run",
        ("_compositor", "_layout_required", "_scroll_required", "_repaint_required", "_dirty_widgets"),
        ("_on_timer_update", "_on_idle", "_compositor_refresh"),
    ),
    Seam(
        "textual.app.App",
        "takes keys one after another: knows whether the app still runs, and each part that a key passes",
        AT_START,
        ("_exit", "_screen_stack", "_parent"),
    ),
    Seam(
        "textual.widget.Widget",
        "gives a list's keys to its screen at once, whose commands they are",
        "keys bubble up through the widgets between them: slower, with the same effect",
        (),
        ("_forward_event",),
    ),
    Seam(
        "textual.app.App",
        "shows where an error that nobody handled happened, without values, which may be tokens or cards",
        "Textual's own traceback, which shows no values of variables either unless it is told to",
        (),
        ("_fatal_error",),
    ),
    Seam(
        "textual.drivers.linux_driver.LinuxDriver",
        "writes without blocking, notices a terminal that is gone, stops and comes back with the shell",
        "`TerminalApp.get_driver_class` takes Textual's own driver where the platform has another one",
        (
            "_writer_thread", "_app", "_auto_restart", "_must_signal_resume", "_in_band_window_resize", "_loop",
            "_mouse", "_debug", "_enable_mouse_support", "_disable_mouse_support",
        ),
        ("_sigtstp_application", "_sigcont_application", "_get_terminal_size"),
    ),
    Seam(
        "textual._xterm_parser",
        "reads the input itself, so that the terminal's answer about its background never becomes keys",
        AT_START,
        ("XTermParser", "ParseError"),
    ),
    Seam(
        "textual._styles_cache.StylesCache",
        "lets go of widgets that are gone: a cache of Textual's holds the last 1,024 that were painted",
        "they stay in memory, as in stock Textual: tens of MB in hours of work",
        ("get_inner_outer",),
    ),
    Seam(
        "rich.console.Console",
        "lets stock rendering have as many colors as the terminal",
        "stock rendering has the colors that rich finds",
        ("_color_system",),
    ),
)  # fmt: skip
"""All of them."""
