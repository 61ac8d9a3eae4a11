"""The Textual application: screens, widgets, dialogs, styles."""
