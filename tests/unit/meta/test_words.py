# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project uses the standard terms of its field: words that hide them are not in any file."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Iterator

import pytest

from tests.unit.meta.project import read
from tests.unit.meta.project import tracked_files


@dataclasses.dataclass(frozen=True)
class Rule:
    """A word or phrase that no file may contain.

    :param pattern: a regular expression for whole words, in any case; a space also matches a line break.
    :param instead: what to write, or why the word is refused.
    :param sample: a sentence that the rule refuses.
    """

    pattern: str
    instead: str
    sample: str


RULES = (
    Rule(r"mend\w*", "fix, repair", "Mend the policy of the bucket."),
    Rule(r"se(e|es|en|eing) to", "fix, make sure", "Somebody must see to the key."),
    Rule(r"asked for", "as configured, requested, required", "The flow log is as asked for."),
    Rule(r"lack(s|ed|ing)?", "is missing, has no", "The principal lacks a permission."),
    Rule(r"of others", "other teams', third-party", "Statements of others stay."),
    Rule(r"foreign", "other teams', third-party", "Foreign statements stay."),
    Rule(r"surroundings", "environment; boto3's usual lookup", "The surroundings decide."),
    Rule(r"besides?", "next to, also, apart from", "It reads the key beside the bucket."),
    Rule(r"shall", "must, should", "The role shall create the bucket."),
    Rule(r"tells?|told", "say, show, list, report, return, set", "The report tells which targets are missing."),
    Rule(r"looked (at|whether)", "checked, read", "Before that, the key is looked at."),
    Rule(r"lies?", "is in", "The file lies in the bucket."),
    Rule(r"doctor", "destination check", "The doctor examines the bucket."),
    Rule(r"odd(ity|ities)", "look-alikes", "The policy has oddities."),
    Rule(r"room", "capacity", "The policy has no room for it."),
    Rule(r"found out", "determined", "The owner could not be found out."),
    Rule(r"undeliverable", "cannot receive flow logs", "This destination becomes undeliverable."),
    Rule(r"records? (do not |can )?arrives?", "flow logs are delivered", "After ten minutes records arrive."),
    Rule(r"nought", "zero, none", "What is nought is not named."),
    Rule(r"foret(ell|ells|old|elling)", "predict", "Check mode foretells the actions."),
    Rule(r"who(so|s)?ever", "everyone who, any principal that", "Whoever may write it can delete it."),
    Rule(r"in the way", "blocks", "A deny statement is in the way."),
    Rule(r"for (want|lack) of", "because there is no", "Not measured, for want of a permission."),
    Rule(r"weighed", "assessed", "Each statement is weighed."),
)

#: Files that are not written in the words of this project, and why.
OTHER_TEXTS = {
    "LICENSE": "the license",
    "LICENSES/GPL-3.0-or-later.txt": "the license",
    "tests/unit/meta/test_words.py": "quotes every refused word",
}

#: Uses that are right, as regular expressions around a refused word, and why.
ALLOWED = {
    r"is undeliverable": "part of a message of CreateFlowLogs that AWS documents",
    r"""(["'`])undeliverable\1""": "the name of a fault of the simulator, after that message",
}


def expression(pattern: str) -> re.Pattern[str]:
    """Return the expression for a rule or an allowed use, which also matches wrapped comments and strings.

    A phrase whose last word is a variable that the next line of code sets is no phrase.
    """
    spaced = pattern.replace(" ", r"[\s#\"']+")
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w){'(?! =)' if ' ' in pattern else ''}", re.IGNORECASE)


EXPRESSIONS = {rule: expression(rule.pattern) for rule in RULES}
ALLOWED_EXPRESSIONS = [expression(pattern) for pattern in ALLOWED]


def refused_words(text: str) -> Iterator[tuple[int, str, Rule]]:
    """Yield the line number, the words and the rule for each refused word of a text."""
    allowed = [range(*found.span()) for one in ALLOWED_EXPRESSIONS for found in one.finditer(text)]
    for rule, refused in EXPRESSIONS.items():
        for found in refused.finditer(text):
            if not any(found.start() in span for span in allowed):
                yield text.count("\n", 0, found.start()) + 1, " ".join(found[0].split()), rule


def offenders(name: str) -> list[str]:
    """Return one line for each refused word of a tracked file: the place, the word and what to write instead."""
    found = sorted(refused_words(read(name)), key=lambda item: item[0])
    return [f"{name}:{line}: {words!r}; write: {rule.instead}" for line, words, rule in found]


TEXTS = [name for name in tracked_files() if pathlib.PurePath(name).suffix != ".png" and name not in OTHER_TEXTS]


def test_no_file_has_a_refused_word() -> None:
    found = [line for name in TEXTS for line in offenders(name)]
    assert not found, "\n".join([f"{len(found)} refused words:", *found])


def test_each_rule_refuses_its_sample() -> None:
    assert [
        rule.sample for rule in RULES if rule not in {broken for _at, _words, broken in refused_words(rule.sample)}
    ] == []


def test_words_are_found_in_identifiers_and_across_lines() -> None:
    text = 'told = 1\n# The role is as asked\n# for.\nx = "Statements of "\n"others"\n'
    assert [(line, words.split()[0]) for line, words, _rule in refused_words(text)] == [
        (2, "asked"),
        (4, "of"),
        (1, "told"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "LogDestination: logs is undeliverable",
        '{"action": "undeliverable"}',
        "a recommended mushroom",
        "amend the policy",
        "assert a in found\nout = 1",
    ],
)
def test_allowed_uses_and_longer_words_pass(text: str) -> None:
    assert list(refused_words(text)) == []


def test_every_exception_is_needed() -> None:
    assert [name for name in OTHER_TEXTS if not offenders(name)] == []
    texts = [read(name) for name in TEXTS]
    assert [one.pattern for one in ALLOWED_EXPRESSIONS if not any(map(one.search, texts))] == []
