"""What a document may ask for: depth, aliases and tokens by its text, cost by what it fetches.

Everything is computed on the syntax tree before a resolver runs. A fragment is measured once and
its figure used at each spread, so a document that doubles by fragments is refused at no more cost
than its text has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from schema.connections import DEFAULT_PAGE, LONGEST_PAGE
from schema.errors import CostLimitError

DEPTH: Final = 14
ALIASES: Final = 15
TOKENS: Final = 1_500
BUDGET: Final = 20_000
CHARACTERS: Final = 64 * 1024

NESTING: Final = 40
"""Of selection sets in the text, inline fragments and introspection included."""
INTROSPECTIONS: Final = 2

ROOT_COST: Final = 10
COUNT_COST: Final = 10
INTROSPECTION_COST: Final = 2_000
CHILDREN: Final = 10
"""How many entries a plain list is taken to have: they are bounded children, never pages."""

LIMITS: Final = {"cost": BUDGET, "depth": DEPTH, "aliases": ALIASES, "tokens": TOKENS}


@dataclass(slots=True)
class _Outline:
    """One definition's own measures, spreads not followed."""

    depth: int = 0
    nesting: int = 0
    aliases: int = 0
    introspections: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)
    """Names of fragments, each with the depth of fields around it."""


def check_structure(document: DocumentNode) -> None:
    """Refuse a document that is too deep or has too many aliases; it need not be valid yet.

    Raises: CostLimitError.
    """
    outlines: dict[str, _Outline] = {}
    operations: list[_Outline] = []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            outlines[definition.name.value] = _outlined(definition.selection_set)
        elif isinstance(definition, OperationDefinitionNode):
            operations.append(_outlined(definition.selection_set))
    everything = [*operations, *outlines.values()]
    _require("aliases", sum(outline.aliases for outline in everything), ALIASES)
    _require("nesting", max((o.nesting for o in everything), default=0), NESTING)
    _require("introspections", sum(o.introspections for o in everything), INTROSPECTIONS)
    depths: dict[str, int] = {}
    for operation in operations:
        _require("depth", _depth(operation, outlines, depths, ()), DEPTH)


def _require(limit: str, spent: int, allowed: int) -> None:
    if spent > allowed:
        raise CostLimitError(limit=limit, spent=spent, allowed=allowed)


def _outlined(selections: SelectionSetNode) -> _Outline:
    outline = _Outline()
    # A stack of our own: the text alone decides how deep it gets.
    stack: list[tuple[SelectionNode, int, int, bool]] = [
        (node, 1, 1, False) for node in selections.selections
    ]
    while stack:
        node, depth, nesting, is_introspection = stack.pop()
        outline.nesting = max(outline.nesting, nesting)
        if isinstance(node, FragmentSpreadNode):
            # What a spread brings stands in place of the spread, one level above a child.
            outline.spreads.append((node.name.value, 0 if is_introspection else depth - 1))
            continue
        below = depth
        if isinstance(node, FieldNode):
            outline.aliases += node.alias is not None
            if node.name.value in {"__schema", "__type"}:
                outline.introspections += 1
                is_introspection = True
            if not is_introspection:
                outline.depth = max(outline.depth, depth)
            below = depth + 1
        children = getattr(node, "selection_set", None)
        if children is not None:
            stack += ((c, below, nesting + 1, is_introspection) for c in children.selections)
    return outline


def _depth(
    outline: _Outline,
    fragments: Mapping[str, _Outline],
    known: dict[str, int],
    around: tuple[str, ...],
) -> int:
    """Return the depth with fragments in place; validation reports a cycle, here it ends."""
    deepest = outline.depth
    for name, depth in outline.spreads:
        if name in around or name not in fragments:
            continue
        if name not in known:
            if len(around) >= NESTING:
                raise CostLimitError(limit="nesting", spent=len(around) + 1, allowed=NESTING)
            known[name] = _depth(fragments[name], fragments, known, (*around, name))
        deepest = max(deepest, depth + known[name])
    return deepest


@dataclass(slots=True)
class CostModel:
    """The price of a valid document's operations: fields, times the sizes of their pages."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    sizes: Mapping[str, Any]
    """The values of the variables that page sizes come from."""
    _known: dict[tuple[str, int], int] = field(default_factory=dict)

    def operation(self, operation: OperationDefinitionNode) -> int:
        """Return the price of one operation."""
        root = self.schema.get_root_type(operation.operation)
        if root is None:
            return 0
        fields = len(operation.selection_set.selections)
        return fields * ROOT_COST + self._selections(operation.selection_set, root, 1)

    def _selections(
        self, selections: SelectionSetNode, parent: GraphQLCompositeType, page: int
    ) -> int:
        return sum(self._selection(node, parent, page) for node in selections.selections)

    def _selection(self, node: SelectionNode, parent: GraphQLCompositeType, page: int) -> int:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, page)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            on = self.schema.get_type(condition.name.value) if condition else parent
            return self._selections(node.selection_set, on, page)  # type: ignore[arg-type] # validated
        assert isinstance(node, FieldNode)
        return self._field(node, parent, page)

    def _fragment(self, name: str, page: int) -> int:
        if (name, page) not in self._known:
            fragment = self.fragments[name]
            on = self.schema.get_type(fragment.type_condition.name.value)
            self._known[name, page] = self._selections(fragment.selection_set, on, page)  # type: ignore[arg-type] # validated
        return self._known[name, page]

    def _field(self, node: FieldNode, parent: GraphQLCompositeType, page: int) -> int:
        name = node.name.value
        if name.startswith("__"):
            return 1 if name == "__typename" else INTROSPECTION_COST
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        definition = parent.fields[name]
        kind = get_named_type(definition.type)
        if not is_composite_type(kind) or node.selection_set is None:
            return COUNT_COST if name == "totalCount" else 1
        is_list = is_list_type(get_nullable_type(definition.type))
        size = self._page(node, definition)
        children = self._selections(node.selection_set, kind, size)
        if not is_list:
            return 1 + children
        is_page = name == "edges" and parent.name.endswith("Connection")
        return 1 + children * (page if is_page else size)

    def _page(self, node: FieldNode, definition: GraphQLField) -> int:
        """Return how many entries the field's argument ``first`` asks for."""
        if "first" not in definition.args:
            return CHILDREN
        given: Any = definition.args["first"].default_value
        for argument in node.arguments or ():
            if argument.name.value == "first":
                if isinstance(argument.value, IntValueNode):
                    given = int(argument.value.value)
                elif isinstance(argument.value, VariableNode):
                    given = self.sizes.get(argument.value.name.value)
        if not isinstance(given, int):
            given = DEFAULT_PAGE
        return max(1, min(int(given), LONGEST_PAGE))


def page_variables(document: DocumentNode) -> tuple[str, ...]:
    """Name the variables from which page sizes of the document come."""
    return tuple(sorted(set(_page_variables(document))))


def _page_variables(document: DocumentNode) -> Iterator[str]:
    stack: list[Any] = list(document.definitions)
    while stack:
        node = stack.pop()
        for argument in getattr(node, "arguments", None) or ():
            if argument.name.value == "first" and isinstance(argument.value, VariableNode):
                yield argument.value.name.value
        selections = getattr(node, "selection_set", None)
        if selections is not None:
            stack += selections.selections
