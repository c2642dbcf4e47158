"""One clip's way through the service: challenge, upload, the eye, the decision, and what the phone is told."""
