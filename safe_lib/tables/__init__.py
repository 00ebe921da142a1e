"""Tables that leave as CSV or XLSX, and tables that come from elsewhere: data in both directions, never a program.

`writing` makes files in which no cell is read as a formula. `reading` takes CSV, XLSX, JSON and ZIP files of strangers in a
process of its own, with limits on size, number, depth, compression and time.
"""
