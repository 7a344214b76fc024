"""What advertises in the article, and when it may be quoted: an advertiser's word settles no question about anything else."""

from __future__ import annotations

from collections.abc import Sequence

from .answers import Answer
from .exclusion import is_choice
from .reading import Reading
from .rules import Rules

#: From which weight on a topic is talked of.
TALKED_OF = 0.4
#: What a product is not to be praised for where another is talked of: that it does no harm; or where the best is sought: that it works.
_HARMLESS = frozenset(("side-effects", "recovery"))
_PRAISE = _HARMLESS | {"works", "treatment"}


class Claims:
    """The answers that quote what advertises, each with what it advertises."""

    def __init__(self, answers: Sequence[Answer], rules: Rules) -> None:
        self._choices = frozenset(topic for topic in rules["topics"] if is_choice(topic, rules))
        advertising = [answer for answer in answers if not answer.is_list and any(place.sentence.promotional for place in answer.places)]
        self._claims = [
            (answer.position, self._choices.intersection(answer.about), not _HARMLESS.isdisjoint(answer.asks))
            for answer in advertising if not _PRAISE.isdisjoint(answer.asks)
        ]

    def unasked(self, reading: Reading) -> list[int]:
        """The places of the answers that may not be given: their product is not talked of, but which treatment is best is asked, or whether
        another one does harm.
        """
        if not self._claims:
            return []
        talked_of = {topic for topic, weight in reading.topics.items() if weight >= TALKED_OF}
        choosing = any(match.name.id == "choosing" for match in reading.of("aim"))
        other = not talked_of.isdisjoint(self._choices)
        return [position for position, products, harmless in self._claims if talked_of.isdisjoint(products) and (choosing or (harmless and other))]
