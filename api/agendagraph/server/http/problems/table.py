"""The one table of errors: reason to HTTP status, and the words for people.

In the words, ``{place}`` is where a text does not parse and ``{problem}`` what exactly is
wrong; `server.http.problems` puts them into the language of the rest.
"""

from __future__ import annotations

from typing import Final

from agendagraph.server.http.problems.entry import Entry
from agendagraph.server.http.problems.service_errors import CALLS
from agendagraph.sparql.refusal import Reason

TABLE: Final[dict[Reason, Entry]] = {
    Reason.SYNTAX: Entry(
        400,
        "The query does not parse",
        "질의를 읽을 수 없습니다",
        "{place}{problem}",
        "{place}문법 오류가 있습니다: {problem}",
    ),
    Reason.NESTING: Entry(
        400,
        "The query is nested too deeply",
        "질의의 중첩이 너무 깊습니다",
        "The parser ran out of stack. Write the query with fewer nested brackets or operators.",
        "구문 분석기의 스택이 넘쳤습니다. 괄호나 연산자의 중첩을 줄여 주십시오.",
    ),
    Reason.EVALUATION: Entry(
        400,
        "The query cannot be evaluated",
        "질의를 계산할 수 없습니다",
        "The engine says: {problem}",
        "엔진의 설명: {problem}",
    ),
    Reason.UPDATE_SYNTAX: Entry(
        400,
        "The update does not parse",
        "갱신문을 읽을 수 없습니다",
        "{place}{problem} Nothing has changed.",
        "{place}문법 오류가 있습니다: {problem} 바뀐 것은 없습니다.",
    ),
    Reason.UPDATE_FAILED: Entry(
        400,
        "The update cannot be carried out",
        "갱신을 실행할 수 없습니다",
        "The engine says: {problem} Nothing has changed.",
        "엔진의 설명: {problem} 바뀐 것은 없습니다.",
    ),
    Reason.DOCUMENT: Entry(
        400,
        "The document does not parse",
        "문서를 읽을 수 없습니다",
        "{place}{problem} Nothing has changed.",
        "{place}오류가 있습니다: {problem} 바뀐 것은 없습니다.",
    ),
    Reason.BAD_REQUEST: Entry(
        400,
        "The request does not follow the protocol",
        "요청이 프로토콜에 맞지 않습니다",
        "What is wrong: {problem}",
        "문제: {problem}",
    ),
    Reason.PARAMETER: Entry(
        400,
        "A parameter is not as described",
        "매개변수가 설명과 다릅니다",
        "What is wrong: {problem}",
        "문제: {problem}",
    ),
    Reason.UNAUTHORIZED: Entry(
        401,
        "A token is needed",
        "토큰이 필요합니다",
        "Send the token of this server as 'Authorization: Bearer …'.",
        "이 서버의 토큰을 'Authorization: Bearer …' 머리글로 보내 주십시오.",
    ),
    Reason.UNKNOWN_TOKEN: Entry(
        401,
        "The token is not known here",
        "이 서버가 모르는 토큰입니다",
        "This server has no such token. Is it another server's, or an old one?",
        "이 서버에는 그런 토큰이 없습니다. 다른 서버의 것이거나 예전 것인지 확인해 주십시오.",
    ),
    Reason.SERVICE_OFF: Entry(
        403,
        "SERVICE is switched off",
        "SERVICE는 꺼져 있습니다",
        "This endpoint calls no other endpoint. Ask the other one directly and join the answers,"
        " or ask the operator to name it in AGENDAGRAPH_SERVICE_HOSTS.",
        "이 서버는 다른 서버에 질의하지 않습니다. 직접 질의한 뒤 결과를 합치거나, "
        "운영자에게 AGENDAGRAPH_SERVICE_HOSTS에 등록해 달라고 요청해 주십시오.",
    ),
    Reason.WRITES_OFF: Entry(
        403,
        "This server is read-only",
        "이 서버는 읽기 전용입니다",
        "Updates are switched off. The operator switches them on with --writable and a token.",
        "갱신이 꺼져 있습니다. 운영자가 --writable과 토큰으로 켤 수 있습니다.",
    ),
    Reason.INSUFFICIENT_SCOPE: Entry(
        403,
        "The token does not allow this",
        "이 토큰으로는 할 수 없습니다",
        "The token has the scope {found}; this needs the scope {expected}.",
        "토큰의 범위는 {found}이지만 {expected} 범위가 필요합니다.",
    ),
    Reason.LOAD_OFF: Entry(
        403,
        "LOAD and SERVICE are switched off",
        "LOAD와 SERVICE는 꺼져 있습니다",
        "This server fetches nothing. Send the document itself, by PUT or POST to /graphs, or ask"
        " the operator to name its host in AGENDAGRAPH_SERVICE_HOSTS.",
        "이 서버는 외부 문서를 가져오지 않습니다. 문서를 /graphs에 PUT이나 POST로 보내거나, "
        "운영자에게 그 호스트를 AGENDAGRAPH_SERVICE_HOSTS에 등록해 달라고 요청해 주십시오.",
    ),
    Reason.RESERVED_GRAPH: Entry(
        403,
        "This graph is kept by the server",
        "서버가 관리하는 그래프입니다",
        "The graph {graph} is the history of updates; only the server writes it.",
        "{graph} 그래프는 갱신의 기록이며 서버만 씁니다.",
    ),
    Reason.NOT_FOUND: Entry(
        404,
        "There is nothing at this address",
        "이 주소에는 아무것도 없습니다",
        "Nothing is served at {path}.",
        "{path}에는 제공되는 것이 없습니다.",
    ),
    Reason.NO_GRAPH: Entry(
        404,
        "There is no such graph",
        "그런 그래프가 없습니다",
        "The store has no graph {graph}.",
        "저장소에 {graph} 그래프가 없습니다.",
    ),
    Reason.NO_NETWORK: Entry(
        404,
        "There is no such network, node or edge",
        "그런 네트워크나 노드, 연결이 없습니다",
        "What was looked for: {problem}",
        "찾은 것: {problem}",
    ),
    Reason.NO_UPDATE: Entry(
        404,
        "There is no such update",
        "그런 갱신이 없습니다",
        "The history has no update {update}, or keeps no patch of it. GET /updates lists them.",
        "기록에 {update} 갱신이 없거나 그 내용이 보관되어 있지 않습니다. "
        "목록은 GET /updates입니다.",
    ),
    Reason.METHOD: Entry(
        405,
        "The method is not allowed here",
        "이 주소에서 쓸 수 없는 메서드입니다",
        "{method} is not answered at this address; it answers {allow}.",
        "이 주소는 {method}에 답하지 않습니다. 쓸 수 있는 메서드: {allow}.",
    ),
    Reason.NOT_ACCEPTABLE: Entry(
        406,
        "No format that the client accepts fits this answer",
        "클라이언트가 받는 형식으로는 답할 수 없습니다",
        "Accepted: {accept}. Offered: {offered}.",
        "받는 형식: {accept}. 제공하는 형식: {offered}.",
    ),
    Reason.REQUEST_TIMEOUT: Entry(
        408,
        "The request came too slowly",
        "요청이 너무 느리게 도착했습니다",
        "The whole request must arrive within {limit_s} s.",
        "요청 전체가 {limit_s}초 안에 도착해야 합니다.",
    ),
    Reason.NOT_UNDONE: Entry(
        409,
        "The update cannot be undone",
        "갱신을 되돌릴 수 없습니다",
        "{update}: {problem} Nothing has changed.",
        "{update}: {problem} 바뀐 것은 없습니다.",
    ),
    Reason.PRECONDITION: Entry(
        412,
        "The graph is not as the request expects",
        "그래프가 요청이 기대한 상태가 아닙니다",
        "{header} does not hold: the graph has changed meanwhile, or is not there.",
        "{header} 조건이 맞지 않습니다. 그동안 그래프가 바뀌었거나 없습니다.",
    ),
    Reason.REQUEST_TOO_LARGE: Entry(
        413,
        "The request is too large",
        "요청이 너무 큽니다",
        "The {what} may have {limit} bytes.",
        "허용되는 크기는 {limit}바이트입니다 ({what}).",
    ),
    Reason.ANSWER_TOO_LARGE: Entry(
        413,
        "The answer is too large",
        "답이 너무 큽니다",
        "An answer may have {limit} bytes. Ask for less, for example with LIMIT.",
        "답의 크기 한도는 {limit}바이트입니다. LIMIT 등으로 줄여 주십시오.",
    ),
    Reason.URI_TOO_LONG: Entry(
        414,
        "The address is too long",
        "주소가 너무 깁니다",
        "An address may have {limit} bytes. Send a long query by POST.",
        "주소의 길이 한도는 {limit}바이트입니다. 긴 질의는 POST로 보내 주십시오.",
    ),
    Reason.VIOLATION: Entry(
        422,
        "The update would break the shapes",
        "갱신하면 형상에 어긋납니다",
        "{violations} violations; the report lists them. Nothing has changed.",
        "위반이 {violations}건이며 보고서에 적혀 있습니다. 바뀐 것은 없습니다.",
    ),
    Reason.MEDIA_TYPE: Entry(
        415,
        "The media type of the request is not supported",
        "지원하지 않는 요청 형식입니다",
        "Found {found}; expected {expected}.",
        "받은 형식: {found}. 기대한 형식: {expected}.",
    ),
    Reason.TOO_MANY: Entry(
        429,
        "Too many queries at once",
        "동시에 보낸 질의가 너무 많습니다",
        "{limit} queries of this client wait already. Send the next one when some are answered.",
        "이 클라이언트의 질의 {limit}개가 이미 기다립니다. 답을 받은 뒤에 다시 보내 주십시오.",
    ),
    Reason.HEAD_TOO_LARGE: Entry(
        431,
        "The head of the request is too large",
        "요청의 머리글이 너무 큽니다",
        "All headers together may have {limit} bytes.",
        "머리글 전체의 크기 한도는 {limit}바이트입니다.",
    ),
    Reason.FAULT: Entry(
        500,
        "The server is at fault",
        "서버의 오류입니다",
        "Report this number to the operator: {incident}.",
        "운영자에게 이 번호를 알려 주십시오: {incident}.",
    ),
    Reason.MISSING_EXTRA: Entry(
        501,
        "This server cannot calculate that",
        "이 서버는 그것을 계산할 수 없습니다",
        "The package {package} is not installed. The operator installs it with:"
        " pip install 'agendagraph[{extra}]'",
        "{package} 패키지가 설치되어 있지 않습니다. 운영자가 다음 명령으로 설치할 수 있습니다:"
        " pip install 'agendagraph[{extra}]'",
    ),
    Reason.BUSY: Entry(
        503,
        "The server is too busy",
        "서버가 너무 바쁩니다",
        "Nothing was computed. Try again in {retry_after_s} s.",
        "계산하지 못했습니다. {retry_after_s}초 뒤에 다시 보내 주십시오.",
    ),
    Reason.EVICTED: Entry(
        503,
        "The query was stopped for others that waited",
        "기다리는 다른 질의를 위해 중단되었습니다",
        "The query took long while others waited. Try again in {retry_after_s} s.",
        "다른 질의가 기다리는 동안 오래 걸렸습니다. {retry_after_s}초 뒤에 다시 보내 주십시오.",
    ),
    Reason.MEMORY: Entry(
        503,
        "The query needs more memory than it may have",
        "질의에 필요한 메모리가 한도를 넘었습니다",
        "The query was stopped at the memory limit. The same query will be stopped again.",
        "메모리 한도에서 중단되었습니다. 같은 질의는 다시 중단됩니다.",
    ),
    Reason.NOT_READY: Entry(
        503,
        "The server is starting",
        "서버가 시작하는 중입니다",
        "The data is being loaded. Try again in a moment.",
        "데이터를 읽는 중입니다. 잠시 뒤에 다시 보내 주십시오.",
    ),
    Reason.TIME_LIMIT: Entry(
        504,
        "The query took too long",
        "질의가 너무 오래 걸렸습니다",
        "Stopped after {limit_s} s, the time limit of this query.",
        "이 질의의 시간 한도인 {limit_s}초가 지나 중단되었습니다.",
    ),
    Reason.UPDATE_MEMORY: Entry(
        413,
        "The update needs more memory than it may have",
        "갱신에 필요한 메모리가 한도를 넘었습니다",
        "It was stopped at the memory limit. Nothing has changed. Send it in smaller parts.",
        "메모리 한도에서 중단되었습니다. 바뀐 것은 없습니다. 더 작게 나누어 보내 주십시오.",
    ),
    Reason.UPDATE_TIME_LIMIT: Entry(
        504,
        "The update took too long",
        "갱신이 너무 오래 걸렸습니다",
        "Stopped after {limit_s} s, the time limit of updates. Nothing has changed.",
        "갱신의 시간 한도인 {limit_s}초가 지나 중단되었습니다. 바뀐 것은 없습니다.",
    ),
    Reason.STORE_FULL: Entry(
        507,
        "The disk is full",
        "디스크가 가득 찼습니다",
        "The update was not kept, and nothing has changed. Reading goes on.",
        "갱신은 저장되지 않았고 바뀐 것은 없습니다. 읽기는 계속됩니다.",
    ),
    Reason.REMOTE_STORE: Entry(
        502,
        "The store behind this server gave no answer",
        "뒤에 있는 저장소에서 답을 받지 못했습니다",
        "The store: {problem}",
        "저장소: {problem}",
    ),
    Reason.ANSWER_CUT: Entry(
        502,
        "The store behind this server cut its answer",
        "뒤에 있는 저장소가 답을 잘랐습니다",
        "It sends at most {rows} rows. Ask for fewer, with LIMIT and OFFSET over a total order.",
        "최대 {rows}행까지만 보냅니다. "
        "전체 순서를 정한 뒤 LIMIT과 OFFSET으로 나누어 요청해 주십시오.",
    ),
    Reason.STORE_FAULT: Entry(
        503,
        "The store cannot be written",
        "저장소에 쓸 수 없습니다",
        "{problem} Nothing has changed, and reading goes on.",
        "{problem} 바뀐 것은 없으며 읽기는 계속됩니다.",
    ),
    Reason.STORE_UNREADABLE: Entry(
        503,
        "The store cannot be read",
        "저장소를 읽을 수 없습니다",
        "The server could not read its data; its log says why. Tell the operator.",
        "서버가 자료를 읽지 못했습니다. 까닭은 서버의 기록에 있습니다. 운영자에게 알려 주십시오.",
    ),
    **CALLS,
}
