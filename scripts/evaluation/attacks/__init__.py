"""SYNTHETIC attacks, made of the clips of the media folder. No real print, screen or mask was before a camera."""
