"""What one document may ask for before it is refused.

A budget department's largest real goal-table file has a few hundred A4 pages; a page of 100 megapixels is
A3 at 800 dpi. What asks for more is a mistake or an attack: a PNG of 50 kB can claim 30,000 x 30,000
pixels, a PDF of 1 kB a content stream of gigabytes. Sizes are read from headers, before anything is decoded.
"""

from __future__ import annotations

from dataclasses import dataclass

from goaltables.errors import LimitExceeded


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one document; every one is checked before the memory is taken.

    `max_frames` are the pages of a multi-page TIFF. `max_vector_objects` are the drawn paths of one PDF page:
    a page with more is a map or a drawing and is read from its picture. `max_stream_bytes` is the size one
    PDF stream may have when unpacked.

    The last seven are of Office files and text dumps: all bytes of an archive when unpacked and the number of
    its parts, by how much a part may shrink when packed (text of real tables: 5 to 30 times), elements of
    XML, cells (also those that a merged range only names), columns, and characters of text.
    """

    max_pages: int = 2000
    max_megapixels: float = 100.0
    max_frames: int = 500
    max_vector_objects: int = 50_000
    max_stream_bytes: int = 256 * 1024 * 1024
    max_unpacked_bytes: int = 256 * 1024 * 1024
    max_archive_entries: int = 5_000
    max_pack_ratio: float = 400.0
    max_xml_elements: int = 1_500_000
    max_cells: int = 200_000
    max_columns: int = 400
    max_characters: int = 10_000_000

    def check_pages(self, count: int) -> None:
        """Raises LimitExceeded: a document of `count` pages is too long."""
        if count > self.max_pages:
            raise LimitExceeded(
                f"the document has {count} pages, the limit is {self.max_pages}; split it, or raise the limit"
            )
