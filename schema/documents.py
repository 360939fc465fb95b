"""Documents made ready to run: parsed, checked and priced once, kept while they are hot."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NameNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema import limits, versioned
from schema.context import RequestContext
from schema.errors import BadRequestError, CostLimitError
from tongban.kernel.errors import DomainError

if TYPE_CHECKING:
    from schema.api import ApiSchema

KEPT_CHARACTERS: Final = 128 * 1024
"""Of document text whose trees are kept: a tree takes about 200 bytes a character (measured)."""

REPETITION: Final = 50_000
"""Units of work for comparing fields that are selected again and again (graphql-core counts)."""
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = REPETITION
_ABORTED: Final = "Validation aborted."

_RULES: Final = (
    *specified_rules,
    MaxIntrospectionDepthRule,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)
_MOST_ERRORS: Final = 10
_KEPT_PRICES: Final = 64


@dataclass(slots=True)
class Document:
    """A document that passed every check that needs no variables."""

    tree: DocumentNode
    schema: GraphQLSchema
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    page_variables: tuple[str, ...]
    _prices: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _versioned: dict[str, bool] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation to run. Raises: BadRequestError where ``name`` does not tell."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None or name not in self.operations:
            raise BadRequestError(reason="operationName does not name one of the operations")
        return self.operations[name]

    def is_versioned(self, operation: OperationDefinitionNode) -> bool:
        """Tell whether the operation shows nothing but the catalog, as of a version."""
        name = operation.name.value if operation.name else ""
        if name not in self._versioned:
            self._versioned[name] = versioned.is_versioned(self.schema, operation, self.fragments)
        return self._versioned[name]

    def price(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """Return what the operation costs with these variables."""
        defaults = {
            definition.variable.name.value: getattr(definition.default_value, "value", None)
            for definition in operation.variable_definitions or ()
            if definition.default_value is not None
        }
        sizes = {
            name: _size(variables[name] if name in variables else defaults.get(name))
            for name in self.page_variables
        }
        key = (operation.name and operation.name.value, *sizes.values())
        price = self._prices.get(key)
        if price is None:
            price = limits.CostModel(self.schema, self.fragments, sizes).operation(operation)
            if len(self._prices) < _KEPT_PRICES:
                self._prices[key] = price
        return price


def _size(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal():  # a default stands as text in the tree
        value = int(value[:4])
    return value if isinstance(value, int) else None


class DocumentCache:
    """Documents by their text; the least used are forgotten when they become too many."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._rules = _RULES if introspection else (*_RULES, NoSchemaIntrospectionCustomRule)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    @property
    def kept_characters(self) -> int:
        """The text of all documents that are kept."""
        return self._characters

    def prepare(self, text: str) -> Document:
        """Return the document for ``text``.

        Raises: CostLimitError for its size, depth or aliases, a GraphQLError for its syntax,
        InvalidDocumentError for its meaning.
        """
        with self._lock:
            known = self._kept.get(text)
            if known is not None:
                self._kept.move_to_end(text)
                return known
        document = self._prepared(text)
        with self._lock:
            if text not in self._kept:
                self._kept[text] = document
                self._characters += len(text)
            while self._characters > KEPT_CHARACTERS:
                forgotten, _ = self._kept.popitem(last=False)
                self._characters -= len(forgotten)
        return document

    def _prepared(self, text: str) -> Document:
        tree = _parsed(text)
        try:
            limits.check_structure(tree)
            faults = validate(self._schema, tree, self._rules, max_errors=_MOST_ERRORS)
        except RecursionError:
            raise _too_nested() from None
        if any(fault.message == _ABORTED for fault in faults):
            raise CostLimitError(limit="repetition", spent=REPETITION + 1, allowed=REPETITION)
        if faults:
            raise InvalidDocumentError(faults)
        return Document(
            tree=tree,
            schema=self._schema,
            operations={
                definition.name.value if definition.name else "": definition
                for definition in tree.definitions
                if isinstance(definition, OperationDefinitionNode)
            },
            fragments={
                definition.name.value: definition
                for definition in tree.definitions
                if isinstance(definition, FragmentDefinitionNode)
            },
            page_variables=limits.page_variables(tree),
        )


