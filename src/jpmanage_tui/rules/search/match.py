"""How well the rows of the index match the words of a search.

A word matches a license when it stands in its site, its product's name, its owner's name or its code, or when it is
the number of the license or of its site. A word of one or two characters is not sought after the last underscore of a
code: by chance it stands in every third of them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from jpmanage_tui.rules.search.index import BREAK, SLICE, Checkpoint, Column, DistinctValues, LicenseIndex

EXACTLY, SITE_START, WORD_START, INSIDE, IN_CODE = 128, 64, 32, 16, 8
"""How well a word matches exactly, best first: it is the code or the number; the site begins with it; a word of site,
product or owner begins with it; it stands inside one of them; it stands in the code."""
NEAR_1, NEAR_2, NEAR_3 = 4, 2, 1
"""How nearly a word matches, best first."""
LEVELS = bytes(byte.bit_length() for byte in range(256))
"""Translates the bits of a row to the level of its best one, 1 to 8."""
MOST_RANKED = 16
"""Words that count for the rank; all of them must match."""
SHORT = 2
FUZZY_FROM, FUZZY_CODE_FROM = 5, 20
"""Characters from which on a word may match nearly, in names and in codes."""
CHANCE_TO, FEW = 8, 10
"""A word of so many characters at most may stand by chance in the random part of so many codes at most."""
VALUES_SLICE = 1024

SOME = bytes([0, *[255] * 255])
"""Translates a byte to 255 where it is not 0."""
NONE = bytes([255, *[0] * 255])
"""Translates a byte to 255 where it is 0."""


# -- one byte a row, combined column by column at the speed of C --------------------------


def bit_and(one: bytes, other: bytes) -> bytes:
    """Return what both hold, bit by bit."""
    joined = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def bit_or(one: bytes, other: bytes) -> bytes:
    """Return what one of the two holds, bit by bit."""
    joined = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def byte_sum(one: bytes, other: bytes) -> bytes:
    """Return the sums, row by row; the caller knows that they stay below 256, so that none carries into the next."""
    summed = int.from_bytes(one, "little") + int.from_bytes(other, "little")
    return summed.to_bytes(len(one), "little")


def bit_and_not(one: bytes, other: bytes) -> bytes:
    """Return `one` where `other` is 0, 0 elsewhere."""
    return bit_and(one, other.translate(NONE))


def gather(table: bytes, column: Column, checkpoint: Checkpoint) -> bytes:
    """Return, row by row, the byte that `table` has for the number in `column`."""
    if isinstance(column, bytearray):
        return bytes(column.translate(table.ljust(256, b"\0")))
    out = bytearray()
    for start in range(0, len(column), SLICE):
        out += bytes(map(table.__getitem__, column[start : start + SLICE]))
        checkpoint()
    return bytes(out)


# -- exactly -------------------------------------------------------------------------------


def word_starts(text: str, word: str) -> bool:
    """Return whether a word of `text` begins with `word`, which stands in it."""
    place = text.find(word)
    while place >= 0:
        if place == 0 or not text[place - 1].isalnum():
            return True
        place = text.find(word, place + 1)
    return False


def site_bits(text: str, word: str) -> int:
    """Return how well `word` matches a site's folded address, 0 when it does not."""
    if word not in text:
        return 0
    if text.startswith(word):
        return SITE_START
    return WORD_START if word_starts(text, word) else INSIDE


def name_bits(text: str, word: str) -> int:
    """Return how well `word` matches a folded name, 0 when it does not."""
    if word not in text:
        return 0
    return WORD_START if word_starts(text, word) else INSIDE


def number_of(word: str) -> int | None:
    """Return the number that a word is, None when it is none."""
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 19 else 0
    return number or None


def exact_bits(index: LicenseIndex, word: str, checkpoint: Checkpoint) -> bytes:
    """Return how well each row matches `word`, in bits; 0 where it does not."""
    bits = bytes(index.size)
    for values, column, rate in (
        (index.sites, index.site, site_bits),
        (index.products, index.product, name_bits),
        (index.owners, index.owner, name_bits),
        (index.prefixes, index.prefix, _in_code),
    ):
        table = _rated(values, word, rate, checkpoint)
        if any(table):
            bits = bit_or(bits, gather(table, column, checkpoint))
    single = bytearray(index.size)
    _rate_secrets(index, word, single, checkpoint)
    _rate_numbers(index, word, single, checkpoint)
    return bit_or(bits, bytes(single))


def _in_code(text: str, word: str) -> int:
    return IN_CODE if word in text else 0


def _rated(
    values: DistinctValues, word: str, rate: Callable[[str, str], int], checkpoint: Checkpoint
) -> bytes:
    out = bytearray(len(values))
    for start in range(0, len(values), VALUES_SLICE * 4):
        part = values.folded[start : start + VALUES_SLICE * 4]
        for number in [number for number, text in enumerate(part, start) if word in text]:
            out[number] = rate(values.folded[number], word)
        checkpoint()
    return bytes(out)


