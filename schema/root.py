"""The schema: every feature's part of it, put together."""

import strawberry
from django.conf import settings

from schema.api import ApiSchema
from schema.audit.queries import AuditQuery
from schema.cases.clocks import CaseClocksMutation
from schema.cases.commitments import CommitmentsMutation
from schema.cases.consents import ConsentsMutation, ConsentsQuery
from schema.cases.debts import DebtsMutation
from schema.cases.drafts import DraftsMutation
from schema.cases.exports import ExportsMutation, ExportsQuery
from schema.cases.findings import FindingsMutation, FindingsQuery
from schema.cases.lamps import LampsSubscription
from schema.cases.letterheads import LetterheadsMutation, LetterheadsQuery
from schema.cases.mutations import CasesMutation
from schema.cases.queries import CasesQuery
from schema.cases.queues import QueuesSubscription
from schema.cases.ratings import RatingsMutation, RatingsQuery
from schema.cases.results import CaseResultsMutation
from schema.cases.subscriptions import CaseSubscription
from schema.cases.tasks import TasksMutation, TasksQuery
from schema.cases.urgings import UrgingsMutation, UrgingsQuery
from schema.catalog.mutations import CatalogMutation
from schema.catalog.queries import CatalogQuery
from schema.exchange.queries import ExchangeQuery
from schema.handoffs.mutations import HandoffsMutation
from schema.handoffs.queries import HandoffsQuery
from schema.handoffs.subscriptions import HandoffsSubscription
from schema.identity.mutations import IdentityMutation
from schema.identity.protection import ProtectionMutation
from schema.identity.queries import IdentityQuery
from schema.messages.mutations import MessagesMutation
from schema.messages.queries import MessagesQuery
from schema.privacy.mutations import PrivacyMutation
from schema.privacy.queries import PrivacyQuery
from schema.registry.mutations import RegistryMutation
from schema.registry.queries import RegistryQuery
from schema.staff.mutations import StaffMutation
from schema.staff.queries import StaffQuery
from schema.windows.mutations import WindowsMutation
from schema.windows.queries import WindowsQuery
from schema.windows.terms import OfficeTermsMutation, OfficeTermsQuery


@strawberry.type(description="What can be read.")
class Query(
    RegistryQuery,
    IdentityQuery,
    StaffQuery,
    WindowsQuery,
    OfficeTermsQuery,
    CatalogQuery,
    ExchangeQuery,
    HandoffsQuery,
    CasesQuery,
    ExportsQuery,
    LetterheadsQuery,
    ConsentsQuery,
    UrgingsQuery,
    TasksQuery,
    FindingsQuery,
    AuditQuery,
    RatingsQuery,
    MessagesQuery,
    PrivacyQuery,
):
    pass


@strawberry.type(description="What can be changed; each takes one input and returns a payload.")
class Mutation(
    RegistryMutation,
    IdentityMutation,
    ProtectionMutation,
    MessagesMutation,
    PrivacyMutation,
    ExportsMutation,
    LetterheadsMutation,
    StaffMutation,
    WindowsMutation,
    OfficeTermsMutation,
    CatalogMutation,
    HandoffsMutation,
    CasesMutation,
    CaseClocksMutation,
    CaseResultsMutation,
    DebtsMutation,
    DraftsMutation,
    ConsentsMutation,
    CommitmentsMutation,
    UrgingsMutation,
    TasksMutation,
    FindingsMutation,
    RatingsMutation,
):
    pass


@strawberry.type(
    description="What can be followed over WebSocket; each delivers `{cursor, event}`."
)
class Subscription(CaseSubscription, HandoffsSubscription, LampsSubscription, QueuesSubscription):
    pass


schema = ApiSchema(Query, Mutation, Subscription, introspection=settings.DEBUG or settings.DEMO)
