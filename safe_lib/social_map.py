"""The social map beside a case: who could help with what an assessment shows, and verifying an entry."""
