fit_into_26 = ip_network("10.1.9.0/26").num_addresses - 5
length_needed = max(length for length in range(16, 29) if 2 ** (32 - length) - 5 >= 60)
