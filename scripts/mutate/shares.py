"""How a campaign's mutants are spread over the files."""


def shares(sizes, count):
    """How many each gets of count: in proportion, one at least, no more than it has."""
    total = sum(sizes.values())
    count = min(count, total)
    given = {name: max(min(size, 1), size * count // total) for name, size in sizes.items()}
    # What rounding left goes to those that it took most from; what it gave too much, back.
    order = sorted(sizes, key=lambda name: (-(sizes[name] * count % total), name))
    while sum(given.values()) != count:
        step = 1 if sum(given.values()) < count else -1
        for name in order if step > 0 else reversed(order):
            fits = given[name] < sizes[name] if step > 0 else given[name] > 1
            if fits and sum(given.values()) != count:
                given[name] += step
    return given
