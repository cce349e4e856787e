"""Data of the extractors: Unicode's fold of radicals to ideographs."""
