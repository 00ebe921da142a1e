"""The coordinator's work: who carries how much, what is due, who was not spoken with, what is handed over, and how a file is closed."""
