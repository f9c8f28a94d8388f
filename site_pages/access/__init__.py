"""Access-limited documents: only the people whom the owner names know that they exist."""
