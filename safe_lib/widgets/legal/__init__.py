"""The workbook on legal procedures: what it shows, and the forms by which a case's facts, papers and tasks are written down."""
