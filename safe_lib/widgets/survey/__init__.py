"""The pages of a survey: the questionnaire that needs no account, its form on paper, and the desk of whoever looks after it."""
