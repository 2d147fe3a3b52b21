"""Every goal of the design's reliability has a test: here is which, and how to run the long ones.

    pytest tests/hostile                    what CI runs
    pytest -m soak tests/hostile            the long versions: some twenty minutes

A goal's first tests run in CI; those behind ``SOAK`` only when asked for.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SOAK = "soak"

GOALS = {
    "G1: 2,000 fuzzed queries, no death, each answered in time": [
        "hostile/test_queries.py::test_generated_queries",
        "hostile/test_nesting.py::test_a_nested_query_is_answered_or_refused",
        "hostile/test_nesting.py::test_100_000_levels_are_too_many",
        SOAK,
        "hostile/test_soak.py::test_two_thousand_generated_queries",
    ],
    "G2: no truncated result looks complete": [
        "hostile/test_whole_answers.py::test_what_is_too_large_does_not_end_well",
        "hostile/test_whole_answers.py::test_time_that_runs_out_within_an_answer",
        "hostile/test_whole_answers.py::test_a_worker_that_dies_within_an_answer",
        "hostile/test_whole_answers.py::test_a_disk_that_is_full_within_an_answer",
        "hostile/test_whole_answers.py::test_a_server_that_ends_within_an_answer",
        "server/engine/test_remote_store.py::test_what_is_no_whole_answer_is_none",
    ],
    "G3: 16 hostile connections do not delay a neighbour": [
        "hostile/test_neighbours.py::test_a_neighbour_of_sixteen_hostile_connections",
        SOAK,
        "hostile/test_neighbours.py::test_a_neighbour_of_sixteen_hostile_connections",
    ],
    "G4: the price of isolation": ["benchmarks/endpoint.py::main"],
    "G5: no acknowledged update is lost, however the writer is killed": [
        "server/updates/test_crashes.py::test_a_hundred_kills",
        "server/updates/test_gate.py::test_a_change_after_the_validator_was_killed",
        "server/updates/test_archive.py::test_a_backup_while_a_server_writes",
    ],
    "G6: acknowledged is on the disk": [
        "server/updates/test_durability.py::test_everything_is_synced_before_it_is_acknowledged",
    ],
    "G7: what the gate refuses leaves nothing": [
        "server/updates/test_gate.py::test_what_would_break_the_shapes_is_not_kept",
        "server/updates/test_change.py::test_a_syntax_error_changes_nothing_and_has_its_place_in_the_whole_text",
    ],
    "G8: a restored store is equal, and no flipped bit makes a wrong dump": [
        "server/updates/test_archive.py::test_a_backup_is_restored_to_the_same_quads",
        "server/updates/test_archive.py::test_a_damaged_backup_is_not_restored",
        "hostile/test_bit_flips.py::test_no_dump_is_silently_wrong",
        SOAK,
        "hostile/test_bit_flips.py::test_no_dump_is_silently_wrong",
    ],
    "G9: nobody is called": ["hostile/test_requests_to_others.py::test_nobody_is_called"],
    "G10: no bomb is unpacked": [
        "hostile/test_uploads.py::test_an_upload_is_refused_and_changes_nothing",
        "hostile/test_uploads.py::test_uploads_all_at_once",
        "server/updates/test_uploads.py::test_a_hostile_upload",
    ],
    "G11: clients that are slow, or send nothing, hold nobody up": [
        "hostile/test_connections.py::test_1500_clients_that_send_a_byte_and_wait",
        "hostile/test_connections.py::test_more_clients_than_places",
        "hostile/test_connections.py::test_readers_of_a_byte_a_second_hold_nobody_up",
        "server/http/test_limits.py::test_a_slow_reader_holds_no_worker",
    ],
    "G12: no label or IRI runs in a page": [
        "hostile/test_pages.py::test_answers_are_data",
        "hostile/test_pages.py::test_errors_are_data",
        "hostile/test_pages.py::test_the_front_page",
        "network/figures/test_view.py::test_a_label_that_looks_like_a_script_is_a_label",
    ],
    "G13: nothing leaks under a mixed load with kills": [
        "hostile/test_queries.py::test_hostile_queries_all_at_once",
        SOAK,
        "hostile/test_soak.py::test_a_mixed_load_leaks_nothing",
    ],
}


def test_every_goal_is_here() -> None:
    assert [goal.split(":")[0] for goal in GOALS] == [f"G{number}" for number in range(1, 14)]


@pytest.mark.parametrize("goal", GOALS)
def test_a_goal_has_its_tests(goal: str) -> None:
    in_ci = True
    for named in GOALS[goal]:
        if named == SOAK:
            in_ci = False
            continue
        file, _, function = named.partition("::")
        source = (TESTS / file).read_text()
        functions = {
            each.name for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)
        }
        assert function in functions, f"{goal}: there is no {named}"
        assert in_ci or "pytest.mark.soak" in source
