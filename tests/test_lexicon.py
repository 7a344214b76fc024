"""What a word of a message can mean: the rules' wordings and the corpus's words, compiled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spinebot import Bot
from spinebot.article import Corpus
from spinebot.corpus import parse_article
from spinebot.lexicon import Lexicon, Word, english_words
from spinebot.rules import Rules, Wording
from spinebot.text import stem, stems, tokens
from spinebot.understand import read_words

KINDS = {
    "topics": "topic", "aspects": "aspect", "answers": "clue", "outside": "outside", "chat": "chat", "aims": "aim", "caveats": "caveat", "signs": "sign",
    "contexts": "context",
}  # fmt: skip


@pytest.fixture
def lexicon(read_rules: Callable[[str], Rules], small_rules: str, small_article: str) -> Lexicon:
    text = small_rules.replace("words: price", "words: price, lupus, why").replace("words: why, cause", "words: why, cause, price")
    return Lexicon(read_rules(text), Corpus((parse_article(small_article, "a.md"),)))


def meanings(lexicon: Lexicon, message: str) -> set[tuple[str, str]]:
    read = [word.stem for token in tokens(message) for word in lexicon.read(token)]
    return {(match.name.kind, match.name.id) for match in lexicon.matcher.find(read)}


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("lupus", {("topic", "lupus"), ("outside", "price")}),
        ("it hurts my back", {("clue", "lupus-back"), ("topic", "back-pain")}),
        ("hello", {("chat", "greeting")}),
        ("do I have the wolf disease", {("aim", "diagnosis"), ("topic", "lupus")}),
        ("my saddle is numb", set()),
        ("numb in", set()),
        ("a numb saddle, I can't pee", {("sign", "numb-saddle"), ("sign", "no-bladder")}),
        ("bored stiff", {("context", "idiom")}),
        ("why", {("aspect", "cause"), ("outside", "price")}),
        ("gibberish", set()),
    ],
)
def test_a_message_means_what_the_rules_say_its_wordings_mean(message: str, wanted: set[tuple[str, str]], lexicon: Lexicon) -> None:
    assert meanings(lexicon, message) == wanted


def test_a_wording_that_several_entries_of_a_kind_have_is_shared_between_them(read_rules: Callable[[str], Rules], small_rules: str, small_article: str) -> None:
    """What points to many answers must count little for each."""
    text = small_rules.replace("words: back, back pain\n", "words: back, sle\n")
    lexicon = Lexicon(read_rules(text), Corpus((parse_article(small_article, "a.md"),)))
    shares = {(match.name.id, match.start): match.name.share for match in lexicon.matcher.find(["sle", ".", "back"])}
    assert shares == {("lupus", 0): 2, ("back-pain", 0): 2, ("back-pain", 2): 1}


def test_a_word_is_kept_as_typed_as_read_and_as_its_stem(lexicon: Lexicon) -> None:
    assert lexicon.read("LUPSU") == (Word.of("LUPSU", "lupus", repaired=True),)
    assert lexicon.read("Can't") == (Word.of("Can't", "can"), Word.of("Can't", "not"))
    assert lexicon.read("treated") == (Word.of("treated", "treated"),)


def test_words_of_the_corpus_and_common_english_words_are_left_alone(lexicon: Lexicon, bot: Bot) -> None:
    for word in ("lupin", "treated", "batter", "nerves", "never", "lapse"):
        assert [read.read for read in lexicon.read(word)] == [word]
    said = {token.lower() for place in bot.corpus.places() for token in tokens(place.sentence.text) if token.isalpha()}
    assert {stem(word) for word in said} <= bot.lexicon.known_stems
    assert not [word for word in sorted(said) if bot.lexicon.speller.repair(word)]


@pytest.mark.parametrize("word", ["colour", "color", "centre", "center", "aching", "never", "headache"])
def test_the_word_list_knows_both_spellings_of_english(word: str) -> None:
    assert word in english_words()


def test_the_word_list_is_lower_case_and_of_letters() -> None:
    """A capital in it would never be found, and the word would be "repaired"."""
    words = english_words()
    assert len(words) > 20_000
    assert not [word for word in words if not word.isascii() or word != word.lower()]


def spoken(wording: Wording) -> list[str]:
    """Stems of a message that says `wording`: its wildcards filled in, its gaps left empty."""
    fill = {"#": "#3", "#many": "#20", "#fever": "#39.4", "#year": "#1998"}
    return [fill.get(part, part) for part in wording.stems if part != "..."]


@pytest.mark.parametrize("section", KINDS)
def test_every_wording_of_the_spine_bot_is_found_when_it_is_said(section: str, bot: Bot) -> None:
    """A wording that no message can fulfil is a rule that silently never holds: a sign, a caveat, an answer lost."""
    lost = []
    for rule in bot.rules[section].values():
        for wording in rule.words:
            if not any(match.name.kind == KINDS[section] and match.name.id == rule.id for match in bot.lexicon.matcher.find(spoken(wording))):
                lost.append((wording.line, wording.text))
    assert not lost


@pytest.mark.parametrize("section", ["topics", "caveats", "signs", "contexts"])
def test_every_wording_typed_by_a_person_is_read_as_it_is_written(section: str, bot: Bot) -> None:
    """Repair, contractions and texting must not change the words that the rules wait for."""
    fill, changed = {"#": "3", "#many": "20", "#fever": "39.4", "#year": "1998", "...": ""}, []
    for rule in bot.rules[section].values():
        for wording in rule.words:
            typed = " ".join(fill.get(part, part.split("/")[0]) for part in wording.text.split())
            read = [word.stem for token in tokens(typed) for word in bot.lexicon.read(token)]
            if not any(match.name.kind == KINDS[section] and match.name.id == rule.id for match in bot.lexicon.matcher.find(read)):
                changed.append((wording.line, wording.text, " ".join(read)))
    assert not changed


def test_known_stems_hold_the_rules_and_the_corpus(lexicon: Lexicon) -> None:
    assert set(stems("lupus hurt treated butterfly saddle")) <= lexicon.known_stems
    assert "gibberish" not in lexicon.known_stems
    assert lexicon.corpus_stems < lexicon.known_stems


#: Words of daily life and rarer ones, each good English.
GOOD = """
    january february march april june july august september october november december monday tuesday wednesday thursday friday saturday sunday spring
    summer autumn winter easter christmas halloween diwali ramadan bollard kerb pavement lorry caravan trailer tractor scooter tricycle saddle pedal
    handlebar windscreen wiper clutch gearbox dashboard bonnet bumper hubcap puddle gutter manhole hedge fence trellis patio decking shed greenhouse
    wheelbarrow spade rake trowel hosepipe sprinkler compost allotment seedling tulip daffodil dahlia begonia petunia marigold geranium ivy bramble
    nettle thistle conker acorn kettle toaster teapot saucer mug tumbler ladle whisk colander sieve spatula grater tureen casserole fridge freezer hob
    oven grill dishwasher sponge duster hoover broom mop bucket bleach laundry tumble ironing wardrobe drawer cupboard larder pantry stool sofa settee
    armchair recliner hammock cushion duvet quilt blanket curtain rug lino tile skirting banister landing attic loft cellar garage porch doorbell
    letterbox scarf mitten glove beanie anorak cardigan jumper hoodie sweatshirt tracksuit trainers wellies sandals slippers stilettos loafers corset
    girdle brooch bracelet necklace pendant locket earring rucksack satchel purse handbag suitcase briefcase umbrella netball rounders cricket hockey
    lacrosse badminton squash judo karate archery fencing sledging ice skating snorkel canoe kayak dinghy paddle trampoline springboard vault hurdle
    javelin discus relay referee umpire whistle carrot turnip swede parsnip leek marrow courgette aubergine lentil barley porridge muesli crumpet
    scone pasty gravy custard trifle blancmange flan tart quiche lasagne risotto paella curry samosa naan chapati hummus falafel kebab noodle dumpling
    sushi brisket haggis kipper haddock mackerel trout plumber joiner plasterer roofer bricklayer welder mechanic cabbie courier postie librarian
    teacher tutor lecturer nanny midwife vicar priest imam rabbi sergeant corporal sailor trawler farmhand shepherd milkman barista bouncer usher
    spaniel poodle terrier collie labrador corgi hamster gerbil guinea budgie parrot tortoise gecko goldfish ferret pony foal mare heifer bullock lamb
    piglet gosling duckling cygnet heron magpie robin wren niece nephew cousin auntie uncle granny grandad stepson stepdad fiance spouse toddler
    teenager pensioner neighbour lodger landlord tenant abode abridge abut adept adore aglow ajar allot amble annoy aroma astute avid awry bland blunt
    brisk candid clumsy coarse crisp daft dainty damp drab eerie feeble fickle flimsy frail frosty gaunt glum grim groggy gruff hasty hoarse husky
    idle jolly keen lanky limber lithe lofty lucid mellow murky nimble numb oblong placid plump prim queasy quirky rigid rugged rustic scant shabby
    sleek slender snug sober stale steep stern stout sturdy sullen supple tepid terse vague wary weary wily wobbly wry zany
