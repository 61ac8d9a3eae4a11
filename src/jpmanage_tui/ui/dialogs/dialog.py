"""What every dialog has: an opaque box with a title, keys that move between its parts, and esc that closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.console import ConsoleRenderable, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from jpmanage_tui.config.keymap import key_label
from jpmanage_tui.ui.common.accessibility import is_accessible
from jpmanage_tui.ui.common.clipboard import copy_text
from jpmanage_tui.ui.common.guarded_screen import GuardedScreen, PasteRefused
from jpmanage_tui.ui.common.keymap import key_name, key_press
from jpmanage_tui.ui.common.keys import command_of, repaints
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.terminal.eager_painting import PromptScreen
from jpmanage_tui.ui.widgets.button import Button, ButtonRow
from jpmanage_tui.ui.widgets.focus import repaint_focus
from jpmanage_tui.ui.widgets.footer import Footer
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.line import clip_words
from jpmanage_tui.ui.widgets.list_commands import move
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from jpmanage_tui.operations.operation import OperationEvent

Answer = TypeVar("Answer")
FULL_BELOW = 100
"""Below so many columns a dialog is as wide as the terminal: of the rows behind only a few letters would be seen."""
AROUND_TOLD = 6
"""Cells of the lower edge of a box that what is said there leaves free."""
EDGES = 4
"""Cells that the border and the padding of a dialog's box take."""


class DialogBox(Vertical):
    """The box of a dialog; the rows beside it are blank."""

    _told = ""

    def on_resize(self) -> None:
        """Paint the rows beside it anew: where it stood before, what lies behind is to be seen."""
        self.screen.refresh()
        if self._told:
            self.tell(self._told)

    def tell(self, sentence: str) -> bool:
        """Say something on the lower edge; returns whether all of it stands there. It is cut between words."""
        self._told = sentence
        room = self.outer_size.width - AROUND_TOLD
        words = clip_words(sentence, room) if room > 0 else sentence
        self.border_subtitle = Content(words)
        return words == sentence


