"""Figures without persons, observations without personal data, and what a policy brief is made of them."""
