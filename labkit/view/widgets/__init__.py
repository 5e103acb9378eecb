"""
Things to click, each above functions that a headless run calls too.

Nothing here decides anything: a widget shows a value that ``labkit.view`` made
and calls what it was given. Where there is no live page, or no ipywidgets, the
same value shows itself as a still view.
"""
