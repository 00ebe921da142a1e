"""What an attacker sends: files, formulas, words and conditions. Data for tests; nothing here runs."""
