"""The country workbook: choosing a country, its themes, figures and places, comparing, searching, and the profile for paper.

Each part has a page form (HTML with links, from `page.py`) and a still form (blocks, from `blocks.py`), made from the same
claims and figures on the same day.
"""
