"""A share as the tables write it."""


def percent(killed, of):
    """Rounded down: 100 is all."""
    return f"{killed * 1000 // of / 10:.1f}" if of else "-"
