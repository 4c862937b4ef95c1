"""Behind the counter, for admins: who may sign in, what came from monday.com, what is on its way there."""

from betterform.views.admin import banner, inbox, outbox, users
from betterform.views.admin.blueprint import blueprint

__all__ = ["banner", "blueprint", "inbox", "outbox", "users"]
