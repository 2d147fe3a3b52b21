"""Link the names in a sentence to the entities that they name.

    names, decisions, … (rows)  ->  from_tables  ->  Gazetteer  ->  find_mentions  ->  Mention

- `gazetteer_input`: the records that a gazetteer is made of; `from_tables` makes them of rows.
- `gazetteer`: all forms of all names (`variants`) in one Aho-Corasick automaton.
- `boundaries`: where a name begins and ends in Korean, by particles, affixes and nouns.
- `abbreviations`: chains of one-syllable names. **How is 한미 read?** Here, by the tables
  ``syllables.csv`` and ``combinations.csv`` of ``data/tables/names/``: Korean abbreviates a
  list of states into one word (``한미일`` is three states), and a rule without tables would
  also split ``미래``.
- `mentions`: the candidates of one sentence, and the choice between them.

The linker reads no file, mints no IRI and never guesses: an ambiguous name is decided by a
reviewed row with its reason.

Tables of ``data/tables/names/`` (CSV, UTF-8, header row; ``;`` joins several values). Every
``label_ko``, ``label_en`` and ``short`` of a world table is a name already.

``names.csv``
    ``surface, lang, entity, members, form, self, note``: further names. *lang* ``ko`` or
    ``en``; *entity* such as ``country/jpn``; *members* the entities that the surface spells
    out, in its order; *form* ``full``, ``short``, ``abbreviated`` or ``generic``; *self*
    ``yes`` if the name is that of the speaker's own country.
``decisions.csv``
    ``surface, context, reading, reason``: wherever the phrase *context* occurs, *surface*
    inside it names *reading*, or nothing (``none``). The longest phrase counts.
``ambiguities.csv``
    ``surface, cues, reading, otherwise, reason``: a name that is also an ordinary word, or
    has two readings. It names *reading* if one of *cues* follows it, if 주 or 대 precedes
    it, or in a list of names; elsewhere it names *otherwise* (or ``none``). The cue
    ``@state`` means all words of that kind in ``followers.csv``. A cue ``!word`` means: if
    *word* is in the sentence, *otherwise* counts as ``none``.
``syllables.csv``
    ``syllable, entity, core, heads, note``: one-syllable abbreviations. A separated chain of
    *core* syllables is always a group of countries, and one of three syllables or more of
    any kind; *heads* are words before which the syllable alone names its country
    (``미 국무부``).
``combinations.csv``
    ``syllables, bare, note``: reviewed sequences of syllables; *bare* ``yes`` if the
    sequence may be written without separators.
``followers.csv``
    ``word, kind, note``: nouns that are written onto a name without a space. *kind* ``state``
    if the word follows only names of actors like states, else ``noun``.
"""

from agendagraph.agenda.linking.from_tables import NAME_TABLES, WORLD_TABLES, gazetteer_from_rows
from agendagraph.agenda.linking.gazetteer import Gazetteer
from agendagraph.agenda.linking.gazetteer_input import (
    Ambiguity,
    Combination,
    Decision,
    Form,
    Name,
    Syllable,
)
from agendagraph.agenda.linking.mentions import Mention, find_mentions

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
