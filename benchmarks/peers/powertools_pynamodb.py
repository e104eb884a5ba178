"""A handler on Powertools and pynamodb as their guides show them, that makes the calls it is given one after another.

A model for each table, which makes its own client; Logger, Metrics and, behind API Gateway, the resolver. Bodies
are held to a pydantic model, by the resolver or by the Parser, where a route of the function takes any. No other
checks.
Run by `benchmarks.request_cost`: sys.argv[1] is the sample event, sys.argv[3] the calls of a first and a warm request.
"""

import json
import re
import sys
from inspect import Parameter, Signature
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, APIGatewayRestResolver
from aws_lambda_powertools.metrics import MetricUnit
from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.connection import Connection
from pynamodb.expressions.operand import Path
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

with open(sys.argv[1]) as file:
    event_of_sample = json.load(file)
with open(sys.argv[3]) as file:
    recorded = json.load(file)
first, warm = recorded["calls"]

logger = Logger(service="peer")
metrics = Metrics(namespace="Peer", service="peer")

_ATTRIBUTES: dict[str, type[Attribute[Any]]] = {
    "S": UnicodeAttribute,
    "N": NumberAttribute,
    "BOOL": BooleanAttribute,
    "L": ListAttribute,
    "M": MapAttribute,
    "SS": UnicodeSetAttribute,
}

_CLAUSE = r"(SET|ADD|REMOVE|DELETE) (.*?)(?= SET | ADD | REMOVE | DELETE |$)"

type Json = dict[str, Any]


def _model(table: Json) -> type[Model]:
    """A model with the table's attributes, as the recorded calls show them."""
    hash_name, range_name = (*table["keys"], None)[:2]
    body: Json = {"Meta": type("Meta", (), {"table_name": table["name"]})}
    for name, kind in table["attributes"].items():
        is_key = name in table["keys"]
        body[name.replace("-", "_").replace(":", "_")] = _ATTRIBUTES[kind](
            hash_key=name == hash_name, range_key=name == range_name, null=None if is_key else True, attr_name=name
        )
    for index, names in table["indexes"].items():
        keys = {
            f"key_{number}": _ATTRIBUTES[table["attributes"][name]](
                hash_key=number == 0, range_key=number == 1, attr_name=name
            )
            for number, name in enumerate(names)
        }
        meta = type("Meta", (), {"index_name": index, "projection": AllProjection()})
        body[f"index_{index}"] = type(index, (GlobalSecondaryIndex,), {"Meta": meta, **keys})()
    make: Any = type(Model)
    model: type[Model] = make(table["name"].title().replace("-", ""), (Model,), body)
    return model


models = {table["name"]: _model(table) for table in recorded["tables"]}
others = {call["service"] for part in (first, warm) for call in part} - {"dynamodb"}
if others:
    from benchmarks.peers.plain_boto3 import clients, made  # what the plain handler does with other services
todo = [first]


def work() -> list[Any]:
    answers = []
    for call in todo.pop() if todo else warm:
        if call["service"] == "dynamodb":
            answers.append(_OPERATIONS[call["operation"]](call["payload"]))
        else:
            answers.append(made(clients[call["service"]], call))
    metrics.add_metric(name="requests", unit=MetricUnit.Count, value=1)
    logger.info("request", calls=len(answers))
    return answers


def _value(typed: Json) -> Any:
    attribute = _ATTRIBUTES[next(iter(typed))]()
    return attribute.deserialize(attribute.get_value(typed))


def _keys(model: type[Model], key: Json) -> list[Any]:
    names = [model._hash_keyname, model._range_keyname]
    return [_value(key[model.get_attributes()[name].attr_name]) for name in names if name]


def _get(request: Json) -> Any:
    model: Any = models[request["TableName"]]
    try:
        found = model.get(*_keys(model, request["Key"]), consistent_read=request.get("ConsistentRead", False))
    except model.DoesNotExist:
        return None
    return found.attribute_values


def _query(request: Json) -> Any:
    model = models[request["TableName"]]
    names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
    expression = request["KeyConditionExpression"]
    used = re.findall(r"(#\w+)", expression)
    operands = [_value(values[name]) for name in re.findall(r"(:\w+)", expression)]
    condition: Any = None
    if len(used) > 1:
        attribute = next(a for a in model.get_attributes().values() if a.attr_name == names[used[1]])
        if "begins_with" in expression:
            condition = attribute.startswith(operands[1])
        elif "BETWEEN" in expression:
            condition = attribute.between(operands[1], operands[2])
        else:
            condition = attribute < operands[1] if "<" in expression else attribute > operands[1]
    source: Any = getattr(model, f"index_{request['IndexName']}") if "IndexName" in request else model
    found = source.query(
        operands[0],
        condition,
        consistent_read=request.get("ConsistentRead", False),
        scan_index_forward=request.get("ScanIndexForward", True),
        limit=request.get("Limit"),
    )
    return [item.attribute_values for item in found]


