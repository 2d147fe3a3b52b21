"""Link the names in a sentence to the things that they name.

The linker knows names only through the rows that it is given; it reads no file, mints no
IRI and never guesses. What is ambiguous is decided by a reviewed row with its reason.

Korean abbreviates lists of states into one word (``한미일`` is three states). Which
syllables abbreviate which states, and which of their sequences are words, are rows too: a
rule without the table would also split ``미래``.

Tables of ``data/tables/names/`` (CSV, UTF-8, header row; ``;`` joins several values). Every
``label_ko``, ``label_en`` and ``short`` of a world table is a name already.

``names.csv``
    ``surface, lang, entity, members, form, self, note``: further names. *lang* ``ko`` or
    ``en``; *entity* such as ``country/jpn``; *members* the entities that the surface spells
    out, in its order; *form* ``full``, ``short``, ``abbreviated`` or ``generic``; *self*
    ``yes`` where the speaker of the text is meant, else empty.
``decisions.csv``
    ``surface, context, reading, reason``: wherever the phrase *context* stands, *surface*
    inside it names *reading*, or nothing (``none``). The longest phrase counts.
``ambiguities.csv``
    ``surface, cues, reading, otherwise, reason``: a name that is also an ordinary word, or
    has two readings. It names *reading* where one of *cues* follows it, where 주 or 대 is
    written before it, or in a list of names; elsewhere it names *otherwise* (or ``none``).
    A cue ``@state`` stands for the words of that kind in ``followers.csv``. With ``!word``
    anywhere in the sentence it names nothing, unless a cue or a list says that it does.
``syllables.csv``
    ``syllable, entity, core, heads, note``: one-syllable abbreviations. A separated chain of
    *core* syllables is always a group of countries, and one of three syllables or more of
    any kind; *heads* are words before which the syllable alone names its country
    (``미 국무부``).
``combinations.csv``
    ``syllables, bare, note``: reviewed sequences of syllables; *bare* ``yes`` where the
    sequence may stand without separators.
``followers.csv``
    ``word, kind, note``: nouns that are written onto a name without a space. *kind* ``state``
    where the word follows only something that acts like a state, else ``noun``.
"""

from agendagraph.agenda.linking.from_tables import NAME_TABLES, WORLD_TABLES, gazetteer_from_rows
from agendagraph.agenda.linking.gazetteer import Gazetteer
from agendagraph.agenda.linking.gazetteer_input import (
    Ambiguity,
    Combination,
    Decision,
    Form,
    Mention,
    Name,
    Syllable,
)
from agendagraph.agenda.linking.mentions import find_mentions

__all__ = [
    "NAME_TABLES",
    "WORLD_TABLES",
    "Ambiguity",
    "Combination",
    "Decision",
    "Form",
    "Gazetteer",
    "Mention",
    "Name",
    "Syllable",
    "find_mentions",
    "gazetteer_from_rows",
]