class Dialog(WorkerMixin, GuardedScreen, PromptScreen, ModalScreen[Answer | None], inherit_bindings=False):
    """A dialog that returns its answer, or None when the user stepped back.

    A subclass gives `title_words` and composes `body`; it is shown with `push_screen_wait` and changes nothing itself.
    """

    COMPONENT_CLASSES = {"dialog--beside"}
    DEFAULT_CSS = """
    Dialog {
        & > .dialog--beside { background: $background; }
        align: center middle; background: transparent;
        &.-alone { background: $background; }
        &.-full > .dialog--box { width: 100%; }
        & > .dialog--box {
            width: 76; max-width: 100%; height: auto; max-height: 100%;
            background: $surface; color: $foreground; border: round $primary; padding: 0 1;
            border-subtitle-color: $foreground; border-subtitle-style: bold; border-subtitle-align: left;
        }
        & > Footer { dock: bottom; }
        & .dialog--body { height: auto; max-height: 100%; }
        & .dialog--buttons { margin: 1 0 0 0; }
        & .dialog--text { height: auto; width: 1fr; }
        & .dialog--muted { color: $text-muted; text-style: $muted-style; height: auto; }
        & .dialog--error { color: $error; height: auto; }
    }
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As on the main screen: the parts that show the focus paint themselves."""
    BOX: ClassVar[int] = 76
    """Cells that the box is wide where there is room."""
    has_footer: ClassVar[bool] = False
    """Whether it has a footer of its own in any case."""
    first_focus: ClassVar[str | None] = None
    """Selector of the part that has the focus at first; the first that can have it otherwise."""
    esc_words: str = "Cancel"
    """What esc does, as the footer says it."""
    enter_words: str = "Go on"
    """What enter does in a field or a list, as the footer says it; '' for nothing."""
    f2_words: str = ""
    """What F2 does, as the footer says it: for a form, in whose fields enter goes on to the next one."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title_words = title
        self._answer: tuple[Answer | None] | None = None
        """What it was closed with while another dialog lay over it."""
        self._dismissed = False
        self._told_dropped = False
        self._unknown_told: set[str] = set()
        """Of which keys it was said that nothing takes them."""

    def compose(self) -> ComposeResult:
        """Compose the box around the body, and the footer where that of the screen below is not seen."""
        with DialogBox(classes="dialog--box") as box:
            box.border_title = Content(self.title_words)
            yield from self.body()
        if self.has_footer or is_accessible(self):
            footer = Footer()
            footer.show_keys([("esc", self.esc_words)], helped=False)
            yield footer

    def body(self) -> ComposeResult:
        """Compose what stands in the box."""
        raise NotImplementedError

    @staticmethod
    def text(words: str, *, muted: bool = False, id: str | None = None) -> Static:
        """Return a paragraph; nothing in it is read as markup."""
        return Static(words, markup=False, classes="dialog--muted" if muted else "dialog--text", id=id)

    def buttons(self, *buttons: Button) -> ButtonRow:
        """Return a row of buttons, one below the other where they are too long for a row."""
        columns = self.app.size.width
        room = (columns if columns < FULL_BELOW else self.BOX) - EDGES
        return ButtonRow(*buttons, width=room, classes="dialog--buttons")

    def post_render(self, renderable: RenderableType, base_style: Style) -> ConsoleRenderable:
        """Show what lies behind as it is: Textual would lay black over the terminal's own background and text."""
        return super().post_render(renderable, Style())

    def on_mount(self) -> None:
        """Put the focus where the dialog wants it. Nothing is shown behind it before an account is open, and where what
        stands beside its lines would be read with them.
        """
        self.set_class(getattr(self.app, "session", None) is None or is_accessible(self), "-alone")
        self.set_class(self.app.size.width < FULL_BELOW, "-full")
        for screen in self.app.screen_stack[:-1]:
            repaint_focus(screen)
        selector = self.start_focus()
        if selector is not None:
            self.query_one(selector).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Take the whole width of a narrow terminal."""
        self.set_class(event.size.width < FULL_BELOW, "-full")

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of what lies behind, blank beside the box: what is above and below it tells where one is."""
        strips = super().render_lines(crop)
        blank = Strip(
            [Segment(" " * crop.width, self.get_component_rich_style("dialog--beside"))], crop.width
        )
        for box in self.query(DialogBox):
            for index in range(max(0, box.region.y - crop.y), min(len(strips), box.region.bottom - crop.y)):
                strips[index] = blank
        return strips

    def start_focus(self) -> str | None:
        """Return the selector of the part that has the focus at first."""
        return self.first_focus

    # -- the footer ------------------------------------------------------------------------

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """Return the (key, words) pairs for where the focus is now."""
        esc = ("esc", self.esc_words)
        if isinstance(self.focused, VirtualList):
            return [("enter", self.enter_words), esc] if self.enter_words else [esc]
        in_field = isinstance(self.focused, Input)
        if self.f2_words:
            return [("F2", self.f2_words), ("tab", "Next field" if in_field else "Next"), esc]
        return [("tab", "Next"), ("enter", self.enter_words if in_field else "Press"), esc]

    def tell_keys(self) -> None:
        """Say in the footer, which lies on the screen below, what the keys do here."""
        if self.app.screen is self and self.focused is not None:
            for screen in self.app.screen_stack:
                for footer in screen.query(Footer):
                    if footer.show_keys(self.footer_keys(), helped=False):
                        self.refresh(footer.region)  # Textual repaints nothing below a dialog by itself

    def on_descendant_focus(self) -> None:
        """The footer follows the focus."""
        self.tell_keys()

    def on_screen_resume(self) -> None:
        """Take the footer back from a dialog over this one, or close where that was asked for meanwhile."""
        if self._answer is not None:
            self.dismiss(*self._answer)
        else:
            repaint_focus(self)
            self.tell_keys()

    # -- closing ---------------------------------------------------------------------------

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer, once; below another dialog (the question of `ctrl+c`, say) as soon as that is closed.

        Textual takes away the uppermost screen, whichever one is dismissed.
        """
        if self._dismissed:
            return AwaitComplete()
        if self.app.screen is not self:
            self._answer = (result,)
            return AwaitComplete()
        self._dismissed = True
        return super().dismiss(result)

    # -- what the program asks -------------------------------------------------------------

    def unfinished(self) -> str | None:
        """Return a sentence about what leaving the program now would lose or break off here, None where nothing."""
        return None

    def heard(self, event: OperationEvent) -> None:
        """Hear that something happened to a change while this is open."""

    def tell(self, sentence: str) -> None:
        """Say something on the lower edge of the box, which takes no line of it; '' takes it away.

        What has no room there stands in the status line too, and so among the notices. Nothing in it is read as markup.
        """
        if not self.query_one(DialogBox).tell(sentence):
            self.app.notify(sentence)

    async def copied(self, text: str, what: str) -> str:
        """Send `text` to the clipboard; returns the sentence about it, in which `what` names the text."""
        return await copy_text(self.app, text, what)

    @on(PasteRefused)
    def _paste_refused(self, event: PasteRefused) -> None:
        self._told_dropped = True  # the next key takes it back
        self.tell(event.sentence)

    # -- the mouse -------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse in the footer, which lies on the screen below."""
        for screen in self.app.screen_stack:
            for footer in screen.query(Footer):
                if footer.region.contains(event.screen_x, event.screen_y):
                    key = footer.key_at(event.screen_x - footer.region.x)
                    if key is not None:
                        self.app.post_message(key_press(key))
                    return

    @on(Footer.KeyChosen)
    def _footer_clicked(self, event: Footer.KeyChosen) -> None:
        self.app.post_message(key_press(event.key))

    # -- keys ------------------------------------------------------------------------------

    def decides(self, event: events.Key) -> bool:
        """Return whether a key would change something: F2 in a form, or one of which a part says so."""
        return (event.key == "f2" and bool(self.f2_words)) or super().decides(event)

    def tell_dropped(self, sentence: str) -> None:
        """Say in the box that a key was dropped."""
        if sentence or self._told_dropped:
            self._told_dropped = bool(sentence)
            self.tell(sentence)

    def submit(self) -> None:
        """Do what F2 does, in a form."""
        raise NotImplementedError

    def step_back(self) -> None:
        """Close without an answer (esc)."""
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Move in the dialog's list, where it has one, as in every list, or handle the key.

        Textual calls this for every class of the dialog, so what differs stands in `press`.
        """
        if not self.moves(event):
            self.press(event)

    def moves(self, event: events.Key) -> bool:
        """Move in the dialog's list; returns whether there is one, and the key is one that moves."""
        shown = next(iter(self.query(VirtualList)), None)
        return shown is not None and move(shown, event, typing=isinstance(self.focused, Input))

    def press(self, event: events.Key) -> None:
        """Handle the keys that every dialog has."""
        if event.key == "escape" or self._is_closed_by(event):
            event.stop()
            self.step_back()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            self.move_focus(1 if event.key == "tab" else -1)
        elif event.key == "f2" and self.f2_words:
            event.stop()
            self.submit()
        elif repaints(event):
            event.stop()
            self.app.call_next(self.app.run_action, "repaint")
        elif not isinstance(self.focused, Input) and event.key in ("left", "right", "up", "down"):
            event.stop()
            self.move_focus(1 if event.key in ("right", "down") else -1)
        elif isinstance(self.focused, Input) and event.key in ("up", "down"):
            event.stop()
            self.move_focus(1 if event.key == "down" else -1)
        elif event.is_printable and isinstance(self.focused, Button | VirtualList):
            self._tell_unknown(key_label(key_name(event)))

    def _tell_unknown(self, key: str) -> None:
        """Say that nothing takes a key: once for a key, not at every press."""
        if key not in self._unknown_told:
            self._unknown_told.add(key)
            self.tell_dropped(f"{key} does nothing here. esc: {self.esc_words}.")

    def _is_closed_by(self, event: events.Key) -> bool:
        """Return whether a key is the one that quits, in a dialog in which nothing is typed."""
        fields = (field for field in self.query("Input, TextArea") if field.display)
        return command_of(event, ("quit",)) is not None and next(fields, None) is None

    def move_focus(self, step: int) -> None:
        """Move the focus to the next (1) or the previous (-1) part."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()
