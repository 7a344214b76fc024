"""The article is there word for word, every quote can be cut from its file, and a broken folder says what is wrong with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from spinebot import Bot, CorpusError
from spinebot.article import Corpus
from spinebot.corpus import load_corpus, parse_article

#: Of the article's sentences and list items, joined by single blanks. It changes only if the article itself does.
ARTICLE_SHA256 = "acf3857894e21ba6c92ebdda625bd0b7a265ad195952524b08ce32df5fa13dd8"

HEADINGS = [
    ("How Back Pain and Neck Pain are Related",),
    ("How Back Pain and Neck Pain are Related", "Conditions and Injuries that Affect Both the Neck and the Back"),
    ("How Back Pain and Neck Pain are Related", "Understanding Back and Neck Anatomy"),
    ("How Back Pain and Neck Pain are Related", "Major Causes of Neck Pain and Treatment"),
    ("How Back Pain and Neck Pain are Related", "Major Causes of Neck Pain and Treatment", "Causes of Neck Pain"),
    ("How Back Pain and Neck Pain are Related", "Major Causes of Neck Pain and Treatment", "Neck Pain Treatments"),
]


@pytest.fixture
def corpus(bot: Bot) -> Corpus:
    return bot.corpus


def test_the_whole_article_is_there_word_for_word(corpus: Corpus) -> None:
    """A sentence lost, repaired or merged would be one that the bot can't quote as its author wrote it."""
    text = " ".join(" ".join(place.sentence.text for place in corpus.places()).split())
    assert hashlib.sha256(text.encode()).hexdigest() == ARTICLE_SHA256


def test_the_author_s_mistakes_are_kept(corpus: Corpus) -> None:
    said = {place.sentence.text for place in corpus.places()}
    assert "This muscles in the back can become stiff and go into spasm." in said
    assert "An effective way to relief neck pain is with >> Neck traction" in said
    assert "Muscles strains result from overuse." in said


def test_the_shared_article_holds_every_sentence(corpus: Corpus) -> None:
    """The same again, from the article as it was delivered, where it lies beside the repository."""
    path = Path(__file__).parents[2] / "shared" / "article.txt"
    if not path.is_file():
        pytest.skip("the delivered article is not here; the checksum above stands for it")
    headings = {heading for passage in HEADINGS for heading in passage}
    lines = [line.strip().removeprefix("•").strip() for line in path.read_text(encoding="utf-8").splitlines()]
    delivered = " ".join(" ".join(line for line in lines if line not in headings).split())
    assert delivered == " ".join(" ".join(place.sentence.text for place in corpus.places()).split())


def test_every_sentence_is_cut_from_its_file_at_its_offsets(corpus: Corpus) -> None:
    for article in corpus.articles:
        text = Path(article.path).read_text(encoding="utf-8")
        sentences = [sentence for passage in article.passages for sentence in passage.sentences]
        assert len(sentences) == 116
        for sentence in sentences:
            assert text[sentence.start : sentence.end] == sentence.text
            assert sentence.text == sentence.text.strip() != ""
        assert all(before.end <= after.start for before, after in zip(sentences, sentences[1:], strict=False))


def test_no_sentence_runs_into_the_next(corpus: Corpus) -> None:
    """Two sentences in one would make every answer say more than was asked."""
    for place in corpus.places():
        assert not [mark for mark in (". ", "? ", "! ", "\n") if mark in place.sentence.text], place.sentence.text


def test_every_passage_stands_under_its_headings(corpus: Corpus) -> None:
    assert list(dict.fromkeys(place.passage.headings for place in corpus.places())) == HEADINGS
    under = {place.passage.id: place.passage.headings[-1] for place in corpus.places()}
    assert under["common-complaints"] == HEADINGS[0][-1]
    assert under["lupus"] == HEADINGS[1][-1]
    assert under["pain-sources"] == HEADINGS[2][-1]
    assert under["nerve-compression"] == HEADINGS[4][-1]
    assert under["surgery"] == HEADINGS[5][-1]


def test_passages_know_their_line_and_have_names_of_their_own(corpus: Corpus) -> None:
    for article in corpus.articles:
        lines = article.text.splitlines()
        for passage in article.passages:
            assert passage.sentences[0].text.splitlines()[0] in lines[passage.line - 1]
        names = [passage.id for passage in article.passages]
        assert len(names) == len(set(names))


