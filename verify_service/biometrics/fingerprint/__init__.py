"""What a clip is known by when it comes again altered: its movement, its stills and its sound, as numbers, not pictures."""
