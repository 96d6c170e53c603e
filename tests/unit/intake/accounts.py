"""An agent with a password."""

from argon2 import PasswordHasher

from mailticket.intake.logins import Account

PASSWORD = "correct horse"
ANN = Account(
    address="ann@acme.example",
    addresses=frozenset({"ann@acme.example", "ann@home.example"}),
    password_hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD),
)
