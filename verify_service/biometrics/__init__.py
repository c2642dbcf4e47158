"""The eye: a clip in, an assessment out. It knows no database, no HTTP, no names and no clock; limits come in as a value."""
