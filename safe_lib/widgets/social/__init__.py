"""The social map as a page: looking for help, one entry, who could help a person, what has to be verified, what is missing."""
