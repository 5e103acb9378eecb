"""The tools as ipywidgets: the only modules that import them, loaded when a page asks."""
