"""One module for each way in which figures from outside become ours."""
