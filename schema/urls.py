"""Every path that is served."""

urlpatterns: list[object] = []
