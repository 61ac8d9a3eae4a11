"""A command: one action of the user, with its name, its label, its help, and the action of its target that does it.

Textual dispatches them: a part of the screen that has commands is a `CommandTarget`, whose `BINDINGS` are made from its
`COMMAND_SET`, whose `check_action` asks for the reason why not, and which the user's `[keys]` reach by the binding's id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.actions import parse
from textual.binding import Binding, BindingType

from jpmanage_tui.config.command_keys import DEFAULT_KEYS, FIXED
from jpmanage_tui.config.command_scopes import SCOPES
from jpmanage_tui.config.keymap import binding_id

if TYPE_CHECKING:
    from textual.dom import DOMNode as Node
else:
    Node = object  # Textual takes styles from the first base that is a DOMNode: this one has none to give


@dataclass(frozen=True)
class Command:
    """One action of the user, as data.

    `name` is the key in the user's `[keys]` table, and in `DEFAULT_KEYS`; `label` stands in the footer, the palette and
    the help; `help` is one sentence for help and README. `action` is the Textual action that does it: the method
    `action_<action>` of what the command works on, which starts a worker for anything that waits; by default it is the
    name. It may have arguments, as with Textual: `open_section('sites')`. That target says more in methods of its own,
    where it has them: `<action>_disabled_reason()` returns why the command cannot run now, as a sentence for the user,
    or None when it can; `<action>_label()` returns the label where it depends on what the command would work on. Both
    take the action's arguments. `footer` says whether the footer has room for it (a movement key has
    not). `changes`: it changes something without asking first, so that a key which comes with others, as in a paste,
    must not start it. `priority`: its key is taken before anything that has the focus, a dialog included.
    """

    name: str
    label: str
    help: str
    footer: bool = True
    palette: bool = True
    changes: bool = False
    action: str = ""
    priority: bool = False

    def __post_init__(self) -> None:
        """Take the name for the action where none is given."""
        object.__setattr__(self, "action", self.action or self.name.replace("-", "_"))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that start it as the program comes."""
        return DEFAULT_KEYS[self.name]

    @property
    def remappable(self) -> bool:
        """Whether the user's `[keys]` may give it another key."""
        return self.name not in FIXED

    @property
    def action_name(self) -> str:
        """The action of its target that does it."""
        return self._parsed[0]

    @property
    def action_arguments(self) -> tuple[Any, ...]:
        """What that action is called with."""
        return self._parsed[1]

    @property
    def _parsed(self) -> tuple[str, tuple[Any, ...]]:
        _, name, arguments = parse(self.action)
        return name, arguments

    def binding(self, scope: str) -> Binding:
        """Return the binding by which Textual dispatches it in a scope (`Keymap.by_binding` finds it by its id)."""
        keys = (
            ",".join(self.keys) or f"no_key_{self.name}"
        )  # no terminal sends that: `[keys]` may give it a real one
        shown, id = self.footer, binding_id(self.name, scope)
        return Binding(keys, self.action, self.label, show=shown, priority=self.priority, id=id)

    @property
    def help_line(self) -> str:
        """The line of help and README: the command's label first, where the sentence does not have it anyway."""
        if self.label.lower() in self.help.lower():
            return self.help
        return f"{self.label}: {self.help[0].lower()}{self.help[1:]}"


@dataclass(frozen=True)
class CommandSet:
    """The commands of one place, under the title that help and README print above them."""

    title: str
    commands: tuple[Command, ...] = field(default=())

    @property
    def scope(self) -> str:
        """The name of the place in the tables of keys, "" where it has none there."""
        return next((name for name, scope in SCOPES.items() if scope.title == self.title), "")

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def named(self, name: str) -> Command:
        """Return the command of this name. Raises KeyError when there is none."""
        for command in self.commands:
            if command.name == name:
                return command
        raise KeyError(name)

    def with_action(self, action: object) -> Command | None:
        """Return the command that does an action, given as Textual is given it; None when there is none."""
        return next((command for command in self.commands if command.action == action), None)

    def bindings(self) -> list[BindingType]:
        """Return the bindings of the commands, for the `BINDINGS` of what they work on."""
        scope = self.scope
        return [command.binding(scope) for command in self.commands]


def disabled_reason(target: object, action: str, arguments: tuple[object, ...]) -> str | None:
    """Return why `target` cannot do an action now, from its method `<action>_disabled_reason`; None when it can."""
    reason: Callable[..., str | None] | None = getattr(target, f"{action}_disabled_reason", None)
    return reason(*arguments) if reason is not None else None


def reason_text(label: str, reason: str) -> str:
    """Return the reason why the command of this label cannot run as the user is told it."""
    names_it = reason.startswith("Nothing to ")  # "Nothing to undo."
    return reason if names_it else f"{label}: {reason}"


class ActiveCommands(NamedTuple):
    """A command set together with what it works on now."""

    commands: CommandSet
    target: Any

    def reason(self, command: Command) -> str | None:
        """Return why `command` cannot run now, or None when it can."""
        return disabled_reason(self.target, command.action_name, command.action_arguments)

    def disabled_text(self, command: Command) -> str | None:
        """Return the reason why `command` cannot run now as the user is told it, or None when it can."""
        reason = self.reason(command)
        return reason_text(self.label(command), reason) if reason is not None else None

    def label(self, command: Command) -> str:
        """Return the label of `command` as it would work now."""
        label: Callable[..., str] | None = getattr(self.target, f"{command.action_name}_label", None)
        return label(*command.action_arguments) if label is not None else command.label

    def values(self, command: Command) -> Sequence[str] | None:
        """Return what the command takes behind its name in the command line: None for nothing, () for any text.

        A target says it in `<action>_values`, and its action takes it as its argument.
        """
        values: Callable[[], Sequence[str]] | None = getattr(
            self.target, f"{command.action_name}_values", None
        )
        return values() if values is not None else None

    def run(self, command: Command, *arguments: object) -> None:
        """Do it; `arguments` stand in the place of those that the command has."""
        getattr(self.target, f"action_{command.action_name}")(*(arguments or command.action_arguments))


class CommandTarget(Node):
    """A part of the screen, or the app, that has commands: a class gives them as `COMMAND_SET`.

    Stands among the first bases: behind a DOMNode its `check_action` would never be asked.
    """

    COMMAND_SET: ClassVar[CommandSet]

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the keys of the commands that a class gives; `options` are Textual's."""
        if "COMMAND_SET" in cls.__dict__:
            cls.BINDINGS = cls.COMMAND_SET.bindings()
        super().__init_subclass__(**options)

    @property
    def active_commands(self) -> ActiveCommands:
        """Its commands, which work on it."""
        return ActiveCommands(self.COMMAND_SET, self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action can be done now (Textual's rule: None is shown, but cannot)."""
        if disabled_reason(self, action, parameters) is not None:
            return None
        return super().check_action(action, parameters)
