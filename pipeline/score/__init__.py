"""How right records are: a folder of them against a folder of truth.

truth, records -> `tables` (what is compared) -> `pairing` (what is compared with what) -> `measures`
(counts of one document) -> `figures` (shares of a group) -> `score_text` (for people). docs/accuracy.md
defines every measure.
"""
