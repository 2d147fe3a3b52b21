"""The words for what exactly is wrong with a request, in English and Korean.

A sentence without English has it in the refusal already, as the fact ``problem``: who says it
is on a floor that has no server, and tells it on the command line as well.
"""

from __future__ import annotations

from typing import Final

from agendagraph.server.http.problems.entry import Words
from agendagraph.server.http.problems.service_errors import CALL_CAUSES
from agendagraph.sparql.cause import Cause

CAUSES: Final[dict[Cause, Words]] = {
    Cause.UPDATE_IN_QUERY: Words("“{found}”(으)로 시작하는 것은 갱신문이며 질의가 아닙니다."),
    Cause.QUERY_IN_UPDATE: Words("“{found}”(으)로 시작하는 것은 질의이며 갱신문이 아닙니다."),
    Cause.PREFIX_UNDECLARED: Words("접두사 {found}:가 선언되지 않았습니다."),
    Cause.PREFIX_OF_OURS_UNDECLARED: Words(
        "선언되지 않은 접두사가 있습니다. 앞에 다음을 넣어 주십시오: {found}"
    ),
    Cause.UNEXPECTED: Words("여기에 “{found}”이(가) 올 수 없습니다."),
    Cause.ENDS_TOO_EARLY: Words("글이 끝나기 전에 끊겼습니다."),
    Cause.QUOTATION_WITHOUT_END: Words("여기서 시작한 따옴표가 닫히지 않았습니다."),
    Cause.NEAR: Words("“{found}” 또는 그 앞이 문법에 맞지 않습니다."),
    Cause.BEFORE_THE_END: Words("이보다 앞의 어느 부분이 문법에 맞지 않습니다."),
    Cause.OPERATION_IN_BODY: Words(
        "본문이 곧 질의나 갱신문이므로 매개변수 {name}을(를) 함께 보낼 수 없습니다.",
        "The operation is the body; the parameter {name} must not be given too.",
    ),
    Cause.OPERATION_IN_FORM: Words(
        "양식으로 보낼 때 {name}은(는) 주소가 아니라 본문에 있어야 합니다.",
        "A form carries {name} in its body, not in the address.",
    ),
    Cause.UPDATE_BY_GET: Words(
        "갱신은 GET이 아니라 POST로 보냅니다.",
        "An update is sent by POST, never by GET.",
    ),
    Cause.QUERY_AND_UPDATE: Words(
        "query와 update 가운데 하나만 보내야 합니다.",
        "Give query or update, not both.",
    ),
    Cause.NOT_OF_A_QUERY: Words(
        "매개변수 {name}은(는) 질의에 쓰지 않습니다.",
        "The parameter {name} does not belong to a query.",
    ),
    Cause.NOT_OF_AN_UPDATE: Words(
        "매개변수 {name}은(는) 갱신에 쓰지 않습니다.",
        "The parameter {name} does not belong to an update.",
    ),
    Cause.NO_QUERY: Words(
        "매개변수 query가 없습니다.",
        "The parameter query is missing.",
    ),
    Cause.BAD_ESCAPE: Words(
        "‘%’ 뒤에 16진수 두 자리가 없습니다 ({where}).",
        "A ‘%’ in the {where} is not followed by two hex digits.",
    ),
    Cause.NOT_UTF8: Words(
        "{byte}번째 바이트가 UTF-8이 아닙니다 ({where}).",
        "Byte {byte} of the {where} is not UTF-8.",
    ),
    Cause.REPEATED: Words(
        "매개변수 {name}이(가) {times}번 있습니다. 한 번만 보내야 합니다.",
        "The parameter {name} is given {times} times, not once.",
    ),
    Cause.NOT_AN_IRI: Words(
        "{name}의 값 “{found}”은(는) 절대 IRI가 아닙니다.",
        "{name} is “{found}”, which is not an absolute IRI.",
    ),
    Cause.NO_DURATION: Words(
        "timeout의 값 “{found}”은(는) 시간이 아닙니다. 초로 쓰거나 500ms처럼 씁니다.",
        "timeout is “{found}”, which is no duration; write seconds, or 500ms.",
    ),
    Cause.ONE_HOST: Words(
        "머리글 Host가 하나 있어야 합니다.",
        "Expected one header Host.",
    ),
    Cause.NO_GRAPH_NAMED: Words(
        "그래프를 지정해 주십시오: ?default 또는 ?graph=IRI.",
        "Name a graph: ?default or ?graph=IRI.",
    ),
    Cause.SEVERAL_GRAPHS: Words(
        "요청이 그래프를 둘 이상 지정합니다.",
        "The request names more than one graph.",
    ),
    Cause.TWO_DATASETS: Words(
        "요청과 갱신문이 모두 데이터셋을 지정합니다.",
        "The request names a dataset, and so does the update.",
    ),
    Cause.DATASET_NOT_GIVEN: Words(
        "이 갱신문의 꼴에는 데이터셋을 줄 수 없습니다.",
        "The update is too unusual to be given a dataset.",
    ),
    Cause.PACKED_TOO_OFTEN: Words(
        "본문이 세 번 이상 압축되어 있습니다.",
        "The body is packed more than twice.",
    ),
    Cause.NOT_PACKED: Words(
        "본문은 올바른 {coding}이(가) 아닙니다: “{found}”.",
        "The body is no {coding}: {found}.",
    ),
    Cause.FORM_BROKEN: Words(
        "양식이 잘못되었습니다: “{found}”.",
        "The form is broken: {found}.",
    ),
    Cause.FORM_WITHOUT_END: Words(
        "양식의 끝이 없습니다.",
        "The form has no end.",
    ),
    Cause.FORM_PARTS: Words(
        "양식은 {limit}개 부분까지 가질 수 있습니다.",
        "A form may have {limit} parts.",
    ),
    Cause.ENTITIES: Words(
        "문서 유형이 개체(ENTITY)를 선언합니다. 개체는 읽지 않습니다.",
        "The document type declares entities, which are not read.",
    ),
    Cause.UNDONE_ALREADY: Words("{by} 갱신이 이미 되돌렸습니다."),
    Cause.BULK_LOAD: Words(
        "일괄 적재한 것이어서 패치가 없습니다. agendagraph restore로 백업을 복원하십시오."
    ),
    Cause.CHANGED_SINCE: Words(
        "이 갱신이 더한 쿼드 가운데 {removed}개를 뒤의 갱신이 지웠고, 지운 쿼드 가운데 {added}개를 "
        "다시 더했습니다. 먼저 되돌릴 갱신: {by}."
    ),
    Cause.NOTHING_TO_UNDO: Words("바뀔 것이 없습니다. 이 갱신이 만든 그래프를 쓰고 있습니다."),
    Cause.WRITER_ENDED: Words(
        "쓰기 프로세스가 끝나 다시 시작하고 있습니다.",
        "The writer ended; it is started again.",
    ),
    Cause.TWO_NODES: Words(
        "노드가 둘 있어야 하며, 그 안의 빗금은 %2F로 씁니다.",
        "Expected two nodes, each with its slash as %2F.",
    ),
    Cause.NO_SUCH_NETWORK: Words("“{found}” 네트워크는 없습니다. 비슷한 이름: {expected}."),
    Cause.NO_SUCH_PARAMETER: Words(
        "이 네트워크에는 매개변수 {found}이(가) 없습니다. 있는 것: {expected}."
    ),
    Cause.NO_SUCH_VALUE: Words("{name}: “{found}”은(는) 없습니다. 있는 것: {expected}."),
    Cause.EMPTY_PARAMETER: Words("{name}이(가) 비어 있습니다. 모두를 뜻하려면 빼 주십시오."),
    Cause.NO_DATE: Words("on의 값 “{found}”은(는) 2022-07-26 같은 날짜가 아닙니다."),
    Cause.NO_MEMBERSHIPS: Words("그래프에 날짜가 있는 회원 자격이 없습니다."),
    Cause.OUTSIDE_THE_DATES: Words(
        "on={found}: 그래프의 회원 자격은 {first}부터 {last}까지 알려져 있습니다."
    ),
    Cause.ONE_DATE: Words("on: 날짜나 날짜가 있는 의제가 하나여야 합니다. 찾은 것: {found}."),
    Cause.ONE_SIDE: Words("project: 이 네트워크는 한쪽만 있으며 이미 이어져 있습니다."),
    Cause.INTERVALS_NEED_A_PROJECTION: Words(
        "replicates: 구간은 투영의 사건을 다시 뽑아 구하므로 project도 주어야 합니다."
    ),
    Cause.NO_NODES: Words("네트워크에 그런 노드가 없습니다: {found}."),
    Cause.NO_EDGE: Words("네트워크에 그런 연결이 없습니다: {found}."),
    **CALL_CAUSES,
}

TERMS: Final = {
    "query string": "주소의 질의 부분",
    "form": "양식",
    "body": "본문",
    "unpacked body": "압축을 푼 본문",
    "query": "질의",
    "update": "갱신문",
    "rows": "행",
    "bytes": "바이트",
    "none": "없음",
    "now": "지금",
}
"""What facts name in English, in Korean."""
