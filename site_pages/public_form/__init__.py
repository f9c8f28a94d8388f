"""The public form: what the public will read of a document, exactly."""
