"""``python -m goaltables`` is ``goaltables``."""

from goaltables.pipeline.cli import main

if __name__ == "__main__":
    main()
