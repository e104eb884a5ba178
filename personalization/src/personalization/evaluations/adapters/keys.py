"""The rows of a project in the table of evaluations: cases, evaluations, results, verdicts."""

from shared.dynamodb.tables import Item

CASES = "cases"
CASE = "case#"
EVALUATION = "evaluation#"
RESULT = "result#"
VERDICT = "verdict#"


def row_key(project_id: str, item: str) -> Item:
    return {"projectId": project_id, "item": item}
