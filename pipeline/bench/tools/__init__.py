"""One module a tool, run by `harness` in that tool's own environment: only ours may import goaltables.

A module has ``build() -> (version, read)``; ``read(path)`` gives the ``pages`` ``{page, tables: [{cells}]}``
with cells ``{text, bbox}`` as the tool's own interface gives them (y downwards), a whole ``record``, or
``lines``, how many it read, where it finds no cells.
"""
