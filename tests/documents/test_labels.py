from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from betterform.documents.labels import ENGLISH, LANGUAGES, SWISS_GERMAN, labels_for
from tests.documents import papers


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
def test_every_label_exists_in_every_language(language: str) -> None:
    missing = [name for name, text in asdict(LANGUAGES[language]).items() if not text.strip()]
    assert missing == []


@pytest.mark.parametrize("labels", [*LANGUAGES.values(), SWISS_GERMAN])
def test_sentences_have_a_place_for_what_they_tell(labels: object) -> None:
    for name, text in asdict(ENGLISH).items():
        for place in ("{date}", "{tax}", "{base}"):
            assert (place in text) == (place in getattr(labels, name)), name


def test_a_language_that_is_not_spoken_here_is_printed_in_english() -> None:
    assert labels_for(replace(papers.blank(), language="pt")) is ENGLISH


def test_switzerland_reads_offerte_and_germany_reads_angebot() -> None:
    swiss = labels_for(replace(papers.blank(), language="de", locale="de_CH"))
    german = labels_for(replace(papers.blank(), language="de", locale="de_DE"))
    assert (swiss.title("quote"), german.title("quote")) == ("Offerte", "Angebot")
