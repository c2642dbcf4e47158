"""The history of the database's shape. Additive first: what an older worker still reads is removed in a later release."""
