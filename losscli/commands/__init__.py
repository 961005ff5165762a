"""The verbs, one a file: what losscli does with a loss, or with none.

A module whose name begins with an underscore is no verb of its own.
"""
