"""Uploaded files: looked into before they are kept, and freed of what could betray before they are served."""
