"""HTML pages of one file each, that need neither network nor server."""
