"""Dialogs: opaque, over what stands behind them; each returns its answer and does not act."""
