"""How Sphinx makes the site; `make docs` calls it through .ci/site.py, which puts the sources together first."""

from importlib import metadata

import nicegui  # noqa: F401  # before autodoc does: that sets TYPE_CHECKING, and what lies below cannot be imported so

project = "afterdark"
author = "The afterdark contributors"
project_copyright = "2026, the afterdark contributors"
try:
    release = metadata.version("afterdark")
except metadata.PackageNotFoundError:  # run from sources
    release = "unreleased"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "conf.py"]
nitpicky = False

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
suppress_warnings = [
    "myst.header",  # tables made from the program begin at the third level
    "ref.python",  # types are written as words, and some words are names of several things
]

# docstrings: numpy style, single backticks are code
default_role = "literal"
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": False}
autodoc_preserve_defaults = True


def setup(app):
    """Tables of values are shown as they are."""
    from pygments.lexers.special import TextLexer

    app.add_lexer("csv", TextLexer)


html_theme = "furo"
html_title = "afterdark"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["site"]
html_css_files = ["site.css"]
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "monokai"
