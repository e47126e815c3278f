"""Style templates: how a film looks is written once, and every shot's prompt is made from it.

    templates/noir.toml ─┐
    templates/cast.toml ─┴─► TemplateLibrary ──(render)──► the shot with its prompt as the providers get it
    shot's own prompt, variables ───┘

The rendered text is what counts: it is in the cache key, the template's name is not. A template that is edited without
changing a shot's text costs nothing; one that does is named by the plan as the reason.
"""

from film.prompts.cast import Cast, Description
from film.prompts.render import Rendered, render, rendered
from film.prompts.shelf import TemplateLibrary, shelf_for
from film.prompts.template import Template
from film.prompts.variables import Variable

__all__ = [
    "Cast",
    "Description",
    "Rendered",
    "Template",
    "TemplateLibrary",
    "Variable",
    "render",
    "rendered",
    "shelf_for",
]