class InvalidDocumentError(Exception):
    """The document does not fit the schema; ``faults`` say where."""

    def __init__(self, faults: list[GraphQLError]) -> None:
        self.faults = faults
        super().__init__(faults[0].message)


def _parsed(text: str) -> DocumentNode:
    if len(text) > limits.CHARACTERS:
        raise CostLimitError(limit="characters", spent=len(text), allowed=limits.CHARACTERS)
    try:
        return parse(
            text,
            max_lexical_tokens=limits.TOKENS,
            max_comments=limits.TOKENS,
            allow_empty_selection_sets=False,
        )
    except GraphQLSyntaxError as error:
        # The parser tells its own limits from faults of syntax by these words alone.
        if "nested too deeply" in error.message:
            raise _too_nested() from None
        if "Parsing aborted" in error.message:
            raise CostLimitError(
                limit="tokens", spent=limits.TOKENS + 1, allowed=limits.TOKENS
            ) from None
        raise


def _too_nested() -> CostLimitError:
    return CostLimitError(limit="nesting", spent=limits.NESTING + 1, allowed=limits.NESTING)


class PreparedDocument(SchemaExtension):
    """Gives Strawberry the document from the cache, over HTTP and WebSocket alike.

    Strawberry itself then neither parses nor validates. It has no hook on resolving, which would
    cost more than the fields themselves.
    """

    def __init__(self) -> None:
        self._spent: int | None = None
        self._version = ""

    def on_parse(self) -> Iterator[None]:
        """Set the document, or the errors for which it can't run."""
        execution = self.execution_context
        schema = cast("ApiSchema", execution.schema)
        name = execution.operation_name
        try:
            document = schema.documents.prepare(execution.query or "")
            operation = document.operation(name)
            self._spent = document.price(operation, execution.variables or {})
            if self._spent > limits.BUDGET:
                raise CostLimitError(limit="cost", spent=self._spent, allowed=limits.BUDGET)
            if document.is_versioned(operation):
                self._version = _noted_version(execution.context)
        except InvalidDocumentError as error:
            faults = error.faults
        except GraphQLError as error:
            faults = [error]
        except DomainError as error:
            faults = [GraphQLError(error.code, original_error=error)]
        else:
            execution.graphql_document = document.tree
            execution.pre_execution_errors = []
            yield
            return
        # Strawberry wants a document even where it is not going to run it.
        execution.graphql_document = _nothing(name)
        execution.pre_execution_errors = list(faults)
        yield

    def get_results(self) -> dict[str, Any]:
        """Return limits, what was spent, and the catalog's version, for ``extensions``."""
        if self._spent is None:
            return {}
        cost = {"cost": {"spent": self._spent, "limits": limits.LIMITS}}
        return cost | {"catalogVersion": self._version} if self._version else cost


def _noted_version(context: RequestContext) -> str:
    """Note on the request which version it is answered from, before anything of it is read."""
    if not context.catalog_version:
        context.catalog_version = versioned.version_of(context)
    context.shows_catalog_only = True
    return context.catalog_version


def _nothing(name: str | None) -> DocumentNode:
    return DocumentNode(
        definitions=(
            OperationDefinitionNode(
                operation=OperationType.QUERY,
                name=NameNode(value=name) if name else None,
                variable_definitions=(),
                directives=(),
                selection_set=SelectionSetNode(
                    selections=(
                        FieldNode(
                            name=NameNode(value="__typename"),
                            alias=None,
                            arguments=(),
                            directives=(),
                            selection_set=None,
                        ),
                    )
                ),
            ),
        )
    )
