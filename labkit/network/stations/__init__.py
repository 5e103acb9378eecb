"""
The stations of a packet's way, one module each, and the trail that a packet leaves at them.

A leg is a chain of steps, and each step is a value (see ``steps``): a packet
*departs* from an interface and is on its *way*; on its way it *arrives*
somewhere, or meets its fate. ``departing`` and ``arriving`` say what is met
there in which order; every gateway in a module of its own says where it leads.
"""
