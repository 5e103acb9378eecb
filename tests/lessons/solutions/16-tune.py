pattern = f"[{names} protocol = 6, packets, bytes, start, end, action = REJECT, status]"
threshold = 2