def _batch_get(request: Json) -> Any:
    found: list[Any] = []
    for table, wanted in request["RequestItems"].items():
        model = models[table]
        keys = [_keys(model, key) for key in wanted["Keys"]]
        found += model.batch_get([tuple(key) if len(key) > 1 else key[0] for key in keys], consistent_read=True)
    return [item.attribute_values for item in found]


def _item(model: type[Model], item: Json) -> Model:
    names = {attribute.attr_name: name for name, attribute in model.get_attributes().items()}
    return model(**{names[name]: _value(typed) for name, typed in item.items()})


def _condition(model: type[Model], request: Json) -> Any:
    hash_name = str(model._hash_keyname)
    return model.get_attributes()[hash_name].does_not_exist() if "ConditionExpression" in request else None


def _actions(request: Json) -> list[Any]:
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    actions: list[Any] = []
    for clause, text in re.findall(
        r"(SET|ADD|REMOVE|DELETE) (.*?)(?= SET | ADD | REMOVE | DELETE |$)", request["UpdateExpression"]
    ):
        for part in text.split(", "):
            path = Path([names[name] for name in re.findall(r"#\w+", part.split(" ")[0])])
            value = [_value(values[name]) for name in re.findall(r":\w+", part)]
            if clause == "SET":
                actions.append(path.set(value[0] if value else path))
            elif clause == "ADD":
                actions.append(path.add(value[0]))
            else:
                actions.append(path.remove())
    return actions


def _put(request: Json) -> Any:
    model = models[request["TableName"]]
    return _item(model, request["Item"]).save(_condition(model, request))


def _update(request: Json) -> Any:
    model = models[request["TableName"]]
    return model(*_keys(model, request["Key"])).update(_actions(request), _condition(model, request))


def _delete(request: Json) -> Any:
    model = models[request["TableName"]]
    return model(*_keys(model, request["Key"])).delete(_condition(model, request))


def _transact(request: Json) -> Any:
    transaction: Any
    with TransactWrite(connection=Connection()) as transaction:
        for write in request["TransactItems"]:
            [(kind, one)] = write.items()
            model: Any = models[one["TableName"]]
            condition = _condition(model, one)
            if kind == "Put":
                transaction.save(_item(model, one["Item"]), condition)
            elif kind == "Update":
                transaction.update(model(*_keys(model, one["Key"])), _actions(one), condition)
            elif kind == "Delete":
                transaction.delete(model(*_keys(model, one["Key"])), condition)
            else:
                transaction.condition_check(model, *_keys(model, one["Key"]), condition=condition)


_OPERATIONS: dict[str, Any] = {
    "GetItem": _get,
    "Query": _query,
    "BatchGetItem": _batch_get,
    "PutItem": _put,
    "UpdateItem": _update,
    "DeleteItem": _delete,
    "TransactWriteItems": _transact,
}


def _body() -> Any:
    """A model of the sample's body; None where no route of the function is held to one."""
    if not recorded["validates"]:
        return None
    from pydantic import create_model

    fields: Json = {name: (type(value), ...) for name, value in json.loads(event_of_sample.get("body") or "{}").items()}
    return create_model("Body", **fields)


def _signature(rule: str) -> Signature:
    """The parameters of the path, and the body."""
    parameters = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=str) for name in re.findall(r"<(\w+)>", rule)]
    if event_of_sample.get("body"):
        parameters.append(Parameter("body", Parameter.KEYWORD_ONLY, annotation=body))
    return Signature(parameters, return_annotation=Json.__value__)


body = _body()
app: Any = None
if "httpMethod" in event_of_sample or "routeKey" in event_of_sample:
    if "httpMethod" in event_of_sample:
        app = APIGatewayRestResolver(enable_validation=bool(body))
        method, path = event_of_sample["httpMethod"], event_of_sample["resource"]
    else:
        app = APIGatewayHttpResolver(enable_validation=bool(body))
        method, _, path = event_of_sample["routeKey"].partition(" ")
    rule = re.sub(r"{(\w+)}", r"<\1>", path)

    def answer(body: Any = None, **_: str) -> Json:
        return {"body": body and body.model_dump(), "answers": json.loads(json.dumps(work(), default=_plain))}

    answer.__signature__ = _signature(rule)  # type: ignore[attr-defined]  # which the resolver reads to validate
    app.route(rule, method=[method])(answer)
elif body:  # a message of a WebSocket
    from aws_lambda_powertools.utilities.parser import parse


def _plain(value: Any) -> Any:
    if isinstance(value, MapAttribute):
        return value.as_dict()
    return list(value) if isinstance(value, set) else str(value)


class _Context:
    """What Lambda tells a function of itself."""

    function_name = aws_request_id = memory_limit_in_mb = invoked_function_arn = "x"


@metrics.log_metrics
@logger.inject_lambda_context
def _handler(event: Json, context: Any) -> Any:
    if app:
        return app.resolve(event, context)
    if body:
        parse(event["body"], body)
    work()
    return {}


def handler(event: Json, context: object) -> Any:
    return _handler(event, context or _Context())
