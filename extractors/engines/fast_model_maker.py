"""Make the integer model and judge it: ``python -m …fast_model_maker MODEL TARGET``.

Run by ``fast_model.py`` in a process of its own. It ends with 0 and the model at TARGET, or with 1 and the
reason on stderr: the integer model must read the lines it is judged by as the one in floats does, and be
faster on this processor.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import onnxruntime

from goaltables.extractors.engines.ctc import greedy
from goaltables.extractors.engines.fast_model import line_sheet
from goaltables.extractors.engines.int8_model import build_int8
from goaltables.extractors.engines.recogniser import Recogniser, as_model_input

MOST_DIFFERENT = 0.02  # of the lines that the model in floats reads right and is sure of
FASTER = 0.85  # of the time that floats take


def main(model: Path, target: Path) -> int:
    logging.disable(logging.WARNING)  # advice to people who call the quantisation by hand
    onnxruntime.set_default_logger_severity(3)
    sheet = line_sheet()
    floats = Recogniser(model)
    target.write_bytes(
        build_int8(model.read_bytes(), [as_model_input(line)[:, :1] for line in sheet.measured])
    )
    integers = Recogniser(target)
    alphabet = floats.alphabet
    seconds = [0.0, 0.0]
    different = 0
    for line, _ in sheet.judged:
        texts = []
        for k, recogniser in enumerate((floats, integers)):
            start = time.process_time()
            posteriors = recogniser.posteriors(line)
            seconds[k] += time.process_time() - start
            texts.append(greedy(posteriors, alphabet, 1.0).text)
        different += texts[0].replace(" ", "") != texts[1].replace(" ", "")
    if different > MOST_DIFFERENT * len(sheet.judged):
        print(f"{different} of {len(sheet.judged)} lines are read otherwise in integers", file=sys.stderr)
        return 1
    if seconds[1] > FASTER * seconds[0]:
        print(f"integers take {seconds[1] / seconds[0]:.2f} of the time of floats here", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
