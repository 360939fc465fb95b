"""What the center's administration and its management office change."""

import strawberry

from schema.staff.mutations.departments import DepartmentsMutation
from schema.staff.mutations.members import MembersMutation


@strawberry.type
class StaffMutation(MembersMutation, DepartmentsMutation):
    pass
