"""The rows of the tables of errors that tell of calls of other servers, by SERVICE and LOAD."""

from __future__ import annotations

from typing import Final

from agendagraph.server.http.problems.entry import Entry, Words
from agendagraph.sparql.cause import Cause
from agendagraph.sparql.refusal import Reason

CALLS: Final[dict[Reason, Entry]] = {
    Reason.CALL: Entry(
        400,
        "The call of another server cannot be made",
        "다른 서버를 부를 수 없는 요청입니다",
        "{place}{problem}",
        "{place}부를 수 없습니다: {problem}",
    ),
    Reason.HOST_NOT_NAMED: Entry(
        403,
        "This server does not ask that host",
        "이 서버는 그 호스트에 요청하지 않습니다",
        "Found {found}; the operator allows {expected}, by http or https.",
        "받은 주소: {found}. 운영자가 허용한 호스트: {expected} (http 또는 https).",
    ),
    Reason.ADDRESS_NOT_PUBLIC: Entry(
        403,
        "The host has an address that is never asked",
        "요청할 수 없는 주소를 가진 호스트입니다",
        "{host} stands for a private, local or reserved address; expected public ones only.",
        "{host}은(는) 사설, 로컬 또는 예약된 주소를 가리킵니다. 공개된 주소만 쓸 수 있습니다.",
    ),
    Reason.CALL_TOO_LARGE: Entry(
        413,
        "A server that the request calls sent too much",
        "요청이 부르는 서버의 답이 너무 큽니다",
        "{host} may send {limit} {what}. Ask it for less, inside the call.",
        "{host}이(가) 보낼 수 있는 한도: {limit} {what}. 호출 안에서 더 적게 요청해 주십시오.",
    ),
    Reason.CALL_FAILED: Entry(
        502,
        "A server that the request calls gave no answer",
        "요청이 부르는 서버에서 답을 받지 못했습니다",
        "{host}: {problem}",
        "{host}의 문제: {problem}",
    ),
    Reason.CALL_TIME_LIMIT: Entry(
        504,
        "A server that the request calls took too long",
        "요청이 부르는 서버가 너무 오래 걸렸습니다",
        "{host} had {limit_s} s, half of this request's time limit.",
        "{host}에 주어진 시간은 이 요청의 시간 한도의 절반인 {limit_s}초였습니다.",
    ),
}

CALL_CAUSES: Final[dict[Cause, Words]] = {
    Cause.CALL_OF_A_VARIABLE: Words(
        "SERVICE 뒤에는 IRI가 와야 하는데 {found}이(가) 있습니다.",
        "Expected an IRI after SERVICE, found {found}.",
    ),
    Cause.CALL_IN_A_CALL: Words(
        "SERVICE 안에 다시 SERVICE가 있습니다. 다른 서버를 시켜 또 다른 서버에 묻지 않습니다.",
        "There is a SERVICE inside a SERVICE; no server is asked to ask another.",
    ),
    Cause.CALL_MALFORMED: Words(
        "SERVICE 뒤에는 IRI와 중괄호로 묶은 그룹이 와야 합니다.",
        "Expected SERVICE, an IRI and a group in braces.",
    ),
    Cause.CALLS_TOO_MANY: Words(
        "SERVICE와 LOAD는 모두 {limit}번까지, 합쳐 {limit_bytes}바이트까지 쓸 수 있습니다.",
        "SERVICE and LOAD may be called {limit} times, in {limit_bytes} bytes.",
    ),
    Cause.CALLS_UNCLEAR: Words(
        "글의 꼴 때문에 SERVICE나 LOAD가 어디까지인지 알 수 없습니다. 더 단순하게 써 주십시오.",
        "The text is too unusual to tell where SERVICE or LOAD ends; write it more simply.",
    ),
    Cause.ADDRESS_UNKNOWN: Words("이름의 주소가 없습니다.", "Its name has no address."),
    Cause.NOT_ANSWERING: Words("연결되지 않습니다.", "It does not answer."),
    Cause.REDIRECTED_TOO_FAR: Words(
        "다른 주소로 {limit}번 넘게, 또는 너무 긴 주소로 보냅니다.",
        "It redirects more than {limit} times, or to an address that is too long.",
    ),
    Cause.REDIRECTED_TO_HTTP: Words(
        "https에서 http로 보냅니다.", "It redirects from https to http."
    ),
    Cause.ANSWERED_WITH_STATUS: Words(
        "상태 {found}(으)로 답했습니다.", "It answered with the status {found}."
    ),
    Cause.ANSWERED_PACKED: Words(
        "압축하지 말라고 했는데 답을 압축했습니다.",
        "It compressed an answer that was to be plain.",
    ),
    Cause.ANSWERED_AS_TYPE: Words(
        "답의 형식은 {found}입니다. 기대한 형식: {expected}.",
        "It answered as {found}; expected {expected}.",
    ),
    Cause.ANSWERED_WITHOUT_LENGTH: Words(
        "답에 길이가 없어 다 왔는지 알 수 없습니다.",
        "Its document has no length, so that nobody can tell whether it is whole.",
    ),
    Cause.ANSWERED_IN_PART: Words(
        "자체 시간 한도에서 멈추어 답의 일부만 보냈습니다.",
        "It stopped at a time limit of its own, and sent a part of the answer.",
    ),
    Cause.ANSWERED_ROWS: Words(
        "답을 {limit}행에서 자릅니다. 호출 안에서 LIMIT으로 더 적게 요청해 주십시오.",
        "It cuts answers after {limit} rows; ask it for fewer, with LIMIT inside the call.",
    ),
    Cause.ANSWERED_ANOTHER_QUESTION: Words(
        "묻지 않은 것에 답했습니다: {found}.",
        "It answered what it was not asked: {found}.",
    ),
    Cause.ANSWER_UNREADABLE: Words(
        "보낸 것을 읽을 수 없습니다: “{found}”.",
        "What it sent cannot be read: {found}.",
    ),
}
