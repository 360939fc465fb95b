"""What the center's administration and its management office change."""

import strawberry

from schema.staff.mutations.departments import DepartmentsMutation
from schema.staff.mutations.members import MembersMutation
from schema.staff.mutations.sign_in import SignInMutation


@strawberry.type
class StaffMutation(MembersMutation, DepartmentsMutation, SignInMutation):
    pass