def test_list_items_are_the_five_sources_of_pain(corpus: Corpus) -> None:
    assert [place.sentence.text for place in corpus.places() if place.sentence.item] == [
        "Irritation of the smaller spinal nerves",
        "Injured ligaments, bones or joints",
        "Irritation of the large nerves that extend to the arms and legs",
        "Strain of the large paired back muscles",
        "The disc space itself",
    ]


def test_what_advertises_is_marked(corpus: Corpus) -> None:
    """An advertisement shown as a fact would be the bot's own recommendation."""
    marked = [place.sentence.text for place in corpus.places() if place.sentence.promotional]
    assert len(marked) >= 10
    assert all(place.passage.id.startswith(("traction", "neck-pain-overview")) for place in corpus.places() if place.sentence.promotional)
    for claim in (
        "An effective way to relief neck pain is with >> Neck traction",
        "A Neck traction device can help prevent major neck issues",
        "New neck traction devices require absolutely no set up.",
        "Neck traction carries no risks of side effects and there is no recovery time needed.",
    ):
        assert claim in marked


FRONT = "---\nid: a\ntitle: T\nsource: S\n---\n"


def test_offsets_count_code_points_and_items_begin_after_their_mark() -> None:
    article = parse_article(FRONT + "# É😀\n\nÜber 😀 one.  Two\nlines here. \n\n- first\n- second, 頸\n\n1. third\n2) fourth\n", "a.md")
    sentences = [sentence for passage in article.passages for sentence in passage.sentences]
    assert [sentence.text for sentence in sentences] == ["Über 😀 one.", "Two\nlines here.", "first", "second, 頸", "third", "fourth"]
    assert [sentence.item for sentence in sentences] == [False, False, True, True, True, True]
    assert all(article.text[sentence.start : sentence.end] == sentence.text for sentence in sentences)


def test_headings_nest_and_close() -> None:
    article = parse_article(FRONT + "# A\n\na.\n\n## B\n\nb.\n\n### C\n\nc.\n\n## D\n\nd.\n", "a.md")
    assert [passage.headings for passage in article.passages] == [("A",), ("A", "B"), ("A", "B", "C"), ("A", "D")]


def test_a_passage_is_named_by_its_mark_or_by_its_heading_and_place() -> None:
    article = parse_article(FRONT + "lead.\n\n# Neck & Back\n\none.\n\n<!-- passage: own-name -->\ntwo.\n\nthree.\n", "a.md")
    assert [passage.id for passage in article.passages] == ["a-1", "neck-back-1", "own-name", "neck-back-2"]


