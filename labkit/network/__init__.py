"""How a packet goes: pure values and functions, no clock, no chance, no I/O."""
