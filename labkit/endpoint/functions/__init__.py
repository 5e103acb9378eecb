"""
AWS Lambda: functions of the learner's, kept and run.

``function`` is what a function is, ``alias`` a name for one of its versions,
``package`` its code, ``permissions`` who may invoke it.  ``api``, ``aliases_api``,
``access_api`` and ``invoke_api`` answer the calls.  ``invoking`` runs one event through
a function, in a ``sandbox`` that is this process made to look like Lambda's:
``process`` is what changes and is put back, ``modules`` what is imported,
``directories`` where that lies, ``role_door`` the way to the lab; ``watching``
and ``memory`` bound it.  Who does not wait for the answer leaves the event with
``endpoint.invocations``.
moto's own Lambda needs Docker, and is not used.
"""
