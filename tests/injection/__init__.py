"""Every AWS call of a run fails once: the wire, the faults, virtual time, and what must come out.

A scenario is run undisturbed first, which enumerates its calls; then once for each call and each
kind of fault.
"""
