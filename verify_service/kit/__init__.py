"""What every slice stands on: database, states, clock, keys, blobs, jobs, problems. It knows nothing of residents or faces."""