def _rate_secrets(index: LicenseIndex, word: str, bits: bytearray, checkpoint: Checkpoint) -> None:
    """Rate what follows the last underscore of the codes, and the whole codes where the word has an underscore."""
    head, underscore, tail = word.rpartition("_")
    head += underscore
    heads = bytes(text.endswith(head) for text in index.prefixes.folded) if underscore else b""
    whole = [text == head for text in index.prefixes.folded]
    if (len(word) <= SHORT and not underscore) or (underscore and not any(heads)):
        return
    for first, block in index.secrets.folded_blocks():
        if tail in block:
            for row, secret in enumerate(block.split(BREAK), first):
                if underscore:
                    if secret.startswith(tail) and heads[index.prefix[row]]:
                        exactly = secret == tail and whole[index.prefix[row]]
                        bits[row] |= EXACTLY if exactly else IN_CODE
                elif word in secret:
                    exactly = secret == word and not index.prefix[row]
                    bits[row] |= EXACTLY if exactly else IN_CODE
        checkpoint()


def _rate_numbers(index: LicenseIndex, word: str, bits: bytearray, checkpoint: Checkpoint) -> None:
    number = number_of(word)
    if number is None:
        return
    for column in (index.license_id, index.blog_id):
        for start in range(0, index.size, SLICE):
            part = column[start : start + SLICE]
            if number in part:
                for row, value in enumerate(part, start):
                    bits[row] |= EXACTLY if value == number else 0
            checkpoint()


def by_chance(word: str, bits: bytes) -> bool:
    """Return whether `word`, which matches exactly where `bits` say, may do so only by chance: in a few codes.

    Then it may also be the slip of the keyboard that it would be taken for if those few codes were others.
    """
    if not FUZZY_FROM <= len(word) <= CHANCE_TO or "_" in word:
        return False
    return 0 < len(bits) - bits.count(0) <= FEW and max(bits) == IN_CODE


# -- nearly --------------------------------------------------------------------------------


def least_similar(word: str) -> float:
    """Return how similar (0 to 100) a part of a text must be to `word` to match nearly.

    One slip is allowed for up to eight characters, two for more: a wrong, a missing, a doubled or a swapped one.
    """
    slips = 1 if len(word) <= 8 else 2
    return 100.0 * (1 - slips / (len(word) - 1)) - 0.01


def near_bit(score: float) -> int:
    """Return the bit of a similarity of 0 to 100."""
    if score >= 91:
        return NEAR_1
    return NEAR_2 if score >= 84 else NEAR_3


def near_bits(index: LicenseIndex, word: str, checkpoint: Checkpoint) -> bytes:
    """Return how nearly each row matches `word`, in bits; 0 where it does not."""
    bits = bytes(index.size)
    if len(word) < FUZZY_FROM:
        return bits
    for values, column in (
        (index.sites, index.site),
        (index.products, index.product),
        (index.owners, index.owner),
    ):
        table = bytearray(len(values))
        for start in range(0, len(values), VALUES_SLICE):
            for number, score in similar(word, values.folded[start : start + VALUES_SLICE]):
                table[start + number] = near_bit(score)
            checkpoint()
        if any(table):
            bits = bit_or(bits, gather(bytes(table), column, checkpoint))
    if len(word) >= FUZZY_CODE_FROM and not any(bits):
        bits = bit_or(bits, _near_codes(index, word, checkpoint))
    return bits


def similar(word: str, texts: list[str]) -> list[tuple[int, float]]:
    """Return (place, similarity) of the texts that match `word` nearly."""
    from rapidfuzz import fuzz, process

    hits = process.extract(
        word, texts, scorer=fuzz.partial_ratio, score_cutoff=least_similar(word), limit=None
    )
    # a text that is shorter than the word is a part of many words by chance
    return [(place, score) for text, score, place in hits if len(text) >= len(word) - 2]


def _near_codes(index: LicenseIndex, word: str, checkpoint: Checkpoint) -> bytes:
    """Rate codes by their similarity to a long word: the whole code, or without an underscore what follows its last."""
    from rapidfuzz import fuzz, process

    bits = bytearray(index.size)
    prefixes = index.prefixes.folded
    for first, block in index.secrets.folded_blocks():
        texts = block.split(BREAK)
        if "_" in word:
            numbers = islice(index.prefix, first, first + len(texts))
            texts = [prefixes[number] + text for number, text in zip(numbers, texts, strict=True)]
        for _, score, place in process.extract(
            word, texts, scorer=fuzz.ratio, score_cutoff=least_similar(word), limit=None
        ):
            bits[first + place] = near_bit(score)
        checkpoint()
    return bytes(bits)