@pytest.mark.parametrize("comment", ["<!-- a note to editors -->", "<!-- passage: Two Words -->", "<!-- Passage: x -->", "<!--\nmore\n-->", "<!-- one\n\n# two\n- three -->", "  <!-- set in -->"])
def test_a_comment_is_never_quoted(comment: str, tmp_path: Path) -> None:
    """Either it is left out or it is refused as a misspelt mark: nobody may read it as the article's words."""
    (tmp_path / "a.md").write_text(f"{FRONT}\n{comment}\nText.\n", encoding="utf-8")
    try:
        corpus = load_corpus(tmp_path)
    except CorpusError as error:
        assert [fault.line for fault in error.faults] == [7]
    else:
        assert [place.sentence.text for place in corpus.places()] == ["Text."]


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("Text. <!-- note -->\nMore.\n", 7, "a comment stands behind text"),
        ("Text.\n\n<!-- note --> More.\n", 9, "text stands behind a comment"),
        ("<!-- one\n-->More.\n\nText.\n", 8, "text stands behind a comment"),
        ("Text.\n\n<!-- note\nMore.\n", 9, "has no end"),
    ],
)
def test_a_comment_that_shares_a_line_or_never_ends_is_refused(body: str, line: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"{FRONT}\n{body}", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    assert [(fault.line, message in fault.message) for fault in caught.value.faults] == [(line, True)]


def test_articles_come_in_the_order_of_their_file_names(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.md").write_text(FRONT.replace("id: a", f"id: {name}") + f"\nText of {name}.\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no article", encoding="utf-8")
    assert [article.id for article in load_corpus(tmp_path).articles] == ["a", "b", "c"]


def test_offsets_hold_in_a_file_with_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes((FRONT + "\n# H\n\nOne.  Two.\n").replace("\n", "\r\n").encode())
    (article,) = load_corpus(tmp_path).articles
    text = path.read_text(encoding="utf-8")
    assert [text[sentence.start : sentence.end] for passage in article.passages for sentence in passage.sentences] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", [(1, "no front matter")]),
        (b"# Only text\n\nText.\n", [(1, "no front matter")]),
        (b"---\nid: a\ntitle: T\nsource: S\n\nText.\n", [(1, "no end")]),
        (FRONT.encode(), [(5, "no text")]),
        (FRONT.encode() + b"\n# A heading only\n", [(5, "no text")]),
        (b"---\nid: a\nsource: S\n---\nText.\n", [(1, "'title'")]),
        (b"---\n---\nText.\n", [(1, "'id'"), (1, "'source'"), (1, "'title'")]),
        (b"---\n[id, title, source]\n---\nText.\n", [(1, "'id'"), (1, "'source'"), (1, "'title'")]),
        (b"---\nid:\ntitle: T\nsource: S\n---\nText.\n", [(2, "'id'")]),
        (b"---\nid: a\ntitle: [T]\nsource: S\n---\nText.\n", [(3, "'title'")]),
        (b"---\nid: a\ntitle: T\nsource: S\nauthor: me\n---\nText.\n", [(5, "unknown key 'author'")]),
        (b"---\nid: a\nid: b\ntitle: T\nsource: S\n---\nText.\n", [(3, "second time")]),
        (b"---\nid: a\ntitle: T: U\nsource: S\n---\nText.\n", [(3, "not YAML")]),
        (b"---\nid: a\ntitle: T\nsource: S\npromotional:\n  - Text.\n  - Buy this.\n---\nText.\n", [(7, "Buy this.")]),
        (b"---\nid: a\ntitle: T\nsource: S\npromotional: Text.\n---\nText.\n", [(5, "promotional")]),
        (FRONT.encode() + b"Text.\ncaf\xe9\n", [(7, "not UTF-8")]),
        (FRONT.encode() + b"<!-- passage: x -->\nOne.\n\n<!-- passage: x -->\nTwo.\n", [(10, "'x'")]),
    ],
    ids=[
        "empty", "no front matter", "unclosed", "no text", "headings only", "a key missing", "all keys missing", "a list as front matter", "an empty id",
        "a title that is no text", "unknown key", "key twice", "YAML that does not parse", "promotional sentence that is not there",
        "promotional that is no list", "not UTF-8", "passage named twice",
    ],
)  # fmt: skip
def test_a_broken_article_is_refused_with_file_and_line(content: bytes, faults: list[tuple[int, str]], tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    found = caught.value.faults
    assert [(fault.path, fault.line) for fault in found] == [(str(path), line) for line, _ in faults], str(caught.value)
    assert all(words in fault.message for fault, (_, words) in zip(found, faults, strict=True)), str(caught.value)


def test_an_article_given_as_text_fails_as_one_in_a_file_does() -> None:
    with pytest.raises(CorpusError, match=r"a\.md:3: is not YAML"):
        parse_article("---\nid: a\ntitle: T: U\nsource: S\n---\nText.\n", "a.md")


def test_a_folder_that_is_missing_empty_or_holds_no_markdown_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "article.txt").write_text("text", encoding="utf-8")
    (tmp_path / "file").write_text("text", encoding="utf-8")
    for name in ("missing", "empty", "other", "file"):
        with pytest.raises(CorpusError) as caught:
            load_corpus(tmp_path / name)
        (fault,) = caught.value.faults
        assert fault.path == str(tmp_path / name)
        assert "Markdown" in fault.message


def test_a_folder_named_like_an_article_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(CorpusError, match=r"a\.md: can't be read"):
        load_corpus(tmp_path)


def test_the_faults_of_all_articles_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text", encoding="utf-8")
    (tmp_path / "b.md").write_text(FRONT.replace("source", "sauce") + "Text.\n", encoding="utf-8")
    (tmp_path / "c.md").write_text(FRONT + "Text.\n", encoding="utf-8")
    (tmp_path / "d.md").write_text(FRONT + "Text.\n", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    text = str(caught.value)
    assert "a.md:1:" in text
    assert "b.md:4: unknown key 'sauce'" in text
    assert "2 articles have the id 'a'" in text
