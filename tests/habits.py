"""What users of k9s, lazygit and vim press out of habit, and what it does here: for a test over a terminal, and for
`docs/habits.md`, which `python -m tests.habits` writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[1] / "docs" / "habits.md"
K9S, LAZYGIT, VIM = "k9s", "lazygit", "vim"
DOWN, UP = "the cursor goes down", "the cursor goes up"
ESC, DOWN_ARROW, UP_ARROW, PGUP, PGDN = "\x1b", "\x1b[B", "\x1b[A", "\x1b[5~", "\x1b[6~"


class Habit(NamedTuple):
    """`label` is the key as the table has it, `who` the programs, `there` what it does in them, `here` what it does here.

    `sent` is what the terminal sends; `shows` what the screen shows after it that it did not show before, or `DOWN` or
    `UP`; `back` is sent after that.
    """

    label: str
    who: tuple[str, ...]
    there: str
    here: str
    sent: str
    shows: str
    back: str = ""


def _ctrl(letter: str) -> str:
    return chr(ord(letter) - 96)


def _says(label: str, who: tuple[str, ...], there: str, here: str, sent: str = "", shows: str = "") -> Habit:
    """A key that nothing takes in Licenses: it says so, and what there is instead."""
    instead = f"says so, and names {here}" if here else "says so, with the way to the help"
    return Habit(label, who, there, instead, sent or label, f"{label} does nothing here. {shows}".rstrip())


ALL = (K9S, LAZYGIT, VIM)
HABITS: tuple[Habit, ...] = (
    # moving
    Habit("j", ALL, "down", "the next row", "j", DOWN),
    Habit("k", ALL, "up", "the row before", "k", UP),
    Habit("↓", ALL, "down", "the next row", DOWN_ARROW, DOWN),
    Habit("↑", ALL, "up", "the row before", UP_ARROW, UP),
    Habit("G", (K9S, VIM), "to the end", "the last row", "G", " 224/224"),
    Habit("gg", (K9S, VIM), "to the beginning", "the first row (one g is enough)", "gg", " 1/224"),
    Habit("ctrl+d", (VIM,), "half a page down (k9s: delete)", "half a page down", _ctrl("d"), DOWN),
    Habit("ctrl+u", (VIM,), "half a page up", "half a page up", _ctrl("u"), UP),
    Habit("pgdn", ALL, "a page down", "a page down", PGDN, DOWN),
    Habit("pgup", ALL, "a page up", "a page up", PGUP, UP),
    Habit("L", (VIM,), "the bottom of the screen", "the last row in view", "L", DOWN),
    Habit("M", (VIM,), "the middle of the screen", "the row in the middle of the view", "M", UP),
    Habit("H", (VIM,), "the top of the screen", "the first row in view", "H", UP),
    _says("ctrl+f", (K9S, VIM), "a page down", "`pgdn`", _ctrl("f"), "A page down: pgdn."),
    _says("ctrl+b", (K9S, VIM), "a page up", "`pgup`", _ctrl("b"), "A page up: pgup."),
    _says("ctrl+e", (VIM,), "scroll down (k9s: the header)", "`j`", _ctrl("e"), "One row down: j."),
    _says("ctrl+y", (VIM,), "scroll up", "`k`", _ctrl("y"), "One row up: k."),
    _says("J", (LAZYGIT, VIM), "scroll down; join", "`j`", "", "One row down: j."),
    _says("{", (LAZYGIT, VIM), "less context; a paragraph up", "`ctrl+u`", "", "Half a page up: ctrl+u."),
    _says("}", (LAZYGIT, VIM), "more context; a paragraph down", "`ctrl+d`", "", "Half a page down: ctrl+d."),
    _says("<", (LAZYGIT,), "to the top", "`g`", "", "The first row: g."),
    _says(">", (LAZYGIT,), "to the bottom", "`G`", "", "The last row: G."),
    _says(",", (LAZYGIT, VIM), "the page before; repeat a find backwards", "`pgup`", "", "A page up: pgup."),
    # opening and closing
    Habit("l", (LAZYGIT, VIM), "right (k9s: logs)", "opens the row", "l", "enter Close"),
    Habit("h", (LAZYGIT, VIM), "left", "closes the row", "h", "enter Open"),
    Habit("enter", ALL, "open", "opens the row", "\r", "enter Close", "\r"),
    Habit("tab", (K9S, LAZYGIT), "the next panel",
          "to the sidebar and back; there it is said where a key of the list works",
          "\ta", "a works in the list: tab goes there.", "\t"),
    # finding
    Habit("/", ALL, "search, filter", "opens the search; what is typed narrows the list", "/", "license code, site", ESC),
    _says("n", (LAZYGIT, VIM), "the next match", "`j`: only what matches is listed", "",
          "Only matches are listed; the next row: j."),
    Habit("f", (VIM,), "find a letter (k9s: port-forward, lazygit: fetch)", "the filters", "f", "Filter", ESC),
    Habit("]", (LAZYGIT, K9S), "the next tab; history forward", "the next tab", "]", " 1/57"),
    Habit("[", (LAZYGIT, K9S), "the tab before; history back", "the tab before", "[", " 1/224"),
    # marking
    Habit("space", (K9S, LAZYGIT), "mark, stage", "marks the row", " ", "1 marked", "k "),
    Habit("v", (LAZYGIT, VIM), "select a range (k9s: view)", "marks from the nearest mark to the cursor", " jv",
          "3 marked", ESC),
    Habit("V", (VIM,), "select lines", "the same as v", " jV", "3 marked", ESC),
    _says("ctrl+v", (VIM,), "select a block", "`V`", _ctrl("v"), "Mark a range: V."),
    # acting
    Habit("y", ALL, "yank, copy (k9s: the YAML)", "copies the license code", "gy", "clipboard"),
    _says("c", (K9S, LAZYGIT, VIM), "copy; commit; change", "`y`", "", "Copy: y."),
    _says("ctrl+o", (LAZYGIT,), "copy", "`y`", _ctrl("o"), "Copy: y."),
    Habit("x", (VIM,), "delete", "revokes; asks first", "x", "cannot be used again", ESC),
    Habit("d", (VIM,), "delete (k9s: describe)", "Debug Site; says why where there is none", "d", "Debug Site"),
    _says("D", (LAZYGIT, VIM), "delete to the end; reset", "where it works", "", "It works in Invoices."),
    Habit("u", (VIM,), "undo (k9s: used by)", "unassigns; asks first, or says why not", "u", "Unassign License: "),
    Habit("z", (LAZYGIT,), "undo (vim: folds)", "undoes what can be undone", "z", "Nothing to undo."),
    _says("U", (VIM,), "undo the line", "`z`", "", "Undo: z."),
    _says("ctrl+r", (K9S, VIM), "refresh; redo", "`r`", _ctrl("r"), "Refresh: r."),
    _says("R", (LAZYGIT,), "refresh (vim: replace)", "`r`", "", "Refresh: r."),
    _says("p", (LAZYGIT, VIM), "pull; put", "where it works", "", "It works in Invoices and Operations."),
    Habit("P", (LAZYGIT, VIM), "push; put before", "another profile; says why not", "P", "Profile"),
    Habit("i", (VIM,), "insert (lazygit: ignore)", "Issue New License", "i", "How many", ESC),
    Habit("a", (VIM,), "append (k9s: attach, lazygit: stage all)", "assigns to a site, which is chosen", "a",
          "to which site?", ESC),
    Habit("m", (VIM,), "set a mark (lazygit: merge)", "moves to another site; says why not", "m", "Move License: "),
    Habit("o", (LAZYGIT, VIM), "open; a new line", "View Site; says why where there is none", "o", "View Site: "),
    _says("O", (K9S, VIM), "sort; a new line above", "`s`", "", "Sort: s."),
    _says("C", (K9S, LAZYGIT), "sort by CPU; copy", "`s`", "", "Sort: s."),
    Habit("e", (K9S, LAZYGIT), "edit (vim: end of the word)", "exports the list to a file", "e",
          "CSV, license codes masked", "q"),
    Habit("w", (VIM,), "the next word", "the license's download; says why where there is none", "w", "Download: "),
    _says("b", (VIM,), "a word back", "where it works", "", "It works in Billing and Payment Methods."),
    Habit("s", (K9S, VIM), "shell; substitute (lazygit: sort, stash)", "the sort orders", "s", "Sort by", "q"),
    Habit(".", (LAZYGIT, VIM), "the next page; repeat", "the row's menu, whose letters work", ".", "Debug Site  ", "q"),
    _says("ctrl+k", (K9S,), "kill", "`x`", _ctrl("k"), "Revoke License: x."),
    # going elsewhere, and help
    Habit("2", (LAZYGIT,), "the second panel", "Billing", "2", "16 products", "1"),
    Habit("0", (K9S, VIM), "all namespaces; the line's beginning", "Operations", "0", "Nothing was changed yet.", "1"),
    Habit("S", (K9S,), "sort by status (vim: substitute the line)", "Sites", "S", "Site ID", "1"),
    _says("@", (LAZYGIT, VIM), "the command log; play a macro", "`0`", "", "What was changed: 0."),
    Habit("?", (K9S, LAZYGIT), "help (vim: search backwards)",
          "the help, which is searched with / and runs what is chosen",
          "?", "─ Help ─", "q"),
    Habit("F1", (VIM,), "help", "the same", "\x1bOP", "─ Help ─", "q"),
    Habit("ctrl+p", (LAZYGIT, VIM), "patch options; up", "every command by a few letters",
          _ctrl("p"), "Every command", ESC),
    _says("ctrl+a", (K9S,), "aliases", "`ctrl+p`", _ctrl("a"), "Every command: ctrl+p."),
    Habit("t", (VIM,), "till a letter", "the themes", "t", "Theme", ESC),
    Habit("K", (VIM, LAZYGIT), "look up; scroll up", "another partner key", "K", "Nordlicht Hosting", ESC),
    _says("ctrl+w", (K9S, VIM), "wide columns; windows", "", _ctrl("w")),
    _says("ctrl+g", (K9S, VIM), "crumbs; file name", "", _ctrl("g")),
    _says("-", (K9S, VIM), "the last command; a line up", "where it works", "", "It works in Issue New License."),
    _says("_", (LAZYGIT,), "the screen mode before", ""),
    _says("W", (LAZYGIT, VIM), "diff options; a word on", ""),
    _says("T", (LAZYGIT, VIM), "a tag; till a letter", ""),
    _says("$", (VIM,), "the line's end", ""),
    _says("%", (VIM,), "the matching bracket", ""),
    _says(";", (VIM,), "repeat a find", "`:`", "", "Command line: :."),
    Habit("!", (VIM,), "a filter", "the last messages", "!", "Notices", "q"),
    _says("backspace", (VIM,), "left", "`esc`", "\x7f", "One step back: esc."),
    _says("Z", (VIM,), "ZZ: save and leave", "`q`", "", "Quit: q."),
    _says("Q", (VIM,), "Ex mode; replay", "`q`", "", "Quit: q."),
    # the command line
    Habit(":w", (VIM,), "write", "says that nothing is left to save", ":w\r", "Nothing is left to save", ESC),
    Habit(":12", (VIM,), "to line 12", "to row 12", ":12\r", " 12/224", "g"),
    Habit(":inv", (K9S, VIM), "a name cut short", "Invoices: what a name begins with is enough", ":inv\r", "Void"),
    Habit(":pods", (K9S,), "the pods", "Licenses, as :licenses (tab completes, up brings back)", ":pods\r",
          "Bought elsewhere 15"),
    Habit(":invocies", (K9S,), "a typing error", "names the nearest command", ":invocies\r",
          "Did you mean “invoices”?", ESC),
    Habit(":ctx", (K9S,), "contexts", "the partner keys", ":ctx\r", "Nordlicht Hosting", ESC),
    Habit(":colorscheme dark", (VIM,), "colors", "the theme, as :theme dark", ":colorscheme drak\r", "“dark”?", ESC),
    Habit(":set", (VIM,), "options", "says where the settings are", ":set number\r", "Settings stand in config.toml",
          ESC),
    Habit(":%s/a/b", (VIM,), "substitute", "says that it has no meaning here", ":%s/a/b\r",
          "That has no meaning here.", ESC),
    Habit(":!ls", (VIM, LAZYGIT), "a shell command", "says that no shell is run", ":!ls\r",
          "No shell is run from here", ESC),
    Habit(":sp", (VIM,), "split the window", "says that there are no windows", ":sp\r",
          "There are no windows to split.", ESC),
    Habit(":redo", (VIM,), "redo", "says that there is none", ":redo\r", "There is no redo.", ESC),
    Habit(":help", (VIM,), "help", "the help; :help sort searches it", ":help\r", "─ Help ─", "q"),
    # at last: clearing that many marks asks
    Habit("*", (VIM,), "search for the word under the cursor", "marks all that match", "*", "224 marked"),
)  # fmt: skip
"""In the order in which they are pressed, in Licenses, on the first row, which is not assigned. `:q` is pressed last."""
LAST = Habit(
    ":q",
    (K9S, VIM),
    "quit",
    "leaves; q and ctrl+c do so too, and ask where something is under way",
    ":q\r",
    "",
)


def document() -> str:
    """Return the text of the document."""
    rows = [
        f"| `{habit.label}` | {', '.join(habit.who)} | {habit.there} | {habit.here} |"
        for habit in (*HABITS, LAST)
    ]
    return "\n".join(
        [
            "# What the keys of k9s, lazygit and vim do here",
            "",
            "Pressed in Licenses, the first screen. A key that nothing takes says so once, names the key that does what",
            "its users look for, or the sections where it works, and the way to the help. A test presses each of these",
            "and looks at the screen (`tests/e2e/test_habits.py`); `python -m tests.habits` writes this page. Most keys",
            "can be changed, under `[keys]` in `config.toml`; `tab`, `shift+tab`, `esc` and `ctrl+c` cannot, and the",
            "arrows, `home`, `end`, `pgup`, `pgdn` and `enter` keep what they do beside the keys that you add.",
            "",
            "| key | of | there | here |",
            "| --- | --- | --- | --- |",
            *(row.replace("`|`", "`\\|`") for row in rows),
            "",
        ]
    )


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
