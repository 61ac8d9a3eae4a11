"""What a log may not hold, taken out of a line: license codes, tokens, cards. Request ids stay."""

import re

GAP = "…"
"""What stands in the place of what was taken out."""

_NAMES = (
    "access_token|refresh_token|oauth2_token|token|client_secret|code_verifier|password|license_key|license|search|"
    "code|state|number|cvc|setup_intent_id"
)
_SEPARATOR = r"(?:=|%3D|[\"']?\s*:\s*)"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://)[^/\s@]*@"), rf"\1{GAP}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[^\s\"',]+", re.IGNORECASE), rf"\1 {GAP}"),
    # a license code is a segment of its own in a path (contract: licenses 1.4 to 1.7) and a parameter (1.1, 1.3, 1.8)
    (re.compile(r"(/license/)[^/?\s\"'<>]+"), rf"\1{GAP}"),
    (re.compile(r"(%2Flicense%2F)(?:(?!%2F|%3F|%23)[^\s\"'<>&])+", re.IGNORECASE), rf"\1{GAP}"),
    (
        re.compile(
            rf"(?<![A-Za-z0-9_-])((?:{_NAMES}){_SEPARATOR})(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&?)}}]+)",
            re.IGNORECASE,
        ),
        rf"\1{GAP}",
    ),
    (re.compile(r"\b(seti_[A-Za-z0-9]+_secret_)\w+"), rf"\1{GAP}"),
    (re.compile(r"\b[sprw]k_(?:live|test)_\w+"), GAP),
    # elsewhere it is told by its form: a product's slug, an underscore, and letters and digits (contract: licenses 1.1)
    (
        re.compile(r"\b([A-Za-z0-9]+(?:-[A-Za-z0-9]+)+(?:_|%5F))[^\s\"',;:&?<>()\[\]{}]+", re.IGNORECASE),
        rf"\1{GAP}",
    ),
    (
        re.compile(
            r"\b(?!(?:req|seti|pm|in|cus|card|src|ch|pi|evt|acct)_)([a-z]+_)(?=\w*\d)[A-Za-z0-9]{16,}\b"
        ),
        rf"\1{GAP}",
    ),
    (re.compile(r"(?<!request id )(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])"), GAP),
)


def redacted(text: str) -> str:
    """Return ``text`` without license codes (the product in front of one stays), tokens, and card numbers."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
