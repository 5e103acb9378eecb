def row_for(destinations: list[str], address: str) -> str | None:
    """The destination of the row that decides about *address*."""
    matching = [each for each in destinations if ip_address(address) in ip_network(each)]
    return max(matching, key=lambda each: ip_network(each).prefixlen, default=None)
