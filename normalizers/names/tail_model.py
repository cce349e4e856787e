"""How a cut name goes on: the tails that texts of the same kind make likely, character by character.

What follows "…工资及社保发放准" is seen where the same characters occur in full: in names of the same
document (三老四类补助发放**准确率**), in the vocabulary's names and tails (发放准确率) and heads (准确率).
Every text votes with a weight: a name of the document outweighs the vocabulary, one under the same
level-2 label and with the same unit outweighs another. Longer common contexts outweigh shorter ones
(interpolated n-grams with Dirichlet smoothing); what no text has seen keeps a share of the probability, so
that the sum of the known tails is below one.

A tail may be put together from two texts: 基本药物制|度补助发放 of one name, 发放|人数 of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goaltables.normalizers.names.known_texts import END, Votes

# Contexts longer than this add nothing: who shares eight characters shares the phrase.
_LONGEST_CONTEXT = 8
# How many virtual votes the shorter context has, by the length of the context (index 0: length 1).
_SMOOTHING = (6.0, 4.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0)
_BEAM = 16
# A text that goes on as no text was seen to, does so at the end of a word with this share: a head follows.
_AFTER_A_WORD = 0.5
_LONGEST_TAIL = 16
_LEAST_SHARE = 1e-3
_LEAST_SHARE_OF_WORD = 0.02
_LEAST_SHARE_OF_HEAD = 4e-3


@dataclass(frozen=True, slots=True)
class Tails:
    """What may follow a text: ``share_of_end`` that nothing does, and the tails with their shares (their sum
    with the share of the end is at most 1), the likeliest first.
    """

    share_of_end: float
    tails: tuple[tuple[str, float], ...]


class TailModel:
    """The tails of names under one label and unit, from the vocabulary and the texts of the document."""

    def __init__(self, votes: Sequence[Votes]) -> None:
        self._votes = votes
        self._shares: dict[str, dict[str, float]] = {}
        self._tails: dict[str, Tails] = {}
        self.head_shares = self._head_shares()

    def followers(self, text: str) -> dict[str, float]:
        """Shares of the characters that follow `text` (END: nothing does). Their sum is at most 1."""
        context = text[-_LONGEST_CONTEXT:]
        if context not in self._shares:
            self._shares[context] = self._interpolate(context)
        return self._shares[context]

    def _interpolate(self, context: str) -> dict[str, float]:
        shares: dict[str, float] = {}
        for size in range(1, len(context) + 1):
            votes: dict[str, float] = {}
            for voter in self._votes:
                for follower, weight in voter.behind(context[-size:]).items():
                    votes[follower] = votes.get(follower, 0.0) + weight
            if not votes:
                break
            smoothing = _SMOOTHING[size - 1]
            total = sum(votes.values()) + smoothing
            shares = {
                char: (votes.get(char, 0.0) + smoothing * shares.get(char, 0.0)) / total
                for char in votes.keys() | shares.keys()
            }
        return shares

    def tails(self, text: str) -> Tails:
        """The likeliest tails of `text`. Whether it goes on, and how, are asked one after the other."""
        if text not in self._tails:
            self._tails[text] = self._search(text)
        return self._tails[text]

    def _search(self, text: str) -> Tails:
        """A beam search, character by character."""
        finished: dict[str, float] = {}
        beam = [("", 1.0)]
        for _ in range(_LONGEST_TAIL):
            grown: list[tuple[str, float]] = []
            for tail, share in beam:
                for char, follows in self.followers(text + tail).items():
                    if char == END:
                        finished[tail] = finished.get(tail, 0.0) + share * follows
                    elif share * follows >= _LEAST_SHARE:
                        grown.append((tail + char, share * follows))
                if share >= _LEAST_SHARE_OF_WORD:
                    self._end_with_a_head(text, tail, share, finished)
            beam = sorted(grown, key=lambda item: (-item[1], item[0]))[:_BEAM]
            if not beam:
                break
        end = finished.pop("", 0.0)
        return Tails(end, tuple(sorted(finished.items(), key=lambda item: (-item[1], item[0]))))

    def _end_with_a_head(self, text: str, tail: str, share: float, finished: dict[str, float]) -> None:
        """Give what no text has seen behind `tail` to the heads: they may follow any word."""
        unseen = share * max(0.0, 1 - sum(self.followers(text + tail).values()))
        for head, share_of_head in self.head_shares.items():
            finished[tail + head] = finished.get(tail + head, 0.0) + unseen * _AFTER_A_WORD * share_of_head

    def _head_shares(self) -> dict[str, float]:
        """How often each head is what is measured, under this label and with this unit. Their sum is 1."""
        votes: dict[str, float] = {}
        for voter in self._votes:
            for head, weight in voter.heads.items():
                votes[head] = votes.get(head, 0.0) + weight
        total = sum(votes.values())
        return {
            head: weight / total for head, weight in votes.items() if weight > _LEAST_SHARE_OF_HEAD * total
        }
