"""What a subscription delivers, and the text that it becomes, made once for all who share it."""

import dataclasses
import json
import weakref
from typing import Any, cast

import strawberry
from graphql import (
    ExecutionResult,
    Executor,
    FieldNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    VariableNode,
    execute_subscription_event,
)

from schema import errors
from schema.context import RequestContext
from schema.documents import Document
from schema.requests import Operation


@strawberry.type
class Delivery:
    """One thing that a subscription delivers; all who are shown the same share the object."""

    order: strawberry.Private[int]
    """Its place in what is followed: grows from one delivery to the next."""
    texts: strawberry.Private[dict["Rendering", str]] = dataclasses.field(default_factory=dict)
    cursor: str = strawberry.field(
        description="The place right behind this event: pass it as `after` to go on from here."
    )


class Rendering:
    """How one document shows deliveries, to everyone who subscribes with it alike.

    What it shows follows from the delivery, the document, the variables inside the root field,
    the center and the language; never from who asks.
    """

    __slots__ = ("__weakref__", "_context", "_document", "_operation")

    def __init__(self, operation: Operation, document: Document, like: RequestContext) -> None:
        self._operation = operation
        self._document = document
        self._context = RequestContext(
            center=like.center, language=like.language, trace_id=like.trace_id
        )

    def render(self, delivery: Delivery) -> Delivery:
        """Return the delivery with its text made; in the context of its center, as for a query."""
        if self not in delivery.texts:
            delivery.texts[self] = self._rendered(delivery)
        return delivery

    def _rendered(self, delivery: Delivery) -> str:
        # An executor per event: build_per_event_executor shares a memo that grows with each event.
        executor = executor_of(self._operation, self._document, self._context, delivery)
        assert isinstance(executor, Executor)  # its like was built before, to subscribe
        result = cast("ExecutionResult", execute_subscription_event(executor))
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [
                errors.mapped(error, self._context).formatted for error in result.errors
            ]
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


_renderings: "weakref.WeakValueDictionary[Any, Rendering]" = weakref.WeakValueDictionary()


def rendering_of(operation: Operation, document: Document, context: RequestContext) -> Rendering:
    """Return the rendering that all subscriptions share which are shown the same."""
    inner = _inner_variables(document, document.operation(operation.name))
    key = (
        operation.text,
        operation.name,
        json.dumps({name: operation.variables.get(name) for name in inner}, sort_keys=True),
        context.language,
        context.center.code if context.center else None,
    )
    found = _renderings.get(key)
    if found is None:
        found = _renderings[key] = Rendering(operation, document, context)
    return found


def executor_of(
    operation: Operation,
    document: Document,
    context: RequestContext,
    delivery: Delivery | None = None,
) -> Executor[RequestContext] | list[GraphQLError]:
    """Return the executor of a subscription, or of one delivery; or the faults of its variables."""
    return Executor.build(
        document.schema,
        document.tree,
        root_value=delivery,
        context_value=context,
        raw_variable_values=operation.variables,
        operation_name=operation.name,
    )


def _inner_variables(document: Document, operation: OperationDefinitionNode) -> list[str]:
    """Name the variables that are used elsewhere than in the root field's own arguments."""
    found: set[str] = set()
    stack: list[Any] = [operation.directives, *document.fragments.values()]
    for node in operation.selection_set.selections:
        stack += [node.directives, node.selection_set] if isinstance(node, FieldNode) else [node]
    while stack:
        node = stack.pop()
        if isinstance(node, VariableNode):
            found.add(node.name.value)
        elif isinstance(node, Node):
            stack += (getattr(node, key, None) for key in node.keys)
        elif isinstance(node, list | tuple):
            stack += node
    return sorted(found)
