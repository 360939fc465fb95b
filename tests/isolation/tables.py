"""What stands in the tables of centers, to see that nothing was written."""

from collections.abc import Mapping

from django.db import connection

from tongban.kernel.context import SharedRole, center_context, shared_context

_OWN_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
_OF_THE_NEIGHBOUR = {
    "registry_center": "code LIKE '3717%'",
    "registry_onboarding": "true",
    "registry_onboardingstep": "center_code LIKE '3717%'",
    "catalog_offering": "center_code LIKE '3717%'",
    "catalog_standardmatter": "issuer_code LIKE '3717%'",
    "catalog_matterrevision": "matter_code LIKE '3701999170%'",
    "catalog_release": "issuer_code LIKE '3717%'",
    "catalog_cancelledprecondition": "issuer_code LIKE '3717%'",
    "catalog_cleanupround": "issuer_code LIKE '3717%'",
    "catalog_cleanupitem": "matter_code = '370199917001'",
    "catalog_changeproposal": "center_code LIKE '3717%'",
    "catalog_directory": "issuer_code LIKE '3717%'",
    "catalog_workstandard": "issuer_code LIKE '3717%'",
    "catalog_standardsacceptance": "issuer_code LIKE '3717%'",
    "exchange_caseindexrow": "home_code LIKE '3717%' OR custodian_code LIKE '3717%'",
    "identity_platformrole": "division_code LIKE '3717%'",
    "identity_membershipindexrow": "center_code LIKE '3717%'",
}


def contents(*centers: str) -> dict[str, str]:
    """Digest every table of these centers, and what the shared schema says of the neighbour."""
    found: dict[str, str] = {}
    for center in centers:
        with center_context(center), connection.cursor() as cursor:
            cursor.execute(_OWN_TABLES)
            tables = {name: "true" for (name,) in cursor.fetchall()}
            found |= _digests(center, tables)
    with shared_context(SharedRole.PLATFORM):
        return found | _digests("public", _OF_THE_NEIGHBOUR)


def _digests(place: str, tables: Mapping[str, str]) -> dict[str, str]:
    parts = [
        f"SELECT '{table}', count(*) || ' rows, ' || md5(coalesce("
        f"string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t WHERE {where}"
        for table, where in tables.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {f"{place}.{table}": digest for table, digest in cursor.fetchall()}
