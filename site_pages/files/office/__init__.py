"""Office files: which of their parts are kept, which are left out, and how their markup is written anew."""
