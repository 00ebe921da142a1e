"""The rights of the person: how long a file is kept, erasure with a proof, access, correction, and the extra care for children."""