""".split()


def test_good_words_are_no_misspellings_of_ours(bot: Bot) -> None:
    """ "My fridge fell on me" was read as a bridge, an asthmatic as arthritic, and what was repaired is shown to the user."""
    assert {word: [part.read for part in bot.lexicon.read(word)] for word in GOOD if any(part.repaired for part in bot.lexicon.read(word))} == {}
    asked = "asthmatic clinicians herbal orally indian susan leeds inebriated".split()
    assert not any(part.repaired for word in asked for part in bot.lexicon.read(word))


@pytest.mark.parametrize(("typed", "meant"), [("abowt", "about"), ("rumatoyd", "rheumatoid"), ("whiplsh", "whiplash"), ("spinel", "spinal"), ("sirgery", "surgery")])
def test_what_is_no_word_is_still_repaired(typed: str, meant: str, bot: Bot) -> None:
    assert [part.read for part in bot.lexicon.read(typed)] == [meant]


@pytest.mark.parametrize(("message", "kept"), [
    ("my aunt in Kumasi is well", "Kumasi"), ("I live in Soweto now", "Soweto"), ("my sister Anil has it", "Anil"), ("burnt it with the MIG at work", "MIG"),
])
def test_a_name_that_only_sounds_like_a_word_of_ours_is_a_name(message: str, kept: str, bot: Bot) -> None:
    """Read as what its letters sound like, a town in Ghana was a cry for help."""
    words, _ = read_words(message, bot.lexicon)
    assert kept in [word.typed for word in words] and not any(word.repaired for word in words)


@pytest.mark.parametrize(("message", "meant"), [
    ("Rumatoid arthritis?", "rheumatoid"), ("is it Whiplsh", "whiplash"), ("I have Rheumatiod arthritis", "rheumatoid"), ("LUPSU", "lupus"),
])
def test_a_capital_letter_hides_no_misspelling(message: str, meant: str, bot: Bot) -> None:
    """Telephones write the first word of a sentence with one, and people the names of illnesses."""
    assert meant in [word.read for word in read_words(message, bot.lexicon)[0]]
